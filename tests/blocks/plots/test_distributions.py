"""`plot: qq`, `histogram` and `box`: how numbers are spread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.plots.box import Box
from reportgen.blocks.plots.histogram import Histogram
from reportgen.blocks.plots.qq import Qq
from reportgen.core.description import Summary
from reportgen.core.errors import FitError, SpecError
from reportgen.core.types import Result, failed


def observed(model):
    return replace(model, result=replace(model.result, observations={"residual": (1.0,)}))


def quantiles(n=600, **known):
    z = tuple((2 * place + 1) / n - 1 for place in range(n))
    held = {
        "normal": z,
        "value": tuple(10 * each for each in z),
        "low": tuple(10 * each - 1 for each in z),
        "high": tuple(10 * each + 1 for each in z),
    }
    stats = {"center": 0.0, "scale": 9.0, "outside": 7.0}
    return Result("quantiles", "ok", n=n, stats=stats, observations=held, **known)


def build(block, context, answers, **options):
    given = block.Options(**options)
    assert list(block.check(given)) == []
    return block.build(given, context.with_computed(answers))


def test_residuals_of_a_yes_or_a_no_are_refused(smoke_glm, make_context):
    """They are not normal even where the model is right."""
    with pytest.raises(SpecError, match="not normal"):
        Qq().requests(Qq.Options(models=("smoke_glm",)), make_context(smoke_glm))


def test_its_data_are_quantiles_of_five_people_or_more(ols, make_context):
    """No residual of a person stands beside the figure, and the points are an image."""
    figure = build(Qq(), make_context(observed(ols)), {"quantiles": quantiles()},
                   models=("sbp_ols",))  # fmt: skip
    assert len(figure.rows) == 99
    assert figure.svg.count("<image") == 1
    few = build(Qq(), make_context(observed(ols)), {"quantiles": quantiles(20)},
                models=("sbp_ols",))  # fmt: skip
    assert len(few.rows) == 4


def test_qq_tells_its_ends_and_what_lies_outside(ols, make_context):
    """The least and the greatest value, where the line is there, and the count outside."""
    figure = build(Qq(), make_context(observed(ols)), {"quantiles": quantiles()},
                   models=("sbp_ols",))  # fmt: skip
    assert "600 values by OLS" in figure.alt
    assert "the greatest 9.98, where it is at 8.99" in figure.alt
    assert any("7 of 600 values lie outside" in note for note in figure.notes)
    assert any("beta distribution of order statistics" in note for note in figure.notes)


def test_random_effects_are_asked_by_their_component(mixed, make_context):
    """The model's first effect where none is named; they are shrunken, and it is said."""
    context = make_context(mixed)
    options = Qq.Options(models=("sbp_mixed",), of="ranef")
    request = Qq().requests(options, context)["quantiles"]
    assert request.options == {"of": "ranef", "effect": "group"}
    figure = build(Qq(), context, {"quantiles": quantiles(8)}, models=("sbp_mixed",), of="ranef")
    assert len(figure.rows) == 8
    assert any("shrunken" in note for note in figure.notes)
    with pytest.raises(SpecError, match="no random effect `age`"):
        Qq().requests(replace(options, effect="age"), context)


def test_a_model_without_random_effects(ols, make_context):
    """The report is built, and says that there are none."""
    options = Qq.Options(models=("sbp_ols",), of="ranef")
    assert Qq().requests(options, make_context(ols)) == {}
    with pytest.raises(FitError, match="no random effects"):
        Qq().build(options, make_context(ols))


def test_an_effect_of_residuals_is_a_mistake():
    """`effect` has a meaning with `of: ranef` alone."""
    (problem,) = Qq().check(Qq.Options(models=("m",), effect="group"))
    assert problem.path == ("effect",)


COUNTS = {"from": (0.0, 10.0, 20.0), "to": (10.0, 20.0, 30.0)}


def test_a_histogram_tells_its_fullest_interval(make_context):
    """Counts without groups; missing values are counted below."""
    held = Result(
        "histogram", "ok", summaries=(Summary("RIDAGEYR", "", 200, 3),),
        observations={**COUNTS, "count:": (20.0, 150.0, 30.0)},
    )  # fmt: skip
    figure = build(Histogram(), make_context(), {"counts": held}, data="nhanes", column="RIDAGEYR")
    assert "Age (years) in 3 intervals from 0 to 30" in figure.alt
    assert "the fullest interval is 10 to 20, with 75.0%" in figure.alt
    assert figure.rows[1] == (10.0, 20.0, 150, 0.75)
    assert any("3 observations" in note for note in figure.notes)


