"""The area below the curve against pairs counted one by one, and its errors against the papers."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from reportgen.models.performance.judged import Judged
from reportgen.models.performance.roc import MOST_POINTS, area, curve, placements


def sample(n=160, clusters=None, seed=3):
    rng = np.random.default_rng(seed)
    codes = None if clusters is None else rng.integers(0, clusters, n)
    shift = 0.0 if codes is None else rng.normal(size=clusters)[codes]
    p = np.round(1 / (1 + np.exp(-rng.normal(size=n) - shift)), 2)
    y = (rng.random(n) < p).astype(float)
    return Judged(y, p, codes)


def pairs(rows):
    """ψ of DeLong et al., equation (1): 1, ½ or 0 for each pair of an event and another."""
    one, other = rows.p[rows.y == 1], rows.p[rows.y == 0]
    return np.array([[1.0 if x > y else 0.5 if x == y else 0.0 for y in other] for x in one])


def test_the_area_is_the_share_of_pairs_in_order():
    """Every event with every other, ties a half; and the Mann-Whitney statistic over mn."""
    rows = sample()
    found = area(rows, 0.95).estimate
    assert found == pytest.approx(pairs(rows).mean(), rel=1e-12)
    one, other = rows.p[rows.y == 1], rows.p[rows.y == 0]
    u = mannwhitneyu(one, other).statistic
    assert found == pytest.approx(u / (len(one) * len(other)), rel=1e-12)


def test_delong_by_his_formula():
    """S10/m + S01/n with the structural components as the paper has them, 95% by the normal law."""
    rows = sample()
    psi = pairs(rows)
    m, n = psi.shape
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    variance = sum((v - psi.mean()) ** 2 for v in v10) / (m - 1) / m
    variance += sum((v - psi.mean()) ** 2 for v in v01) / (n - 1) / n
    found = area(rows, 0.95)
    assert found.se == pytest.approx(variance**0.5, rel=1e-12)
    z = NormalDist().inv_cdf(0.975)
    assert (found.low, found.high) == pytest.approx(
        (found.estimate - z * found.se, found.estimate + z * found.se)
    )


def test_a_tiny_example_by_hand():
    """4.5 of 6 pairs are in order; the components vary by S10 = 1/8 and S01 = 1/16."""
    rows = Judged(np.array([1.0, 1, 0, 0, 0]), np.array([0.8, 0.4, 0.6, 0.4, 0.1]), None)
    found = area(rows, 0.95)
    assert found.estimate == pytest.approx(0.75)
    assert list(placements(rows)) == pytest.approx([1.0, 0.5, 0.5, 0.75, 1.0])
    assert found.se == pytest.approx((0.125 / 2 + 0.0625 / 3) ** 0.5)


def test_clusters_by_obuchowski():
    """Sums of components by cluster, written out as in section 2.2 of the paper."""
    rows = sample(clusters=25)
    psi, theta = pairs(rows), pairs(rows).mean()
    m, n = psi.shape
    ones, others = rows.clusters[rows.y == 1], rows.clusters[rows.y == 0]
    x, y = psi.mean(axis=1), psi.mean(axis=0)
    i = len(set(rows.clusters))
    i10, i01 = len(set(ones)), len(set(others))
    s10 = s01 = s11 = 0.0
    for cluster in set(rows.clusters):
        a = sum(x[ones == cluster]) - (ones == cluster).sum() * theta
        b = sum(y[others == cluster]) - (others == cluster).sum() * theta
        s10, s01, s11 = s10 + a * a, s01 + b * b, s11 + a * b
    s10, s01, s11 = s10 * i10 / ((i10 - 1) * m), s01 * i01 / ((i01 - 1) * n), s11 * i / (i - 1)
    assert area(rows, 0.95).se ** 2 == pytest.approx(s10 / m + s01 / n + 2 * s11 / (m * n))


def test_clusters_of_one_are_no_clusters():
    """Obuchowski's variance is DeLong's where every cluster has one row."""
    rows = sample()
    alone = Judged(rows.y, rows.p, np.arange(len(rows.y)))
    assert area(alone, 0.9) == area(rows, 0.9)


def test_no_error_of_one_event():
    """An area of one event says nothing of how it varies; its interval is not defined."""
    rows = Judged(np.array([1.0, 0, 0, 0]), np.array([0.9, 0.2, 0.3, 0.95]), None)
    found = area(rows, 0.95)
    assert (found.estimate, found.se, found.low) == (pytest.approx(2 / 3), None, None)


def test_the_interval_stays_between_0_and_1():
    """Near a perfect order the normal interval is cut."""
    y = np.repeat([0.0, 1.0], 30)
    p = np.linspace(0.01, 0.99, 60)
    p[29], p[30] = p[30], p[29]
    assert area(Judged(y, p, None), 0.999).high == 1.0


def test_the_curve_goes_through_every_threshold():
    """From (0, 0) to (1, 1); at each corner the shares that its threshold gives."""
    rows = sample(60)
    found = curve(rows)
    assert (found["fpr"][0], found["tpr"][0]) == (0.0, 0.0)
    assert (found["fpr"][-1], found["tpr"][-1]) == (1.0, 1.0)
    for threshold, fpr, tpr in list(zip(*found.values(), strict=True))[1:]:
        called = rows.p >= threshold
        assert tpr == pytest.approx(called[rows.y == 1].mean())
        assert fpr == pytest.approx(called[rows.y == 0].mean())
    trapezoids = np.trapezoid(found["tpr"], found["fpr"])
    assert trapezoids == pytest.approx(area(rows, 0.95).estimate)


def test_a_long_curve_is_thinned():
    """Thousands of corners are drawn through some hundreds, and the area below hardly moves."""
    rng = np.random.default_rng(1)
    p = rng.random(20_000)
    rows = Judged((rng.random(20_000) < p).astype(float), p, None)
    found = curve(rows)
    assert len(found["fpr"]) <= MOST_POINTS + 2
    assert np.trapezoid(found["tpr"], found["fpr"]) == pytest.approx(
        area(rows, 0.95).estimate, abs=1e-3
    )
