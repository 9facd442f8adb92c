"""The outcomes of multilevel models, held against scipy's distributions and differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reportgen.models.engines.effects.responses import response

ETA = np.array([-6.0, -3.0, -0.7, 0.0, 0.4, 1.9, 3.0])
ODD = {"logit": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
COUNTS = np.array([0.0, 1.0, 2.0, 0.0, 3.0, 7.0, 21.0])
KINDS = [("binomial", link, 0.0) for link in ODD]
KINDS += [("poisson", "log", 0.0), ("negative_binomial", "log", 0.4)]


def outcomes(family):
    return [np.zeros(7), np.ones(7), np.full(7, 0.25)] if family == "binomial" else [COUNTS]


def expected(family, link, alpha, y):
    """log p by scipy's own distributions."""
    if family == "binomial":
        return y * ODD[link].logcdf(ETA) + (1 - y) * ODD[link].logsf(ETA)
    if family == "poisson":
        return stats.poisson.logpmf(y, np.exp(ETA))
    return stats.nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * np.exp(ETA)))


@pytest.mark.parametrize(("family", "link", "alpha"), KINDS)
def test_the_density_is_that_of_scipy(family, link, alpha):
    """log p with its constant equals scipy's, for no event, an event, and a share."""
    for y in outcomes(family):
        own = response(family, link, y, alpha)
        value = own.value(ETA)[0] + (own.constant(1.0) if family != "binomial" else 0)
        assert value == pytest.approx(expected(family, link, alpha, y), rel=1e-10)


@pytest.mark.parametrize(("family", "link", "alpha"), KINDS)
def test_derivatives_are_those_of_the_density(family, link, alpha):
    """Slope, weight, bend and its turn are the differences of what stands before them."""
    step = 1e-5
    for y in outcomes(family):
        own = response(family, link, y, alpha)
        slope, weight = own.slopes(ETA)
        assert own.value(ETA)[1] == pytest.approx(slope, rel=1e-12)
        up, down = own.value(ETA + step)[0], own.value(ETA - step)[0]
        assert slope == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-9)
        up, down = own.slopes(ETA + step)[0], own.slopes(ETA - step)[0]
        assert weight == pytest.approx((down - up) / (2 * step), rel=1e-5, abs=1e-9)
        up, down = own.slopes(ETA + step)[1], own.slopes(ETA - step)[1]
        bend, turn = own.bends(ETA)
        assert bend == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-9)
        up, down = own.bends(ETA + step)[0], own.bends(ETA - step)[0]
        assert turn == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-9)
        up, down = own.mean(ETA + step), own.mean(ETA - step)
        assert own.rise(ETA) == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-9)
        assert own.predictor(own.mean(ETA)) == pytest.approx(ETA, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("alpha", [0.4, 2e-4])
def test_derivatives_by_the_dispersion(alpha):
    """How log p, its slope, weight and bend move with α, and how fast the first three do."""
    step = 1e-3 * alpha
    own = response("negative_binomial", "log", COUNTS, alpha)
    up, down = (response("negative_binomial", "log", COUNTS, alpha + s) for s in (step, -step))
    heights = [(own.value(ETA)[0], *own.slopes(ETA), own.bends(ETA)[0]) for own in (up, down)]
    for found, above, below in zip(own.by_alpha(ETA), *heights, strict=True):
        assert found == pytest.approx((above - below) / (2 * step), rel=1e-5, abs=1e-7)
    slopes = up.by_alpha(ETA)[:3], down.by_alpha(ETA)[:3]
    for found, above, below in zip(own.twice_by_alpha(ETA), *slopes, strict=True):
        assert found == pytest.approx((above - below) / (2 * step), rel=1e-5, abs=1e-7)


def test_no_dispersion_is_the_poisson():
    """At α = 0 the negative binomial is the Poisson to ten digits, and so is its slope in α."""
    nothing = response("negative_binomial", "log", COUNTS, 0.0)
    poisson = response("poisson", "log", COUNTS)
    assert nothing.value(ETA)[0] == pytest.approx(poisson.value(ETA)[0], rel=1e-9)
    mean = np.exp(ETA)
    limit = ((COUNTS - mean) ** 2 - COUNTS) / 2
    assert nothing.by_alpha(ETA)[0] == pytest.approx(limit, rel=1e-7)


def test_far_predictors_give_numbers():
    """|η| of 30 gives finite densities and derivatives, with no warning."""
    far = np.array([-30.0, 30.0])
    for link in ("logit", "probit"):
        own = response("binomial", link, np.array([1.0, 0.0]))
        for values in (*own.value(far), *own.slopes(far), *own.bends(far)):
            assert np.isfinite(values).all()
    low = np.array([-30.0, -30.0])
    own = response("binomial", "cloglog", np.array([1.0, 0.0]))
    slope, weight = own.slopes(low)
    assert slope == pytest.approx([1, 0], abs=1e-12)
    assert (weight > 0).all()
