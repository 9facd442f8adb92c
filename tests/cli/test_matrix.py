"""One spec, many reports: a folder for each combination of a matrix."""

from __future__ import annotations

import json
import os
import signal

import pytest

from reportgen.data.read import read
from reportgen.run import pages
from reportgen.run.pages import published
from reportgen.run.queues import crew
from reportgen.run.queues.crew import can_fork

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


def test_each_says_how_it_is_made_again(project):
    """The command names its place in the matrix."""
    with_matrix(project, "[1, 2]")
    assert project.build("--formats", "markdown") == 0
    for place in "12":
        text = next(project.out.rglob(f"{place}/report.md")).read_text(encoding="utf-8")
        assert f"`reportgen build {project.spec.name} --matrix place={place}`" in text


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


def with_labels(project):
    """Reports that differ in nothing that is fitted."""
    project.replace("title: A small trial\n", "title: For $who\nmatrix: {who: [a, b, c]}\n")


def test_what_reports_share_is_fitted_once(project, capsys):
    """Even where nothing is kept."""
    with_labels(project)
    assert project.build("--no-cache") == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "gee" in line]
    assert [line.split("  ")[0] for line in lines] == ["1/3 a", "2/3 b", "3/3 c"]
    assert ["as before" in line for line in lines] == [False, True, True]


def test_files_are_read_once(project, monkeypatch):
    """Reports that differ in who is analysed read the same; one about other files, or columns that
    it alone needs, does not.
    """
    seen = []

    def counted(dataset, reach):
        seen.append(tuple(dataset.columns))
        return read(dataset, reach)

    monkeypatch.setattr("reportgen.run.readings.read", counted)
    with_matrix(project, "[1, 2, 3]")
    assert project.build("--no-cache") == 0
    assert seen == [("y", "x", "site")]
    project.data.write_text(project.data.read_text() + "1,1,1\n")
    assert project.build("--no-cache") == 0
    assert len(seen) == 2
    assert analysed(project) == {"1": 9, "2": 8, "3": 8}


@pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")
def test_reports_made_by_several_processes_are_the_same(project, monkeypatch):
    """Every byte of every file, and all reports are told in their order."""
    monkeypatch.setattr(crew, "WORTH", 1e-6)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with_matrix(project, "{from: trial.site}")
    found = []
    for jobs in ("1", "3"):
        assert project.build("--no-cache", "--jobs", jobs) == 0
        found.append(project.files())
    assert len(found[0]) == 36
    assert found[0] == found[1]


HERE = os.getpid()


def dies(page):
    """A report that only the first process can make."""
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return published(page)


@pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")
def test_a_report_whose_process_is_killed(project, monkeypatch, capsys):
    """It is told, and the others are written."""
    monkeypatch.setattr(crew, "WORTH", 1e-6)
    monkeypatch.setattr(pages, "published", dies)
    with_matrix(project, "[1, 2]")
    assert project.build("--no-cache", "--jobs", "2") == 5
    told = capsys.readouterr().err.splitlines()
    assert any("was killed twice" in line and line.startswith("error[memory]") for line in told)
    assert len(analysed(project)) == 1


def test_an_error_of_one_report_does_not_stop_the_others(project, capsys):
    """It is told in its turn, and the exit code is its own."""
    with_matrix(project, "[1, 77, 2]")
    project.replace("site == $place", "site == $place and x / ($place - 77) < 1e9")
    assert project.build("--json") == 3
    out, err = capsys.readouterr()
    assert [each["files"][0].split("/")[-2] for each in json.loads(out)] == ["1", "2"]
    assert set(analysed(project)) == {"1", "2"}
    assert json.loads(err)
