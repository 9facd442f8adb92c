"""p and interval lengths of several comparisons at once, by the names statsmodels gives methods."""

from __future__ import annotations

import numpy as np

from reportgen.core.comparing import Adjust

ALMOST_NORMAL = 1e7
"""Degrees of freedom that stand for the normal law, whose own integral takes no seed."""


def adjusted(
    method: Adjust,
    statistic: np.ndarray,
    df: np.ndarray,
    covariance: np.ndarray,
    *,
    means: int,
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The p (m,) and the factor of the standard error in the intervals (m,), for one family.

    `statistic` and `df` (m,) are of its comparisons, `covariance` (m, m) of their estimates;
    `means` is how many means they compare.
    """
    from reportgen.models.engines.laws import t

    m, alpha = len(statistic), 1 - confidence
    size, alone = np.abs(statistic), 2 * t.sf(np.abs(statistic), df)
    single = t.ppf(1 - alpha / 2, df)
    if method == "tukey":
        return _tukey(size, df, means, confidence)
    if method == "dunnett":
        return _dunnett(size, df, covariance, confidence)
    if method == "scheffe":
        return _scheffe(size, df, int(np.linalg.matrix_rank(covariance, tol=None)), confidence)
    if method == "bonferroni":
        single = t.ppf(1 - alpha / (2 * m), df)
    elif method == "sidak":
        single = t.ppf(0.5 + (1 - alpha) ** (1 / m) / 2, df)
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(alone, alpha=alpha, method=method)[1]), single


def _tukey(
    size: np.ndarray, df: np.ndarray, means: int, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """The studentized range of `means` means (Tukey 1953; Kramer 1956 for unequal sizes)."""
    from scipy.stats import studentized_range

    root = np.sqrt(2)
    p = studentized_range.sf(root * size, means, df)
    law = {each: studentized_range.ppf(confidence, means, each) / root for each in set(df.tolist())}
    return np.clip(p, 0.0, 1.0), np.array([law[each] for each in df.tolist()])


def _scheffe(
    size: np.ndarray, df: np.ndarray, rank: int, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Every comparison there could be (Scheffé 1953, Biometrika 40, 87–104): F of `rank` and df."""
    from reportgen.models.engines.laws import chi2, f

    if np.isinf(df).all():
        return chi2.sf(size**2, rank), np.full(len(size), np.sqrt(chi2.ppf(confidence, rank)))
    return f.sf(size**2 / rank, rank, df), np.sqrt(rank * f.ppf(confidence, rank, df))


def _dunnett(
    size: np.ndarray, df: np.ndarray, covariance: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """The largest of correlated t statistics (Dunnett 1955, J Am Stat Assoc 50, 1096–1121)."""
    from scipy.optimize import brentq

    from reportgen.models.engines.laws import norm

    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    least = float(df.min())
    p = np.array([1 - _inside(each, correlation, least) for each in size])
    start = float(norm.ppf(0.5 + confidence / 2))
    reach = brentq(lambda c: _inside(c, correlation, least) - confidence, start * 0.9, start * 30,
                   xtol=1e-5)  # fmt: skip
    return np.clip(p, 0.0, 1.0), np.full(len(size), reach)


def _inside(reach: float, correlation: np.ndarray, df: float) -> float:
    """P(all |T| ≤ reach), by Genz's lattice with a fixed seed; its error is about 1e-4."""
    from scipy.stats import multivariate_t

    from reportgen.models.engines.laws import t

    if len(correlation) == 1:
        return float(1 - 2 * t.sf(reach, df))
    box = np.full(len(correlation), float(reach))
    return float(multivariate_t.cdf(
        box, shape=correlation, df=min(df, ALMOST_NORMAL), lower_limit=-box,
        maxpts=20_000 * len(box), random_state=np.random.default_rng(1),
    ))  # fmt: skip
