"""Specs that share what they define."""

from __future__ import annotations

import pytest

from reportgen.core.errors import SpecError
from reportgen.plan.build import plan
from reportgen.plan.include import load_whole

SHARED = """\
params: {cut: 50}
datasets:
  people:
    source: people.csv
    columns: [y, x, age]
    recodes: {old: age > $cut}
models:
  base: {kind: ols, formula: y ~ x}
"""
SPEC = """\
reportgen: 1
title: Two files
include: shared.yaml
models:
  more: {like: base, formula: y ~ x + old}
report:
  - table: compare
    models: [base, more]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "shared.yaml").write_text(SHARED, encoding="utf-8")
    return tmp_path


def problems(folder):
    with pytest.raises(SpecError) as caught:
        plan(load_whole(folder / "spec.yaml"), {})
    return caught.value.problems


def test_definitions_of_both_files_meet(folder):
    """Models here build on models there, and `--set` reaches parameters there."""
    made = plan(load_whole(folder / "spec.yaml"), {"cut": "65"})
    assert list(made.fits) == ["base", "more"]
    assert made.params == {"cut": 65}
    assert made.datasets["people"].recodes[0].options.expr == "age > 65"


def test_a_mistake_is_told_in_the_file_where_it_stands(folder):
    """File, line and column are those of the included file."""
    (folder / "shared.yaml").write_text(SHARED.replace("y ~ x}", "y ~ z}"), encoding="utf-8")
    (found,) = problems(folder)
    assert found.code == "unknown-column"
    assert found.place.file.endswith("shared.yaml")
    assert (found.place.line, found.place.column) == (8, 34)


def test_one_name_has_one_place(folder):
    """A name in both files is an error that names both places."""
    (folder / "spec.yaml").write_text(SPEC.replace("more:", "base:"), encoding="utf-8")
    found = problems(folder)[0]
    assert found.code == "defined-twice"
    assert found.place.file.endswith("shared.yaml")
    assert "spec.yaml:5" in found.message


@pytest.mark.parametrize("name", ["../shared.yaml", "/etc/passwd", "nowhere.yaml"])
def test_only_files_beneath_the_spec(folder, name):
    """What lies elsewhere, or nowhere, is told at the line of `include`."""
    text = SPEC.replace("shared.yaml", name)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    found = problems(folder)[0]
    assert found.place.line == 3


def test_a_report_is_not_shared(folder):
    """Only what has a name can be shared."""
    with (folder / "shared.yaml").open("a", encoding="utf-8") as file:
        file.write("report: []\n")
    assert "an included file has no `report`" in problems(folder)[0].message


def test_a_circle_ends(folder):
    """A file that includes the one that included it is read once."""
    text = "include: spec.yaml\n" + SHARED
    (folder / "shared.yaml").write_text(text, encoding="utf-8")
    assert list(plan(load_whole(folder / "spec.yaml"), {}).fits) == ["base", "more"]


def test_the_digest_covers_all_files(folder):
    """A change in an included file is a change of the spec."""
    before = load_whole(folder / "spec.yaml").whole
    (folder / "shared.yaml").write_text(SHARED.replace("50", "51"), encoding="utf-8")
    assert load_whole(folder / "spec.yaml").whole != before