def test_a_panel_for_each_group(make_context):
    """Groups are named by their labels, and shares are those of the group."""
    summaries = (Summary("RIDAGEYR", "1", 100, 0), Summary("RIDAGEYR", "5", 50, 0))
    held = Result(
        "histogram", "ok", summaries=summaries,
        observations={**COUNTS, "count:1": (20.0, 50.0, 30.0), "count:5": (40.0, 5.0, 5.0)},
    )  # fmt: skip
    figure = build(Histogram(), make_context(), {"counts": held}, data="nhanes", column="RIDAGEYR",
                   by="RIDRETH1")  # fmt: skip
    assert figure.caption == "Distribution of age (years) by race/ethnicity"
    assert "Other or multiracial, 50 observations: the fullest interval is 0 to 10" in figure.alt
    assert figure.rows[3] == ("Other or multiracial", 0.0, 10.0, 40, 0.8)


def test_a_box_for_each_group(make_context):
    """The data are medians, quartiles, whiskers and counts."""
    summary = Summary("RIDAGEYR", "1", 100, 2, median=40.0, q1=30.0, q3=55.0,
                      counts={"outside": 1})  # fmt: skip
    held = Result("box", "ok", summaries=(summary,),
                  observations={"whiskers:1": (18.0, 80.0), "outside:1": (99.0,)})  # fmt: skip
    figure = build(Box(), make_context(), {"boxes": held}, data="nhanes", column="RIDAGEYR",
                   by="RIDRETH1")  # fmt: skip
    assert "Mexican American: median 40.0, quartiles 30.0 and 55.0." in figure.alt
    assert figure.rows == (("Mexican American", 100, 2, 18.0, 30.0, 40.0, 55.0, 80.0, 1),)
    assert any("Tukey" in note for note in figure.notes)


@pytest.mark.parametrize(("block", "key"), [(Histogram(), "counts"), (Box(), "boxes")])
def test_what_has_no_distribution(block, key, make_context):
    """Levels are counted by a table; too many groups cannot be told apart; no value, no figure."""
    context = make_context()
    with pytest.raises(SpecError, match="has levels"):
        block.requests(block.Options(data="nhanes", column="RIDRETH1"), context)
    (problem,) = block.check(block.Options(data="d", column="x", by="x"))
    assert problem.path == ("by",)
    with pytest.raises(FitError, match="no value"):
        build(block, context, {key: failed(key, "no-values", "`x` has no value in any row")},
              data="nhanes", column="RIDAGEYR")  # fmt: skip


def test_too_many_groups(make_context):
    """Thirty-one boxes, or nine panels, are refused with what to do."""
    many = tuple(Summary("x", str(n), 1, 0, counts={"outside": 0}) for n in range(31))
    drawn = {f"{name}:{n}": (1.0, 2.0) for n in range(31) for name in ("whiskers", "outside")}
    counts = {**COUNTS, **{f"count:{n}": (1.0, 1.0, 1.0) for n in range(31)}}
    for block, held in (
        (Box(), {"boxes": Result("box", "ok", summaries=many, observations=drawn)}),
        (Histogram(), {"counts": Result("h", "ok", summaries=many, observations=counts)}),
    ):
        with pytest.raises(SpecError, match="31 levels"):
            build(block, make_context(), held, data="nhanes", column="RIDAGEYR", by="room")


def test_bins_are_a_number_of_bins():
    """None, or so many that nothing is seen, are refused."""
    (problem,) = Histogram().check(Histogram.Options(data="d", column="x", bins=0))
    assert problem.path == ("bins",)


def test_a_column_that_nobody_labelled(make_context, facts):
    """It is shown under its name."""
    assert "x" not in facts.variables
    held = Result("histogram", "ok", summaries=(Summary("x", "", 3, 0),),
                  observations={"from": (0.0,), "to": (1.0,), "count:": (3.0,)})  # fmt: skip
    figure = build(Histogram(), make_context(), {"counts": held}, data="nhanes", column="x", bins=1)
    assert figure.columns[0] == "x, from"
