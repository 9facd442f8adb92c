"""QIC: one scale for the models compared, and none where a likelihood is asked for."""

from __future__ import annotations

import pytest

from reportgen.blocks.tables.fit import Fit
from reportgen.blocks.tables.quasi import on_one_scale
from reportgen.core.types import Coef, Method


def gee(make_model, name, p, *, quasi, scale, cic, family="gaussian", details=None):
    """A model of p coefficients with a quasi-likelihood at scale 1, and its criteria at its own."""
    own = {"qic": -2 * quasi / scale + 2 * cic, "qicu": -2 * quasi / scale + 2 * p}
    return make_model(
        name, kind="gee", outcome="BPXSY1", coef={f"b{i}": Coef(1.0, 0.1) for i in range(p)},
        stats={"quasi": quasi, "scale": scale, "cic": cic, **own},
        method=Method("gee", "robust", family=family, groups="group", details=details or {}),
    )  # fmt: skip


@pytest.fixture
def pair(make_model):
    """Two normal models of 2 and 4 coefficients, each with a scale of its own."""
    return (
        gee(make_model, "small", 2, quasi=-5000.0, scale=2.0, cic=3.0),
        gee(make_model, "large", 4, quasi=-4500.0, scale=1.8, cic=6.0),
    )


def test_models_are_compared_at_the_scale_of_the_largest(pair):
    """QIC = -2 Q/φ + 2 tr(Ω V), tr(Ω V) ∝ 1/φ; QICu = -2 Q/φ + 2p, with φ of the largest."""
    small, large = on_one_scale(pair)
    assert small.result.stats["qic"] == pytest.approx(10000 / 1.8 + 2 * 3.0 * 2.0 / 1.8)
    assert small.result.stats["qicu"] == pytest.approx(10000 / 1.8 + 2 * 2)
    assert large.result.stats == pytest.approx(pair[1].result.stats)


def test_the_note_says_which_scale(pair, make_context):
    """A reader can see at which scale the criteria of a table stand."""
    table = Fit().build(Fit.Options(models=("small", "large")), make_context(*pair))
    assert "QIC of small and large at one scale, 1.800, that of the largest (large)." in table.notes
    row = {column.label: cell for column, cell in zip(table.columns, table.blocks[0].rows[0].cells,
                                                      strict=True)}  # fmt: skip
    assert row["QIC"].value == pytest.approx(10000 / 1.8 + 12 / 1.8)


def test_a_fixed_scale_needs_no_note(make_model, make_context):
    """Binomial models have the scale 1 in common."""
    models = [
        gee(make_model, name, p, quasi=-300.0, scale=1.0, cic=3.0, family="binomial")
        for name, p in (("a", 2), ("b", 3))
    ]
    table = Fit().build(Fit.Options(models=("a", "b")), make_context(*models))
    assert not [note for note in table.notes if "one scale" in note]


def test_other_variance_functions_are_not_compared(make_model):
    """Models of another family, or another known parameter, keep their own scale."""
    models = [
        gee(make_model, "a", 2, quasi=-1.0, scale=2.0, cic=1.0, family="tweedie",
            details={"var_power": 1.2}),
        gee(make_model, "b", 3, quasi=-1.0, scale=5.0, cic=1.0, family="tweedie",
            details={"var_power": 1.7}),
    ]  # fmt: skip
    assert on_one_scale(models) == tuple(models)


def test_known_parameters_of_variance_functions_are_said(make_model, make_context):
    """Whoever reads a negative binomial model must know that alpha was not estimated."""
    model = gee(make_model, "nb", 2, quasi=-1.0, scale=1.0, cic=1.0, family="negative_binomial",
                details={"alpha": 0.5})  # fmt: skip
    table = Fit().build(Fit.Options(models=("nb",)), make_context(model))
    assert "The variance is μ + 0.5·μ², its parameter taken as known." in table.notes
