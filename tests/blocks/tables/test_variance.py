"""`table: variance`: components, shares, correlations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.tables.variance import Variance, shares
from reportgen.core.clusters import Component, Spread
from reportgen.core.types import Method, Note

BLOCK = Variance()


def build(context, *names):
    return BLOCK.build(Variance.Options(models=names), context)


def cells(table, block, label):
    rows = {row.label: row for row in table.blocks[block].rows}
    return [cell.value if cell.empty is None else cell.empty for cell in rows[label].cells]


def test_a_random_intercept(mixed, make_context):
    """Variance, its SE, SD, share (the ICC) and the typical difference of two clusters."""
    table = build(make_context(mixed), "sbp_mixed")
    var, residual = 3.615390823657824, 256.69518110309326
    total = var + residual
    assert [column.label for column in table.columns] == [
        "Estimate",
        "SE",
        "SD",
        "Share of variance",
        "Typical difference",
    ]
    assert cells(table, 0, "Variance: masked variance unit (intercept)") == [
        var,
        1.37,
        var**0.5,
        pytest.approx(var / total, rel=1e-15),
        2.689,
    ]
    assert cells(table, 0, "Variance: residual") == [
        residual,
        "undefined",
        residual**0.5,
        pytest.approx(residual / total),
        None,
    ]
    assert table.blocks[0].title == ""


def test_the_shares_of_an_intercept_are_the_icc(mixed, make_context):
    """R's `performance::icc` gives 0.01389 for the case study; the shares sum to one."""
    found = shares(mixed, make_context(mixed))
    assert found["group"] == pytest.approx(0.013892926744556057, rel=1e-3)
    assert sum(found.values()) == pytest.approx(1.0)


def test_slopes_have_no_share(independent, correlated, make_context):
    """With a random slope the variance depends on the covariate: no share, and a note."""
    table = build(make_context(independent, correlated), "independent", "correlated")
    assert [block.title for block in table.blocks] == ["Independent", "Correlated"]
    slope = "Variance: slope of age centred within cluster (years)"
    assert cells(table, 0, slope)[3] == "undefined"
    pair = "intercept, age centred within cluster (years)"
    assert cells(table, 1, f"Covariance: {pair}")[0] == 0.11901802202768998
    assert cells(table, 1, f"Correlation: {pair}")[0] == 0.6273679
    assert any(note.startswith("Independent and Correlated: with") for note in table.notes)
    assert table.marks == {"a": "The estimate may be on the boundary."}
    assert {row.cells[0].mark for row in table.blocks[1].rows} == {"a"}


def test_errors_and_intervals_of_everything(correlated, make_context):
    """Covariances, correlations and the residual variance have theirs beside the variances."""
    spread = {
        "scale": Spread(5.1, 246.0, 266.0),
        "covariance:group,age_cen": Spread(0.05, 0.02, 0.22),
        "correlation:group,age_cen": Spread(0.2, 0.11, 0.87),
    }
    method = Method("ml", "observed", groups="group", details={"intervals": "profile"})
    model = replace(correlated, result=replace(correlated.result, spread=spread, method=method))
    table = build(make_context(model), "correlated")
    assert [column.label for column in table.columns][1:3] == ["SE", "95% CI"]
    pair = "intercept, age centred within cluster (years)"
    assert cells(table, 0, f"Correlation: {pair}")[1:3] == [0.2, (0.11, 0.87)]
    assert cells(table, 0, f"Covariance: {pair}")[1:3] == [0.05, (0.02, 0.22)]
    assert cells(table, 0, "Variance: residual")[1:3] == [5.1, (246.0, 266.0)]
    assert any(note.startswith("Intervals of variances and correlations are from the profile l")
               for note in table.notes)  # fmt: skip


def test_intervals_of_two_kinds_are_told_apart(nested, crossed, make_context):
    """Each kind after the names of its models; a restricted profile is called so."""
    models = []
    for model in (nested, crossed):
        known = {name: replace(each, low=0.5, high=30.0)
                 for name, each in model.result.variance.items()}  # fmt: skip
        models.append(replace(model, result=replace(model.result, variance=known)))
    table = build(make_context(*models), "nested", "crossed")
    assert any("Nested: Intervals" in note and "restricted" in note for note in table.notes)
    assert any("Crossed: Intervals" in note and "Fisher" in note for note in table.notes)


def test_levels_are_counted_where_they_are_not_the_clusters(nested, crossed, make_context):
    """Rooms within clusters, or factors crossed over all rows, with how many there are."""
    table = build(make_context(nested, crossed), "nested", "crossed")
    assert table.columns[0].label == "Levels"
    assert cells(table, 0, "Variance: room within masked variance unit (intercept)")[0] == 3
    assert cells(table, 1, "Variance: room (intercept)")[0] == 2
    assert cells(table, 1, "Variance: room (intercept)")[4] == pytest.approx(3 / (1 + 3 + 255.4))


def test_a_zero_variance_has_no_error(correlated, make_context):
    """On the boundary zero is printed as zero, and nothing beside it looks known."""
    variances = {"group": Component(0.0, 0.0, None, 0.0, None, None)}
    result = replace(correlated.result, variance=variances, covariance={}, correlation={})
    table = build(make_context(replace(correlated, result=result)), "correlated")
    found = cells(table, 0, "Variance: masked variance unit (intercept)")
    assert found[:2] == [0.0, "undefined"]


def test_a_logistic_model_shares_on_its_own_scale(smoke_mixed, make_context):
    """The share is the intraclass correlation, on the scale of the linear predictor."""
    table = build(make_context(smoke_mixed), "smoke_mixed")
    assert cells(table, 0, "Variance: masked variance unit (intercept)")[3] == 0.03
    assert any("scale of the linear predictor" in note for note in table.notes)


def test_models_without_components_say_so(ols, broken, make_context):
    """Undefined for a model that has none, failed for one that failed."""
    table = build(make_context(ols, broken), "sbp_ols", "broken")
    assert cells(table, 0, "No random effects")[0] == "undefined"
    assert cells(table, 1, "No random effects")[0] == "failed"


def test_variances_that_are_withheld(smoke_mixed, make_context):
    """A multilevel model without variances withholds them, and its finding is at the place."""
    note = Note("warning", "local-mode", "the mode found is local")
    result = replace(smoke_mixed.result, variance={}, status="warning", notes=(note,))
    table = build(make_context(replace(smoke_mixed, result=result)), "smoke_mixed")
    assert cells(table, 0, "Variances")[0] == "undefined"
    assert table.marks == {"a": "The mode found is local."}


def test_counts_have_no_share(smoke_mixed, make_context):
    """The variance of a count depends on its mean; the note says so, not that a slope varies."""
    method = replace(smoke_mixed.result.method, family="poisson", link="log")
    result = replace(smoke_mixed.result, method=method, icc=None)
    table = build(make_context(replace(smoke_mixed, result=result)), "smoke_mixed")
    assert any("not given for counts" in note for note in table.notes)
    assert not any("random slope" in note for note in table.notes)


def test_findings_about_coefficients_stand_elsewhere(smoke_mixed, make_context):
    """A finding about one coefficient has no letter in a table that shows none."""
    note = Note("warning", "narrow-posterior", "too narrow", ("RIDAGEYR",))
    result = replace(smoke_mixed.result, status="warning", notes=(note,))
    assert build(make_context(replace(smoke_mixed, result=result)), "smoke_mixed").marks == {}


def test_models_must_be_named():
    """An empty list is a problem at `models`."""
    (problem,) = BLOCK.check(Variance.Options(models=()))
    assert problem.path == ("models",)
