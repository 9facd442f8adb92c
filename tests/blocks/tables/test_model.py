"""`table: model`: one fit, whole."""

from __future__ import annotations

import pytest

from reportgen.blocks.tables.model import Model
from reportgen.core.errors import FitError, SpecError

BLOCK = Model()


def test_one_fit_whole(mixed, make_context):
    """Coefficients, random effects without a p, and every statistic that is defined."""
    table = BLOCK.build(Model.Options(models=("sbp_mixed",)), make_context(mixed))
    assert [(column.label, column.spanner) for column in table.columns] == [
        ("Estimate", ""),
        ("SE", ""),
        ("95% CI", ""),
        ("p", ""),
    ]
    assert [block.name for block in table.blocks] == ["coefficients", "random", "fit"]
    group, residual = table.blocks[1].rows
    assert [cell.value for cell in group.cells] == [3.615390823657824, 1.37, None, None]
    assert [cell.empty for cell in group.cells] == [None, None, "undefined", "undefined"]
    assert residual.cells[0].value == 256.69518110309326
    assert [row.label for row in table.blocks[2].rows] == [
        "Observations",
        "Clusters (size)",
        "Intraclass correlation",
    ]
    assert table.notes == (
        "Fitted by restricted maximum likelihood.",
        "Standard errors: observed information.",
        "Clusters: masked variance unit.",
    )


def test_a_failed_fit_is_an_error_of_the_fit(broken, make_context):
    """There is nothing to show; the report says so where the table would stand."""
    with pytest.raises(FitError, match="rank deficient"):
        BLOCK.build(Model.Options(models=("broken",)), make_context(broken))


def test_a_list_of_models_is_too_many(make_model, make_context):
    """The name of a list means all its members, and the help names them."""
    context = make_context(make_model("icc[a]"), make_model("icc[b]"))
    with pytest.raises(SpecError) as caught:
        BLOCK.build(Model.Options(models=("icc",)), context)
    assert "`icc[a]`, `icc[b]`" in caught.value.problems[0].help


@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_one_model_is_named(names):
    """Neither none nor several."""
    (problem,) = BLOCK.check(Model.Options(models=names))
    assert problem.path == ("models",)
