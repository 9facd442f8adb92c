"""Differences between groups, against R 4.2: `oneway.test`, `kruskal.test`, `chisq.test`, `fisher`.

The data are R's ToothGrowth and HairEyeColor; standardised differences were computed there by their
formulas.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reportgen.models.description.differences import (
    counts_test,
    difference,
    kruskal_wallis,
    mean_variance,
    standardised,
    standardised_shares,
    welch,
)

LENGTH = np.array([
    4.2, 11.5, 7.3, 5.8, 6.4, 10, 11.2, 11.2, 5.2, 7, 16.5, 16.5, 15.2, 17.3, 22.5, 17.3, 13.6,
    14.5, 18.8, 15.5, 23.6, 18.5, 33.9, 25.5, 26.4, 32.5, 26.7, 21.5, 23.3, 29.5, 15.2, 21.5,
    17.6, 9.7, 14.5, 10, 8.2, 9.4, 16.5, 9.7, 19.7, 23.3, 23.6, 26.4, 20, 25.2, 25.8, 21.2, 14.5,
    27.3, 25.5, 26.4, 22.4, 24.5, 24.8, 30.9, 26.4, 27.3, 29.4, 23,
])  # fmt: skip
DOSE = np.tile(np.repeat([0.5, 1.0, 2.0], 10), 2)
SUPPLEMENT = np.repeat(["VC", "OJ"], 30)
HAIR_EYE = np.array([[68, 20, 15, 5], [119, 84, 54, 29], [26, 17, 14, 14], [7, 94, 10, 16]])
HAIR_SEX = np.array([[56, 52], [143, 143], [34, 37], [46, 81]])
TEA = np.array([[3, 1], [1, 3]])


def split(by):
    return [LENGTH[by == level] for level in np.unique(by)]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (DOSE, (68.400976777183885, 2, 37.743247543026790, 2.8123845436149753e-13)),
        (SUPPLEMENT, (3.668252541070970540, 1, 55.309432682640590, 0.060634507880934059)),
    ],
)
def test_welch_against_r(by, expected):
    """F, both degrees of freedom and p."""
    found = welch(split(by))
    assert (found.statistic, found.df, found.df_resid, found.p) == pytest.approx(expected, rel=1e-9)


def test_welch_of_two_groups_is_welchs_t():
    """Its square, with the same p."""
    t = stats.ttest_ind(*split(SUPPLEMENT), equal_var=False)
    found = welch(split(SUPPLEMENT))
    assert found.statistic == pytest.approx(t.statistic**2, rel=1e-12)
    assert found.p == pytest.approx(t.pvalue, rel=1e-12)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (DOSE, (40.668935265001942, 2, 1.4752068311141822e-09)),
        (SUPPLEMENT, (3.445358063140703475, 1, 0.063429676396888804)),
    ],
)
def test_kruskal_wallis_against_r(by, expected):
    """χ², its degrees of freedom and p, with ties."""
    found = kruskal_wallis(split(by))
    assert (found.statistic, found.df, found.p) == pytest.approx(expected, rel=1e-9)


def test_counts_against_r():
    """Pearson's χ² without correction; Fisher's exact test of few in two by two."""
    found = counts_test(HAIR_EYE)
    assert found.name == "chi_square"
    assert (found.statistic, found.df) == pytest.approx((138.28984162600827, 9), rel=1e-9)
    assert found.p == pytest.approx(2.3252867870988080e-25, rel=1e-9)
    tea = counts_test(TEA)
    assert (tea.name, tea.statistic) == ("fisher", None)
    assert tea.p == pytest.approx(0.48571428571428582, rel=1e-9)
    assert counts_test(np.array([[3, 1], [1, 3], [2, 9]])).name == "chi_square_few"


def test_levels_and_groups_that_do_not_occur_do_not_count():
    """An empty row or column of the table takes no degree of freedom; one left is no comparison."""
    empty = np.pad(HAIR_EYE, ((0, 1), (0, 1)))
    assert counts_test(empty) == counts_test(HAIR_EYE)
    assert counts_test(np.array([[3, 4], [0, 0]])) is None


def test_standardised_differences_against_r():
    """Of means; of the shares of four levels."""
    vc, oj = LENGTH[SUPPLEMENT == "VC"], LENGTH[SUPPLEMENT == "OJ"]
    found = standardised(mean_variance(vc, None), mean_variance(oj, None))
    assert found == pytest.approx(0.49452014054508575, rel=1e-12)
    shares = HAIR_SEX / HAIR_SEX.sum(axis=0)
    found = standardised_shares(shares[:, 0], shares[:, 1])
    assert found == pytest.approx(0.23540992541023911, rel=1e-9)


def test_two_levels_are_the_difference_of_two_shares():
    """|p − q| / √(mean of p(1 − p) and q(1 − q)), whichever level comes first."""
    p, q = 0.3, 0.45
    expected = abs(p - q) / ((p * (1 - p) + q * (1 - q)) / 2) ** 0.5
    one, other = np.array([1 - p, p]), np.array([1 - q, q])
    assert standardised_shares(one, other) == pytest.approx(expected, rel=1e-12)
    assert standardised_shares(one[::-1], other[::-1]) == pytest.approx(expected, rel=1e-12)


def test_weighted_moments_against_r():
    """`weighted.mean`, and the variance as R's survey package computes it."""
    mean, variance = mean_variance(LENGTH, np.tile([1.0, 2.0, 3.0], 20))
    assert mean == pytest.approx(19.303333333333335, rel=1e-12)
    assert variance == pytest.approx(56.071514124293778, rel=1e-12)


def test_what_cannot_be_compared_has_no_number():
    """One group, one value a group, no variation: nothing rather than infinity."""
    assert welch([LENGTH]) is None
    assert welch([LENGTH, LENGTH[:1]]) is None
    assert welch([np.ones(3), np.ones(4)]) is None
    assert kruskal_wallis([np.ones(3), np.ones(4)]) is None
    assert standardised((1.0, 0.0), (2.0, 0.0)) is None
    assert standardised((1.0, 0.0), (1.0, 0.0)) == 0.0
    assert standardised_shares(np.array([1.0, 0.0]), np.array([0.0, 1.0])) is None


def test_three_groups_have_the_mean_of_their_pairs():
    """And missing values are left out of each."""
    groups = {str(level): pd.Series([*LENGTH[level == DOSE], None]) for level in np.unique(DOSE)}
    found = difference("len", groups, None)
    pairs = [
        standardised(mean_variance(a, None), mean_variance(b, None))
        for a, b in [(split(DOSE)[i], split(DOSE)[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    ]
    assert found.smd == pytest.approx(sum(pairs) / 3, rel=1e-12)
    assert set(found.tests) == {"means", "ranks"}
    weights = {group: values * 0 + 1 for group, values in groups.items()}
    weighted = difference("len", groups, None, {g: w.fillna(1.0) for g, w in weights.items()})
    assert weighted.tests == {}
    assert weighted.smd == pytest.approx(found.smd, rel=1e-12)
