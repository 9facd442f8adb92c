"""The design of a dataset: who takes it, who does not, and what is told of a wrong one."""

from __future__ import annotations

import pytest

from reportgen.core.errors import SpecError
from reportgen.plan.build import plan
from reportgen.plan.source import parse

SPEC = """\
reportgen: 1
title: A survey
datasets:
  s:
    source: s.csv
    columns: [y, x, w, stratum, unit, other]
    design: {weights: w, strata: stratum, psu: unit, lonely: adjust}
  plain:
    source: p.csv
    columns: [y, x]
models:
  drawn: {kind: survey, data: s, formula: y ~ x}
  own: {kind: survey, data: s, formula: y ~ x, weights: other}
  none: {kind: survey, data: s, formula: y ~ x, weights: null}
  like: {kind: survey, like: own, weights: w}
  elsewhere: {kind: survey, like: drawn, data: plain}
  ols: {kind: ols, data: s, formula: y ~ x}
report:
  - {table: describe, data: s, columns: [y]}
  - {table: describe, data: s, columns: [y], weights: null}
  - {table: describe, data: plain, columns: [y]}
"""
KEYS = ("weights", "strata", "psu", "lonely")


def planned(text=SPEC):
    return plan(parse(text, "s.yaml"), {})


def test_models_and_tables_take_the_design_of_their_dataset():
    """All of it, where they write no key of one; `null` takes it away; others know none."""
    made = planned()
    designs = {
        name: tuple(getattr(fit.options, key) for key in KEYS)
        for name, fit in made.fits.items()
        if name != "ols"
    }
    assert designs == {
        "drawn": ("w", "stratum", "unit", "adjust"), "own": ("other", None, None, "fail"),
        "none": (None, None, None, "fail"), "like": ("w", None, None, "fail"),
        "elsewhere": (None, None, None, "fail"),
    }  # fmt: skip
    tables = [tuple(getattr(block.options, key) for key in KEYS) for block in made.blocks]
    assert tables == [
        ("w", "stratum", "unit", "adjust"), (None, None, None, "fail"), (None, None, None, "fail"),
    ]  # fmt: skip


def test_a_column_that_is_not_there_is_told_once_where_it_stands():
    """In the design, not in each model and table that takes it."""
    with pytest.raises(SpecError) as caught:
        planned(SPEC.replace("strata: stratum", "strata: stratun"))
    (problem,) = caught.value.problems
    assert problem.path == ("datasets", "s", "design", "strata")
    assert "`stratun`" in problem.message
    assert problem.hint == "did you mean `stratum`?"


def test_a_key_that_no_design_has_is_refused():
    """With those that there are."""
    with pytest.raises(SpecError) as caught:
        planned(SPEC.replace("psu: unit", "cluster: unit"))
    assert any(problem.code == "unknown-key" for problem in caught.value.problems)
