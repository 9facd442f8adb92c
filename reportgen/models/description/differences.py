"""How a column differs between groups of rows: standardised differences and tests. Light.

Rows are taken as independent, whatever their clusters: these numbers describe a sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from reportgen.core.description import Difference, GroupTest
from reportgen.core.levels import level_texts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]

LEAST_EXPECTED = 5.0


def difference(
    name: str,
    groups: Mapping[str, pd.Series[Any]],
    levels: Sequence[str] | None,
    weights: Mapping[str, pd.Series[Any]] | None = None,
) -> Difference:
    """The differences of one column between `groups`; `levels` are those of a category.

    With `weights` (of each group's rows) only the standardised difference, of weighted moments.
    """
    from reportgen.models.base import is_text

    filled = {group: values.dropna() for group, values in groups.items()}
    filled = {group: values for group, values in filled.items() if len(values)}
    own = None if weights is None else {g: weights[g][v.index] for g, v in filled.items()}
    if levels is not None:
        return _of_counts(name, filled, levels, own)
    if any(is_text(values) for values in filled.values()):
        return Difference(name)
    samples = [values.to_numpy(float) for values in filled.values()]
    masses = [None if own is None else own[group].to_numpy(float) for group in filled]
    tests: dict[str, GroupTest | None] = {}
    if own is None:
        tests = {"means": welch(samples), "ranks": kruskal_wallis(samples)}
    moments = [mean_variance(x, w) for x, w in zip(samples, masses, strict=True)]
    return Difference(name, _mean_of_pairs(moments), _known(tests))


def mean_variance(x: Array, weights: Array | None) -> tuple[float, float]:
    """Mean and variance (n − 1); weighted: Σwx/Σw and n/(n − 1) Σw(x − x̄)²/Σw.

    Lumley (2010), Complex Surveys, section 2.4 (R's `svyvar`). The variance of one value is 0.
    """
    import numpy as np

    n = len(x)
    if n < 2:
        return float(x[0]), 0.0
    w = np.ones(n) if weights is None else weights
    mean = float(w @ x / w.sum())
    return mean, float(n / (n - 1) * (w @ (x - mean) ** 2) / w.sum())


def standardised(one: tuple[float, float], other: tuple[float, float]) -> float | None:
    """|difference of means| / √(mean of the two variances); None where both are zero.

    Austin (2009), Statistics in Medicine 28, 3083–3107.
    """
    spread = (one[1] + other[1]) / 2
    if spread <= 0:
        return 0.0 if one[0] == other[0] else None
    return float(abs(one[0] - other[0]) / spread**0.5)


def standardised_shares(one: Array, other: Array) -> float | None:
    """√(dᵀ S⁻¹ d): d the difference of the shares of all levels but the first, S the mean of their
    two covariances; |difference| / √(mean of p(1 − p)) for two levels.

    Yang and Dalton (2012), SAS Global Forum, paper 335. None where no share varies.
    """
    import numpy as np

    kept = (one + other) > 0
    p, q = one[kept][1:], other[kept][1:]
    if not len(p):
        return 0.0
    s = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    d = p - q
    solved, _, rank, _ = np.linalg.lstsq(s, d, rcond=1e-12)
    if rank < len(d) and not np.allclose(s @ solved, d):
        return None
    return float(max(d @ solved, 0.0) ** 0.5)


def welch(samples: Sequence[Array]) -> GroupTest | None:
    """Welch's one-way test of equal means with unequal variances: F with df and df₂.

    Welch (1951), Biometrika 38, 330–336; of two groups the square of Welch's t. None where a group
    has fewer than two values or does not vary.
    """
    import numpy as np

    from reportgen.models.engines.laws import f

    k = len(samples)
    n = np.array([len(x) for x in samples], float)
    if k < 2 or n.min() < 2:
        return None
    means = np.array([x.mean() for x in samples])
    variances = np.array([x.var(ddof=1) for x in samples])
    if variances.min() <= 0:
        return None
    w = n / variances
    grand = w @ means / w.sum()
    slack = (((1 - w / w.sum()) ** 2) / (n - 1)).sum()
    between = (w @ (means - grand) ** 2) / (k - 1)
    statistic = float(between / (1 + 2 * (k - 2) / (k**2 - 1) * slack))
    df_resid = float((k**2 - 1) / (3 * slack))
    return GroupTest("welch", statistic, k - 1, df_resid, float(f.sf(statistic, k - 1, df_resid)))


def kruskal_wallis(samples: Sequence[Array]) -> GroupTest | None:
    """The Kruskal–Wallis test, corrected for ties: χ² with groups − 1 degrees of freedom.

    Kruskal and Wallis (1952), JASA 47, 583–621. None where all values are equal.
    """
    import numpy as np
    from scipy.stats import kruskal

    if len(samples) < 2 or np.ptp(np.concatenate(samples)) == 0:
        return None
    found = kruskal(*samples)
    return GroupTest(
        "kruskal_wallis", float(found.statistic), len(samples) - 1, None, float(found.pvalue)
    )


def counts_test(table: Array) -> GroupTest | None:
    """Pearson's χ² without correction for continuity, rows levels and columns groups; Fisher's
    exact test (two-sided) of a 2 × 2 table with an expected count below 5.

    None where fewer than two levels or groups occur.
    """
    from scipy.stats import chi2_contingency, fisher_exact

    held = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(held.shape) < 2:
        return None
    found = chi2_contingency(held, correction=False)
    few = bool((found.expected_freq < LEAST_EXPECTED).any())
    if few and held.shape == (2, 2):
        return GroupTest("fisher", None, None, None, float(fisher_exact(held)[1]))
    name = "chi_square_few" if few else "chi_square"
    return GroupTest(name, float(found.statistic), int(found.dof), None, float(found.pvalue))


def _of_counts(
    name: str,
    groups: Mapping[str, pd.Series[Any]],
    levels: Sequence[str],
    weights: Mapping[str, pd.Series[Any]] | None,
) -> Difference:
    import numpy as np

    columns = []
    for group, values in groups.items():
        texts = level_texts(values)
        mass = np.ones(len(values)) if weights is None else weights[group].to_numpy(float)
        columns.append([float(mass[(texts == level).to_numpy()].sum()) for level in levels])
    table = np.array(columns).T
    if not table.size:
        return Difference(name)
    test = counts_test(table) if weights is None else None
    shares = [column / column.sum() for column in table.T]
    found = [standardised_shares(one, other) for one, other in combinations(shares, 2)]
    return Difference(name, _mean(found), _known({"counts": test}))


def _mean_of_pairs(moments: Sequence[tuple[float, float]]) -> float | None:
    return _mean([standardised(one, other) for one, other in combinations(moments, 2)])


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean over all pairs of groups; None where one of them is not defined."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def _known(tests: Mapping[str, GroupTest | None]) -> dict[str, GroupTest]:
    return {about: test for about, test in tests.items() if test is not None}
