"""`plot: forest`: estimates and intervals, a row a term."""

from __future__ import annotations

import math

import pytest

from reportgen.blocks.plots.forest import Forest
from reportgen.core.errors import FitError, SpecError

BLOCK = Forest()


def build(models, make_context, **options):
    given = Forest.Options(models=tuple(model.id for model in models), **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(*models))


def test_a_row_for_each_term_and_model(ols, gee, make_context):
    """Estimates and limits as they were fitted; the intercept is left out."""
    figure = build([ols, gee], make_context)
    age = [row for row in figure.rows if row[0].startswith("Age")]
    assert [row[1] for row in age] == ["OLS", "GEE"]
    coef = ols.result.coef["RIDAGEYR"]
    assert age[0][2:] == (coef.estimate, coef.low, coef.high)
    assert not any(row[0] == "Intercept" for row in figure.rows)


def test_reference_levels_are_hollow_at_the_null(ols, make_context):
    """A reference level stands at zero without limits, and the note says what it is."""
    figure = build([ols], make_context)
    references = [row for row in figure.rows if row[3] is None]
    assert [row[2] for row in references] == [0.0, 0.0]
    assert any("reference levels" in note for note in figure.notes)


def test_ratios(smoke_glm, smoke_gee, make_context):
    """Logistic models show odds ratios; the data are on the scale of the axis."""
    figure = build([smoke_glm, smoke_gee], make_context)
    male = next(row for row in figure.rows if "Male" in row[0])
    assert male[2] == pytest.approx(math.exp(0.9095967779981022))
    assert "Odds ratio, 95% CI, log scale" in figure.alt
    assert figure.abbreviations == ("CI", "GEE", "GLM")


def test_ratios_of_a_linear_model_are_refused(ols, make_context):
    """The exponential of a difference means nothing."""
    with pytest.raises(SpecError) as caught:
        build([ols], make_context, exponentiate=True)
    assert caught.value.problems[0].path == ("exponentiate",)


def test_failed_models_are_named(ols, broken, make_context):
    """The figure shows what was fitted and says what was not; nothing fitted is no figure."""
    figure = build([ols, broken], make_context)
    assert {row[1] for row in figure.rows} == {"OLS"}
    assert any("Broken could not be fitted" in note for note in figure.notes)
    with pytest.raises(FitError):
        build([broken], make_context)


def test_only_the_terms_asked_for(ols, make_context):
    """`terms` chooses, `rename` names."""
    figure = build([ols], make_context, terms=("BMXBMI",), rename={"BMXBMI": "BMI"})
    assert [row[0] for row in figure.rows] == ["BMI"]
