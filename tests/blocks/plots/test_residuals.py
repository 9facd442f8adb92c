"""`plot: residuals`: residuals against fitted values."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from reportgen.blocks.plots.bins import Bin, bins
from reportgen.blocks.plots.residuals import Residuals
from reportgen.core.errors import FitError

BLOCK = Residuals()


def observed(model, fitted, residual):
    held = {"fitted": tuple(fitted), "residual": tuple(residual)}
    return replace(model, result=replace(model.result, observations=held))


def build(model, make_context, **options):
    given = Residuals.Options(models=(model.id,), **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(model))


def test_asks_for_observations():
    """The run must keep the observations of the model shown."""
    assert BLOCK.observes


def test_numbers_of_the_text_alternative(ols, make_context):
    """Ranges, number of points, and the range of the means."""
    model = observed(ols, (100.0, 110.0, 120.0), (-5.0, 8.0, -3.0))
    figure = build(model, make_context)
    assert "3 observations by OLS" in figure.alt
    assert "from 100 to 120" in figure.alt
    assert "from −5.00 to 8.00" in figure.alt
    assert figure.rows == ((3, 110.0, 0.0),)


def test_points_are_an_image_and_the_rest_is_not(ols, make_context):
    """One image in the drawing; its size does not grow with every point."""
    number = range(2000)
    model = observed(ols, number, [math.sin(value) for value in number])
    figure = build(model, make_context)
    assert figure.svg.count("<image") == 1
    assert len(figure.rows) == 25
    assert sum(row[0] for row in figure.rows) == 2000


def test_the_data_hold_no_person(ols, make_context):
    """What stands beside the figure are means of groups, not anybody's outcome."""
    model = observed(ols, range(50), [1.0] * 50)
    assert [row[0] for row in build(model, make_context).rows] == [5] * 10


def test_the_same_bytes(ols, make_context):
    """The same numbers give the same drawing, its image included."""
    model = observed(ols, range(50), [value % 7 - 3.0 for value in range(50)])
    assert build(model, make_context).svg == build(model, make_context).svg


def test_kinds_of_residuals(ols, smoke_glm, smoke_gee, make_context):
    """Each estimator's residuals are called what they are."""
    titles = [
        build(observed(model, (0.2, 0.4), (0.1, -0.1)), make_context).columns[2]
        for model in (ols, smoke_glm, smoke_gee)
    ]
    assert titles == [
        "Residual of systolic blood pressure (mmHg), mean",
        "Deviance residual, mean",
        "Pearson residual, mean",
    ]


def test_values_that_are_no_numbers_are_left_out(ols, make_context):
    """A residual that is not defined is not drawn; where none is, there is no figure."""
    model = observed(ols, (1.0, math.nan, 3.0), (0.5, 0.5, -0.5))
    assert build(model, make_context).rows[0][0] == 2
    with pytest.raises(FitError, match="no residuals"):
        build(ols, make_context)


def test_groups_by_hand():
    """Ten points make two groups of five, in the order of x."""
    points = [(float(x), float(x * x)) for x in (9, 8, 7, 6, 5, 4, 3, 2, 1, 0)]
    assert bins(points) == (Bin(5, 2.0, 6.0), Bin(5, 7.0, 51.0))


def test_ties_stay_together():
    """Points of one fitted value are one group, whatever their order."""
    points = [(1.0, float(y)) for y in range(12)] + [(2.0, 4.0)] * 8
    assert bins(points) == bins(points[::-1]) == (Bin(12, 1.0, 5.5), Bin(8, 2.0, 4.0))
