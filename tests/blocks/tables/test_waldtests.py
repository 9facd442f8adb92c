"""Wald tests of terms: what is said of them, and the ones below one model's coefficients."""

from __future__ import annotations

from dataclasses import replace

import reportgen.blocks.tables.model as whole
import reportgen.blocks.tables.tests as module
from reportgen.core.types import Note, Term, Wald

WALD = {
    "RIDAGEYR": Wald(1376.7, 1, 5094.0, 1e-9),
    "RIAGENDRx": Wald(65.5, 1, 5094.0, 1e-9),
    "C(RIDRETH1)": Wald(15.54, 4, 5094.0, 1e-12),
}


def having(model, wald, **result):
    return replace(model, result=replace(model.result, wald=wald, **result))


def build(make_context, *models):
    block = module.Tests()
    options = block.Options(models=tuple(model.id for model in models))
    return block.build(options, make_context(*models))


def test_an_interaction_changes_what_is_asked(make_context, ols):
    """The test of a variable by itself is then at the reference of the other."""
    both = Term("RIDAGEYR:RIAGENDRx", ("RIDAGEYR", "RIAGENDRx"), ("x",), "other")
    wald = {**WALD, "RIDAGEYR:RIAGENDRx": Wald(1.0, 1, 5094.0, 0.3)}
    crossed = having(ols, wald, terms=(*ols.result.terms, both))
    table = build(make_context, crossed)
    assert [row.label for row in table.blocks[0].rows][-1] == "Age (years) × Sex"
    assert any("reference level or zero" in note for note in table.notes)
    plain = build(make_context, having(ols, WALD))
    assert not any("reference level" in note for note in plain.notes)


def test_below_the_coefficients_of_one_model(make_context, ols):
    """`tests: true` adds the terms of several coefficients, whose p no single row has."""
    block = whole.Model()
    model = having(ols, WALD)
    table = block.build(block.Options(models=(model.id,), tests=True), make_context(model))
    (tests,) = (each for each in table.blocks if each.name == "tests")
    (row,) = tests.rows
    assert row.label == "Race/ethnicity: F(4, 5,094)"
    assert (row.cells[0].value, row.cells[-1].value) == (15.54, 1e-12)
    plain = block.build(block.Options(models=(model.id,)), make_context(model))
    assert not any(each.name == "tests" for each in plain.blocks)


def test_a_finding_is_marked_once_where_its_model_is_named(make_context, ols, gee):
    """At the title of its block; of a model alone at the heading of its statistics."""
    weak = having(gee, WALD, notes=(Note("warning", "few", "few clusters"),))
    table = build(make_context, having(ols, WALD), weak)
    assert [block.mark for block in table.blocks] == ["", "a"]
    assert [column.mark for column in table.columns] == ["", "", ""]
    alone = build(make_context, weak)
    assert [block.mark for block in alone.blocks] == [""]
    assert [column.mark for column in alone.columns] == ["a", "", ""]
    assert not any(cell.mark for row in alone.blocks[0].rows for cell in row.cells)
