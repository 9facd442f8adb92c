"""`table: icc`: where slopes vary, the correlation at the covariate's mean and around it."""

from __future__ import annotations

from dataclasses import replace

from reportgen.blocks.tables.icc import Icc
from reportgen.core.clusters import IccPoint


def test_three_rows_below_the_models(correlated, mixed, make_context):
    """A standard deviation below the mean, the mean, and above, each with its design effect."""
    points = (
        IccPoint(-17.3, 0.02, 0.01, 0.05, "below"),
        IccPoint(-5.0, 0.025),
        IccPoint(0.0, 0.03, 0.01, 0.07, "mean"),
        IccPoint(17.3, 0.05, 0.02, 0.1, "above"),
    )
    model = replace(correlated, result=replace(correlated.result, icc_at={"age_cen": points}))
    options = Icc.Options(models=("sbp_mixed", "correlated"))
    table = Icc().build(options, make_context(mixed, model))
    rows = [row for block in table.blocks for row in block.rows]
    label = "age centred within cluster (years)"
    assert [row.label for row in rows[2:]] == [
        f"{label} −17 (mean − SD)", f"{label} 0 (mean)", f"{label} 17 (mean + SD)",
    ]  # fmt: skip
    place = [column.label for column in table.columns].index("ICC")
    assert [row.cells[place].value for row in rows[2:]] == [0.02, 0.03, 0.05]
    assert rows[1].cells[place].empty == "undefined"
    mean = model.result.group_size.mean
    assert rows[3].cells[place + 1].value == 1 + (mean - 1) * 0.03
    assert any("depends on their covariate" in note for note in table.notes)
