"""One spec, many reports: a folder for each combination of a matrix."""

from __future__ import annotations

import json

import pytest

MATRIX = """title: A small trial at $place
matrix:
  place: %s
"""


def with_matrix(project, values):
    project.replace("title: A small trial\n", MATRIX % values)
    project.replace(
        "      site: Site\n",
        "      site: Site\n    sample:\n      - where: site == $place\n        label: This site\n",
    )
    project.replace("  gee:\n    kind: gee\n    formula: y ~ x\n    groups: site\n", "")
    project.replace("[ols, gee]", "[ols]")


def analysed(project):
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["models"]["ols"]["n"]
        for path in project.out.rglob("results.json")
    }


def test_a_report_for_each_value(project):
    """Each value is a parameter of its own report, in a folder of its own."""
    with_matrix(project, "[1, 2, 3]")
    assert project.build() == 0
    assert analysed(project) == {"1": 8, "2": 8, "3": 8}


def test_the_levels_of_a_column(project):
    """`from` takes the values that the data have, before any row is left out."""
    with_matrix(project, "{from: trial.site}")
    assert project.build("--formats", "html") == 0
    assert set(analysed(project)) == {str(site) for site in range(12)}


@pytest.mark.parametrize("arguments", [("--matrix", "place=1,2"), ("--set", "place=2")])
def test_the_command_line_narrows_it(project, arguments):
    """`--matrix` gives other values, `--set` one."""
    with_matrix(project, "{from: trial.site}")
    assert project.build(*arguments) == 0
    assert set(analysed(project)) == set(arguments[1].partition("=")[2].split(","))


def test_names_that_are_no_file_names_never_collide(project):
    """A value with other signs gets a digest: `a/b` and `a_b` are two folders, none above."""
    project.replace("title: A small trial\n", "title: For $who\nmatrix: {who: [../x, a/b, a_b]}\n")
    assert project.build() == 0
    folders = {path.parent for path in project.out.rglob("results.json")}
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {project.out / "trial"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("[1, 1]", "`place` has a value twice"),
        ("{from: nowhere.site}", "there is no dataset `nowhere`"),
        ("{from: trial}", "must be `{from: dataset.COLUMN}`"),
        ("[]", "must be a list of values"),
    ],
)
def test_a_matrix_that_means_nothing(project, values, message, capsys):
    """Told with its place, before data are read."""
    with_matrix(project, values)
    assert project.build() == 2
    error = capsys.readouterr().err
    assert message in error
    assert "trial.yaml:4:" in error


def test_a_column_that_the_data_lack(project, capsys):
    """Known only from the data: exit 3, with the place in the matrix."""
    with_matrix(project, "{from: trial.ward}")
    assert project.build() == 3
    assert "trial.yaml:4:" in capsys.readouterr().err
