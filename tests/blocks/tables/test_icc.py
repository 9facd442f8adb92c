"""`table: icc`: a row a model, what is the same in all rows said once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.tables.icc import Icc
from reportgen.core.clusters import GroupSize
from reportgen.core.types import Method, Note, Variable

BLOCK = Icc()
SIZE = GroupSize(106, 5102 / 30, 226)


@pytest.fixture(scope="module")
def make(make_model, gee):
    """A model of an outcome in thirty clusters; `given` are the terms it is adjusted for."""

    def one(outcome, icc, *, label="", size=SIZE, groups=30, terms=()):
        id_ = label or f"icc[{outcome}]"
        return make_model(
            id_, label=label, kind="gee", outcome=outcome, icc=icc, n_groups=groups,
            group_size=size, terms=terms, method=Method("gee", "robust", groups="group"),
        )  # fmt: skip

    return one


def build(context, *names, **options):
    return BLOCK.build(Icc.Options(models=names, **options), context)


def test_what_is_the_same_in_all_rows_is_one_sentence(make, make_context):
    """Clusters and their sizes are in the note, and no column says them again."""
    table = build(make_context(make("BPXSY1", 0.03), make("smq", 0.026)), "icc")
    assert [column.label for column in table.columns] == ["Observations", "ICC", "Design effect"]
    assert "30 clusters of 106 to 226 observations." in table.notes


def test_what_differs_has_a_column(make, make_context):
    """Sizes that differ; clusters that differ."""
    other = GroupSize(105, 170.0, 226)
    context = make_context(make("BPXSY1", 0.03), make("smq", 0.026, size=other))
    labels = [column.label for column in build(context, "icc").columns]
    assert "Cluster size" in labels
    assert "Clusters" not in labels
    context = make_context(make("BPXSY1", 0.03), make("smq", 0.026, size=other, groups=29))
    assert "Clusters" in [column.label for column in build(context, "icc").columns]


@pytest.mark.parametrize("status", ["warning", "failed"])
def test_a_finding_stands_where_no_number_does(make, make_context, status):
    """Why there is no correlation is marked at its place: no note is left without a letter."""
    model = make("SMQ", None)
    note = Note("warning", "local-mode", "the mode found is local")
    result = replace(model.result, status=status, notes=(note,))
    table = build(make_context(replace(model, result=result)), model.id)
    marks = [cell.mark for cell in table.blocks[0].rows[0].cells if cell.mark]
    assert marks == list(table.marks) == ["a"]


def test_one_row_has_every_column(make, make_context):
    """Nothing is the same in all of one row."""
    labels = [column.label for column in build(make_context(make("smq", 0.02)), "icc").columns]
    assert labels == ["Observations", "Clusters", "Cluster size", "ICC", "Design effect"]


def test_an_estimate_without_covariates_is_given_nothing(make, make_context, gee):
    """The cell is blank and says why to those who cannot see it; covariates are called by label."""
    adjusted = make("BPXSY1", 0.013, label="Adjusted", terms=gee.result.terms)
    table = build(make_context(make("smq", 0.03), adjusted), "icc", "Adjusted")
    first, last = (row.cells[0] for block in table.blocks for row in block.rows)
    assert (first.value, first.empty) == (None, "absent")
    assert last.value == "age, sex, body mass index and race/ethnicity"


def test_rows_are_called_by_outcome_and_label(make, make_context):
    """A member of a list by its outcome, a single model by outcome and label, neither twice."""
    context = make_context(
        make("smq", 0.03), make("BPXSY1", 0.03), make("BPXSY1", 0.01, label="Random intercept")
    )
    table = build(context, "icc", "Random intercept")
    assert [row.label for block in table.blocks for row in block.rows] == [
        "Ever smoker", "Systolic blood pressure (mmHg)",
        "Systolic blood pressure (mmHg): random intercept",
    ]  # fmt: skip


def test_clusters_without_a_label_are_told_by_their_definition(make, make_context):
    """The note says how the column was made."""
    context = make_context(make("smq", 0.03), make("BPXSY1", 0.03))
    variable = Variable("group", "group", definition="10 × SDMVSTRA + SDMVPSU")
    facts = context.datasets["nhanes"]
    facts = replace(facts, variables={**facts.variables, "group": variable})
    notes = build(replace(context, datasets={"nhanes": facts}), "icc").notes
    assert "Clusters: group (10 × SDMVSTRA + SDMVPSU)." in notes
