"""`plot: roc` and `plot: calibration`: how well a model of a yes or a no predicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.plots.calibration import Calibration
from reportgen.blocks.plots.roc import Roc
from reportgen.core.clusters import Effect
from reportgen.core.errors import FitError, SpecError
from reportgen.core.types import Coef, Result, failed

CURVE = {"threshold": (0.9, 0.9, 0.5, 0.1), "fpr": (0.0, 0.0, 0.2, 1.0), "tpr": (0, 0.3, 0.8, 1)}
GROUPS = {
    "n": (40.0, 40.0), "events": (4.0, 30.0), "predicted": (0.125, 0.5), "share": (0.1, 0.75),
    "low": (0.04, 0.6), "high": (0.23, 0.86), "x": (0.1, 0.3, 0.6), "y": (0.1, 0.4, 0.7),
}  # fmt: skip


def roc_result(**known):
    auc = Coef(0.6804, 0.0075, low=0.6658, high=0.6951)
    return Result("roc", "ok", coef={"auc": auc}, observations=CURVE, **known)


def calibration_result(**known):
    coef = {"intercept": Coef(-0.02, 0.05, low=-0.12, high=0.08),
            "slope": Coef(1.25, 0.11, low=1.03, high=1.47)}  # fmt: skip
    return Result("calibration", "ok", coef=coef, observations=GROUPS, **known)


def build(block, context, answers, **options):
    given = block.Options(**options)
    assert list(block.check(given)) == []
    return block.build(given, context.with_computed(answers))


def test_both_ask_for_what_was_observed(smoke_glm, make_context):
    """Observations are kept, and each model is asked once."""
    context = make_context(smoke_glm)
    for block in (Roc(), Calibration()):
        assert block.observes
        (request,) = block.requests(block.Options(models=("smoke_glm",)), context).values()
        assert request.of == "smoke_glm"


@pytest.mark.parametrize("block", [Roc(), Calibration()])
def test_a_linear_model_has_no_such_plot(block, ols, make_context):
    """It predicts no probability: an error of the spec, before anything is computed."""
    with pytest.raises(SpecError, match="yes or a no"):
        block.requests(block.Options(models=("sbp_ols",)), make_context(ols))


@pytest.mark.parametrize("block", [Roc(), Calibration()])
def test_weights_are_refused(block, smoke_glm, make_context):
    """A row that stands for several, or for a population, is not counted as one."""
    weighted = replace(smoke_glm, result=replace(smoke_glm.result, inputs={"freq_weights": "w"}))
    with pytest.raises(SpecError, match="have weights"):
        block.requests(block.Options(models=("smoke_glm",)), make_context(weighted))


def test_roc_tells_its_area(smoke_glm, smoke_gee, make_context):
    """Three decimals with the interval, the best threshold, and whose method gave it."""
    answers = {"smoke_glm": roc_result(), "smoke_gee": roc_result(n_groups=30)}
    names = ("smoke_glm", "smoke_gee")
    figure = build(Roc(), make_context(smoke_glm, smoke_gee), answers, models=names)
    assert "GLM: area 0.680 (0.666 to 0.695)" in figure.alt
    assert "finds 80.0% of events with 20.0% of false alarms" in figure.alt
    assert "2,128 events in 5,093 observations." in figure.notes
    assert any("DeLong’s method" in note for note in figure.notes)
    assert any(note.startswith("GEE: by Obuchowski") for note in figure.notes)
    assert figure.rows[0] == ("GLM", 0.9, 0.0, 0)
    assert len(figure.rows) == 8
    assert "AUC" in figure.abbreviations


def test_roc_without_an_interval(smoke_glm, make_context):
    """An area of one event stands alone."""
    alone = replace(roc_result(), coef={"auc": Coef(2 / 3)})
    figure = build(Roc(), make_context(smoke_glm), {"smoke_glm": alone}, models=("smoke_glm",))
    assert "area 0.667;" in figure.alt


def test_roc_says_which_model_knows_the_clusters(smoke_mixed, make_context):
    """Predictions with a cluster's own effect are no predictions for another cluster."""
    knowing = replace(smoke_mixed.result, random_effects={"1": {"group": Effect(0.1)}})
    model = replace(smoke_mixed, result=knowing)
    answers = {"smoke_mixed": roc_result(n_groups=30)}
    figure = build(Roc(), make_context(model), answers, models=("smoke_mixed",))
    assert any("predicted random effect" in note for note in figure.notes)


def test_a_fit_that_cannot_be_judged_is_left_out(smoke_glm, smoke_gee, make_context):
    """One of two is drawn; where none can be, the reason stands in the report."""
    context = make_context(smoke_glm, smoke_gee)
    reason = failed("roc", "one-outcome", "all its outcomes are equal")
    answers = {"smoke_glm": reason, "smoke_gee": roc_result()}
    names = ("smoke_glm", "smoke_gee")
    assert {row[0] for row in build(Roc(), context, answers, models=names).rows} == {"GEE"}
    with pytest.raises(FitError, match="all its outcomes are equal"):
        build(Roc(), context, dict.fromkeys(names, reason), models=names)


def test_calibration_tells_slope_and_farthest_group(smoke_glm, make_context):
    """Intercept and slope with intervals; the group whose prediction is farthest off."""
    answers = {"smoke_glm": calibration_result()}
    context = make_context(smoke_glm)
    figure = build(Calibration(), context, answers, models=("smoke_glm",))
    assert "Intercept −0.020 (−0.120 to 0.080)." in figure.alt
    assert "Slope 1.25 (1.03 to 1.47)." in figure.alt
    assert "In 1 of them" in figure.alt
    assert "predicted 50.0%, observed 75.0%" in figure.alt
    assert figure.rows == ((40.0, 4.0, 0.125, 0.1, 0.04, 0.23), (40.0, 30.0, 0.5, 0.75, 0.6, 0.86))
    assert any("has intercept 0 and slope 1" in note for note in figure.notes)


def test_calibration_without_a_smooth_line(smoke_gee, make_context):
    """Few predictions have groups alone; clusters are spoken of where there are any."""
    bare = replace(calibration_result(n_groups=30), observations={**GROUPS, "x": (), "y": ()})
    context = make_context(smoke_gee)
    figure = build(Calibration(), context, {"smoke_gee": bare}, models=("smoke_gee",))
    assert any("cluster-robust" in note for note in figure.notes)
    assert not any("has intercept 0" in note for note in figure.notes)


def test_the_number_of_groups():
    """One group says nothing, and a hundred are no groups."""
    for bins in (1, 51):
        (problem,) = Calibration().check(Calibration.Options(models=("m",), bins=bins))
        assert problem.path == ("bins",)
