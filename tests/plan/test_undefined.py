"""Likelihoods of estimating equations are refused before any data are read."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["aic", "bic", "llf"])
def test_prose_that_names_a_likelihood_of_estimating_equations(told, name):
    """statsmodels would print a number; the message names QIC."""
    problems = told(("coef.Dose.estimate", f"stats.{name}"))
    assert [problem.code for problem in problems] == ["undefined-statistic"]
    assert f"`{name}`" in problems[0].message
    assert "`qic`" in problems[0].help


def test_a_table_of_estimating_equations_alone(told):
    """`stats: [aic]` where every model shown is one of estimating equations."""
    problems = told(("models: [ols, gee]", "models: gee\n    stats: [n, aic]"))
    assert [problem.code for problem in problems] == ["undefined-statistic"]
    assert problems[0].place.line == 19


def test_a_table_where_one_model_has_a_likelihood(told):
    """Least squares has an AIC; the table's note says why the other has none."""
    assert told(("models: [ols, gee]", "models: [ols, gee]\n    stats: [n, aic]")) == []


def test_qic_is_no_problem(told):
    """What estimating equations do define can be asked for."""
    assert told(("coef.Dose.estimate", "stats.qic")) == []
