"""Findings say the label of a column where the report knows it by that."""

from __future__ import annotations

from reportgen.core.types import Facts, Model, Note, Result, Variable
from reportgen.core.words import load
from reportgen.run.wording import worded, worded_results

VARIABLES = {"smq": Variable("smq", "Ever smoker"), "group": Variable("group", "group")}


def test_columns_are_called_by_their_labels():
    """In findings about data and about models; a column without a label, and any other name in
    backticks, stay as they are.
    """
    text = "`smq` by `group`, `vc_formula`"
    facts = Facts("d", 5, 5, "0", variables=VARIABLES, notes=(Note("info", "a", text),))
    result = Result("ols", "warning", notes=(Note("warning", "b", text, ("smq",)),))
    model = Model("m", "m", "M", "d", result)
    models, datasets = worded({"m": model}, {"d": facts}, load("en"))
    shown = "“Ever smoker” by `group`, `vc_formula`"
    assert models["m"].result.notes == (Note("warning", "b", shown, ("smq",)),)
    assert datasets["d"].notes == (Note("info", "a", shown),)
    assert model.result.notes[0].text == text


def test_what_blocks_asked_for_is_called_by_labels_too():
    """Unless two datasets give a column two labels: which one is meant is not known there."""
    other = {"smq": Variable("smq", "Ever smoker"), "x": Variable("x", "Another")}
    facts = {
        "d": Facts("d", 5, 5, "0", variables={**VARIABLES, "x": Variable("x", "One")}),
        "e": Facts("e", 5, 5, "0", variables=other),
    }
    result = Result("gee", "warning", notes=(Note("warning", "b", "`smq`, `x`"),))
    shown = worded_results({"gee": result}, facts, load("en"))
    assert shown["gee"].notes[0].text == "\u201cEver smoker\u201d, `x`"
