"""`plot: slopes`: the line of each cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.plots.slopes import Slopes
from reportgen.core.clusters import Effect
from reportgen.core.errors import FitError, SpecError
from reportgen.core.types import Coef, Term

BLOCK = Slopes()
# 115.5 + 3.64 · 0.5 + 0.282 · 30: the coefficients of the fixture at the means given below.
BASE = 125.78
SLOPE = 0.4717


@pytest.fixture
def model(correlated):
    """Random intercepts and slopes of two clusters, one with a range of its own."""
    known = {
        "random_effects": {
            "a": {"group": Effect(2.0, 1.0), "age_cen": Effect(0.1, 0.05)},
            "b": {"group": Effect(-1.0, 1.0), "age_cen": Effect(-0.2, 0.05)},
        },
        "center": {"Intercept": 1.0, "age_cen": 3.0, "RIAGENDRx[T.Male]": 0.5, "BMXBMI": 30.0},
        "ranges": {"age_cen": (-20.0, 40.0), "BMXBMI": (15.0, 60.0)},
        "group_ranges": {"age_cen": {"a": (-10.0, 10.0)}},
    }
    return replace(correlated, result=replace(correlated.result, **known))


def build(model, make_context, x="age_cen", **options):
    given = Slopes.Options(models=(model.id,), x=x, **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(model))


def test_lines_by_hand(model, make_context):
    """y = Σ βⱼ x̄ⱼ + b₀ + (β + b)·x at both ends of the cluster's own range of x."""
    a, b, average = build(model, make_context).rows
    assert a[0] == "a"
    assert a[1:] == pytest.approx(
        (SLOPE + 0.1, -10.0, BASE + 2 - 10 * (SLOPE + 0.1), 10.0, BASE + 2 + 10 * (SLOPE + 0.1))
    )
    low, high = BASE - 1 - 20 * (SLOPE - 0.2), BASE - 1 + 40 * (SLOPE - 0.2)
    assert b[1:] == pytest.approx((SLOPE - 0.2, -20.0, low, 40.0, high))
    assert average[1:] == pytest.approx((SLOPE, -20.0, BASE - 20 * SLOPE, 40.0, BASE + 40 * SLOPE))


def test_words_and_numbers(model, make_context):
    """The caption names both variables, the text alternative the steepest and the flattest."""
    figure = build(model, make_context)
    assert "Systolic blood pressure (mmHg) by age centred within cluster" in figure.caption
    assert "0.57 (a)" in figure.alt
    assert "0.27 (b)" in figure.alt
    assert any("held at their means" in note for note in figure.notes)
    assert any("boundary" in note for note in figure.notes)


def test_random_intercepts_alone_are_parallel(model, make_context):
    """Without a random slope all lines have the slope of the fixed part."""
    effects = {"a": {"group": Effect(2.0)}, "b": {"group": Effect(-1.0)}}
    changed = replace(model, result=replace(model.result, random_effects=effects))
    figure = build(changed, make_context)
    assert {row[1] for row in figure.rows} == {SLOPE}
    assert "so is that of every cluster" in figure.alt


def test_an_interaction_counts_at_the_other_mean(model, make_context):
    """The slope grows by the interaction's coefficient times the other column's mean."""
    result = model.result
    both = Term("age_cen:BMXBMI", ("age_cen", "BMXBMI"), ("age_cen:BMXBMI",), "other")
    coef = {**result.coef, "age_cen:BMXBMI": Coef(0.01)}
    changed = replace(model, result=replace(result, terms=(*result.terms, both), coef=coef))
    average = build(changed, make_context).rows[-1]
    assert average[1] == pytest.approx(SLOPE + 0.01 * 30.0)
    assert average[3] == pytest.approx(BASE - 20 * (SLOPE + 0.3))


def test_no_straight_line(model, make_context):
    """A square of x, a column that is not in the model: problems at `x`."""
    result = model.result
    square = Term("I(age_cen ** 2)", ("age_cen",), ("I(age_cen ** 2)",), "other")
    coef = {**result.coef, "I(age_cen ** 2)": Coef(0.01)}
    changed = replace(model, result=replace(result, terms=(*result.terms, square), coef=coef))
    for wrong, x in ((changed, "age_cen"), (model, "smq")):
        with pytest.raises(SpecError) as caught:
            build(wrong, make_context, x=x)
        assert caught.value.problems[0].path == ("x",)


def test_other_random_effects_are_not_left_out(model, make_context):
    """A random slope of another column counts at its mean; an unknown component is refused."""
    effects = {"a": {"group": Effect(2.0), "BMXBMI": Effect(0.5)}}
    changed = replace(model, result=replace(model.result, random_effects=effects))
    row = build(changed, make_context).rows[0]
    assert row[3] == pytest.approx(BASE + 2 + 0.5 * 30 - 10 * SLOPE)
    effects = {"a": {"group": Effect(2.0), "stratum[3]": Effect(0.5)}}
    changed = replace(model, result=replace(model.result, random_effects=effects))
    with pytest.raises(SpecError, match="stratum"):
        build(changed, make_context)


def test_many_clusters(model, make_context):
    """More lines than a page can hold as lines become an image inside the drawing."""
    effects = {str(number): {"group": Effect(number / 600)} for number in range(600)}
    changed = replace(model, result=replace(model.result, random_effects=effects))
    figure = build(changed, make_context)
    assert "<image" in figure.svg
    assert len(figure.rows) == 601


def test_no_random_effects(model, make_context):
    """A model without clusters has no lines."""
    changed = replace(model, result=replace(model.result, random_effects={}))
    with pytest.raises(FitError, match="no random effects"):
        build(changed, make_context)
