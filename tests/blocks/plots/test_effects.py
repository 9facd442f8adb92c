"""Predictions drawn over a covariate: curves where it is a number, marks where it has levels."""

from __future__ import annotations

import pytest

from reportgen.blocks.plots.effects import Effects
from reportgen.core.errors import FitError, SpecError
from reportgen.core.types import Coef, Margin, Result, failed


def margin(at, estimate):
    return Margin(Coef(estimate, 1.0, None, None, None, estimate - 2, estimate + 2), at)


def curve(levels=("",), ages=(20.0, 40.0, 60.0, 80.0)):
    return [
        margin({"RIAGENDRx": level, "RIDAGEYR": age} if level else {"RIDAGEYR": age}, 100 + age / 2)
        for level in levels
        for age in ages
    ]


@pytest.fixture
def build(make_context, gee):
    def made(margins, observations=None, **options):
        answer = Result(
            "predictions", "ok", margins=tuple(margins), observations=observations or {}
        )
        context = make_context(gee).with_computed({gee.id: answer})
        given = {"models": (gee.id,), "x": "RIDAGEYR", **options}
        return Effects().build(Effects.Options(**given), context)

    return made


def test_a_curve_has_its_numbers_beside_it(build):
    """Every point drawn is a row of the figure's data."""
    figure = build(curve())
    assert figure.columns == ("Age (years)", "Estimate", "Lower limit", "Upper limit")
    assert figure.rows[0] == (20.0, 110.0, 108.0, 112.0)
    assert len(figure.rows) == 4
    assert "Predicted systolic blood pressure (mmHg), 95% CI" in figure.alt
    assert "from 110.0 at 20 to 140.0 at 80" in figure.alt


def test_a_curve_for_each_level(build):
    """The level is the first column of the data, and named in the text for those who cannot see."""
    figure = build(curve(("Female", "Male")), by="RIAGENDRx")
    assert figure.columns[0] == "Sex"
    assert [row[0] for row in figure.rows] == ["Female"] * 4 + ["Male"] * 4
    assert "Female: from" in figure.alt
    assert "Male: from" in figure.alt


def test_levels_on_the_axis_are_marks(build):
    """A factor has no line from level to level."""
    margins = [margin({"RIDRETH1": level}, 120.0 + int(level)) for level in "123"]
    figure = build(margins, x="RIDRETH1")
    assert [row[0] for row in figure.rows] == [
        "Mexican American",
        "Other Hispanic",
        "Non-Hispanic White",
    ]


def test_where_the_data_are_is_drawn_and_said(build):
    """The rug: one more path in the drawing and a note that says what it is."""
    rug = {"RIDAGEYR": tuple(float(age) for age in range(20, 80))}
    with_rug, without = build(curve(), rug), build(curve(), rug, rug=False)
    assert any("60 quantiles" in note for note in with_rug.notes)
    assert not any("quantiles" in note for note in without.notes)
    assert len(with_rug.svg) > len(without.svg)


def test_the_drawing_is_the_same_every_time(build):
    """Same numbers, same bytes."""
    assert (
        build(curve(("Female", "Male")), by="RIAGENDRx").svg
        == build(curve(("Female", "Male")), by="RIAGENDRx").svg
    )


def test_too_many_curves_are_refused(build):
    """More than six cannot be told apart; the author chooses."""
    levels = [str(number) for number in range(7)]
    with pytest.raises(SpecError, match="7 curves"):
        build(curve(levels), by="RIAGENDRx")


def test_nothing_computed_leaves_the_figure_out(make_context, gee):
    """The reason stands where the figure would be."""
    wrong = failed("predictions", "no-mean", "the model has no mean")
    context = make_context(gee).with_computed({gee.id: wrong})
    with pytest.raises(FitError, match="the model has no mean"):
        Effects().build(Effects.Options(models=(gee.id,), x="RIDAGEYR"), context)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"models": ("a", "b")}, "one-model"),
        ({"by": "RIDAGEYR"}, "covariate-twice"),
        ({"at": {"BMXBMI": (20, 30)}}, "many-values"),
    ],
)
def test_keys_that_make_no_sense(options, code):
    """Told without any data."""
    given = Effects.Options(**{"models": ("a",), "x": "RIDAGEYR", **options})
    assert code in [problem.code for problem in Effects().check(given)]
