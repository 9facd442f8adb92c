"""Groups, intervals, the smooth line and the recalibration, each against another computation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from reportgen.models.performance.calibration import (
    SPAN,
    grouped,
    recalibration,
    smooth,
    wilson,
)
from reportgen.models.performance.judged import Judged


def sample(n=500, clusters=None):
    rng = np.random.default_rng(11)
    codes = None if clusters is None else rng.integers(0, clusters, n)
    logit = rng.normal(size=n)
    shift = 0.0 if codes is None else 0.7 * rng.normal(size=clusters)[codes]
    y = (rng.random(n) < 1 / (1 + np.exp(-0.3 - 0.6 * logit - shift))).astype(float)
    return Judged(y, 1 / (1 + np.exp(-logit)), codes)


@pytest.mark.parametrize(("events", "n"), [(0, 12), (3, 10), (10, 10), (45, 130)])
def test_wilson(events, n):
    """The score interval as statsmodels has it."""
    expected = proportion_confint(events, n, method="wilson")
    assert wilson(events, n, 0.95) == pytest.approx(expected, abs=1e-12)


def test_groups_hold_as_many():
    """Ten groups of fifty; their means and shares are those of the sorted rows."""
    rows = sample()
    found = grouped(rows, 10, 0.95)
    order = np.argsort(rows.p)
    assert found["n"] == (50.0,) * 10
    assert found["predicted"] == pytest.approx(rows.p[order].reshape(10, 50).mean(axis=1))
    assert found["share"] == pytest.approx(rows.y[order].reshape(10, 50).mean(axis=1))
    assert sum(found["events"]) == rows.y.sum()


def test_equal_predictions_stay_together():
    """A model of one factor with three levels gives three groups, not ten."""
    rows = Judged(np.tile([0.0, 1.0], 30), np.repeat([0.2, 0.5, 0.7], 20), None)
    found = grouped(rows, 10, 0.95)
    assert found["n"] == (20.0, 20.0, 20.0)
    assert found["predicted"] == pytest.approx((0.2, 0.5, 0.7))


def test_slope_and_intercept_by_statsmodels():
    """A logistic regression on the logit; and one with the logit as offset."""
    rows = sample()
    logit = np.log(rows.p / (1 - rows.p))
    slope = sm.Logit(rows.y, sm.add_constant(logit)).fit(disp=0)
    intercept = sm.GLM(
        rows.y, np.ones(len(rows.y)), family=sm.families.Binomial(), offset=logit
    ).fit()
    coef, notes = recalibration(rows, 0.9)
    assert notes == ()
    assert coef["slope"].estimate == pytest.approx(slope.params[1], rel=1e-8)
    assert coef["slope"].se == pytest.approx(slope.bse[1], rel=1e-6)
    assert (coef["slope"].low, coef["slope"].high) == pytest.approx(slope.conf_int(0.1)[1])
    assert coef["intercept"].estimate == pytest.approx(intercept.params[0], rel=1e-8)
    assert coef["intercept"].se == pytest.approx(intercept.bse[0], rel=1e-6)


def test_errors_by_cluster():
    """With clusters the errors are statsmodels' cluster-robust ones."""
    rows = sample(clusters=30)
    logit = np.log(rows.p / (1 - rows.p))
    expected = sm.Logit(rows.y, sm.add_constant(logit)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": rows.clusters}
    )
    assert recalibration(rows, 0.95)[0]["slope"].se == pytest.approx(expected.bse[1], rel=1e-5)


def test_its_own_predictions_are_calibrated():
    """A logistic model by maximum likelihood has intercept 0 and slope 1 in its own rows."""
    rows = sample()
    X = sm.add_constant(np.log(rows.p / (1 - rows.p)))
    own = Judged(rows.y, sm.Logit(rows.y, X).fit(disp=0).predict(), None)
    coef = recalibration(own, 0.95)[0]
    assert coef["intercept"].estimate == pytest.approx(0.0, abs=1e-6)
    assert coef["slope"].estimate == pytest.approx(1.0, abs=1e-6)


def test_rows_predicted_with_certainty_are_left_out_and_counted():
    """A logit that is infinite has no part in a regression."""
    rows = sample()
    sure = Judged(np.append(rows.y, [1.0, 1.0]), np.append(rows.p, [1.0, 1.0]), None)
    coef, notes = recalibration(sure, 0.95)
    assert coef == recalibration(rows, 0.95)[0]
    assert "2 rows" in notes[0].text


def test_the_smooth_line_by_weighted_least_squares():
    """Tricube weights on the two thirds of the rows that are nearest, and a straight line."""
    rows = sample(200)
    found = smooth(rows)
    k = int(SPAN * 200 + 1e-10)
    for place in (0, 40, 77, 100):
        x = found["x"][place]
        distance = np.abs(rows.p - x)
        reach = np.sort(distance)[k - 1]
        w = np.clip(1 - (distance / reach) ** 3, 0, None) ** 3
        line = np.polyfit(rows.p, rows.y, 1, w=np.sqrt(w))
        assert found["y"][place] == pytest.approx(np.polyval(line, x), abs=1e-6)


def test_few_values_have_no_smooth_line():
    """Between three predictions there is nothing to see."""
    rows = Judged(np.tile([0.0, 1.0], 30), np.repeat([0.2, 0.5, 0.7], 20), None)
    assert smooth(rows) == {"x": (), "y": ()}
