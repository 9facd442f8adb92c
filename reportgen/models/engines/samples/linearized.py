"""Means, totals, ratios and quantiles of a survey, with the scores that linearise them.

Each estimate is to first order a sum of scores over the sample (Särndal, Swensson and Wretman 1992,
chapter 5): what `Sampling.variance` needs, and nothing else of the estimate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.stats import beta

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.laws import t
from reportgen.models.engines.samples.sampling import Sampling

Interval = Literal["logit", "mean", "beta", "asin"]
Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class Estimate:
    """One number of a survey: its value and standard error, and how they came about.

    totals (U,): the sums of its scores in the sampling units; `srs` is the variance that a simple
    random sample of as many rows would have; `n` counts the rows, `df` the degrees of freedom.
    """

    value: float
    se: float
    totals: np.ndarray
    n: int
    df: int
    srs: float | None = None

    @property
    def deff(self) -> float | None:
        """Kish's design effect: the variance over that of a simple random sample."""
        return self.se**2 / self.srs if self.srs else None

    @property
    def cv(self) -> float | None:
        """The coefficient of variation: the standard error over the estimate."""
        return abs(self.se / self.value) if self.value else None


@dataclass(frozen=True)
class Subset:
    """The rows of one domain that have the values needed, as truth over all rows (n,).

    `df`: the degrees of freedom of the domain, whose units count with or without values.
    """

    sampling: Sampling
    inside: np.ndarray
    df: int

    @property
    def weights(self) -> np.ndarray:
        """The weights of the rows inside, shape (m,)."""
        weights: np.ndarray = self.sampling.weights[self.inside]
        return weights

    def mean(self, y: np.ndarray) -> Estimate:
        """Σwy / Σw of values y (m,); scores w(y - ȳ)/Σw."""
        w = self.weights
        value = float(w @ y / w.sum())
        srs = self._spread(y) * self._unsampled() / len(y)
        return self._estimate(value, w * (y - value) / w.sum(), srs)

    def total(self, y: np.ndarray) -> Estimate:
        """Σwy of values y (m,); scores wy."""
        w = self.weights
        srs = self._spread(y) * w.sum() ** 2 * self._unsampled() / len(y)
        return self._estimate(float(w @ y), w * y, srs)

    def ratio(self, y: np.ndarray, x: np.ndarray) -> Estimate:
        """Σwy / Σwx; scores w(y - Rx)/Σwx."""
        w = self.weights
        value = float(w @ y / (w @ x))
        return self._estimate(value, w * (y - value * x) / (w @ x), None)

    def quantile(self, y: np.ndarray, share: float, confidence: float) -> tuple[Estimate, Limits]:
        """The smallest value at which the weighted distribution reaches `share`, and its interval.

        Woodruff (1952): the interval of the share of rows at or below the value, read back through
        the distribution; the standard error is the interval's width over twice the t quantile.
        """
        at = _reader(y, self.weights)
        value = at(share)
        below = self.mean((y <= value).astype(float))
        df = self.sampling.df(self.inside)
        half = below.se * _t(df, confidence)
        ends = (below.value - half, below.value + half)
        limits = at(ends[0]) if ends[0] >= 0 else None, at(ends[1]) if ends[1] <= 1 else None
        if limits[0] is None or limits[1] is None:
            return Estimate(value, float("nan"), below.totals * 0, len(y), df), limits
        se = (limits[1] - limits[0]) / (2 * _t(df, confidence))
        scale = se / below.se if below.se else 0.0
        return Estimate(value, se, below.totals * scale, len(y), df), limits

    def _estimate(self, value: float, scores: np.ndarray, srs: float | None) -> Estimate:
        every = np.zeros(len(self.inside))
        every[self.inside] = scores
        totals = self.sampling.totals(every)
        se = float(np.sqrt(self.sampling.variance(totals, self.inside)[0, 0]))
        return Estimate(value, se, totals[:, 0], len(scores), self.df, srs)

    def _spread(self, y: np.ndarray) -> float:
        """The population variance of values: Σw(y - ȳ)²/Σw · n/(n - 1)."""
        w, n = self.weights, len(y)
        if n < 2:
            return 0.0
        return float(w @ (y - w @ y / w.sum()) ** 2 / w.sum() * n / (n - 1))

    def _unsampled(self) -> float:
        """1 - n/N; 1 where the weights do not add up to a population larger than the sample."""
        population = float(self.weights.sum())
        return 1 - len(self.weights) / population if population > len(self.weights) else 1.0


def limits(found: Estimate, kind: Interval, confidence: float, rows: int | None = None) -> Limits:
    """The interval of an estimate by t with its degrees of freedom.

    `mean`: symmetric. For a share: `logit` and `asin` are symmetric on those scales, `beta` is
    Korn and Graubard's (1998) with the effective sample size, `rows` being those of the domain,
    with or without a value. None where a scale has no limits.
    """
    if found.df < 1 or not np.isfinite(found.se):
        return None, None
    p, quantile = found.value, _t(found.df, confidence)
    if kind == "mean":
        return p - quantile * found.se, p + quantile * found.se
    if not 0 < p < 1 or found.se == 0:
        return None, None
    if kind == "logit":
        centre, half = np.log(p / (1 - p)), quantile * found.se / (p * (1 - p))
        low, high = (1 / (1 + np.exp(-(centre + sign * half))) for sign in (-1, 1))
    elif kind == "asin":
        centre, half = np.arcsin(np.sqrt(p)), quantile * found.se / (2 * np.sqrt(p * (1 - p)))
        low, high = (np.sin(centre + sign * half) ** 2 for sign in (-1, 1))
    else:
        low, high = _beta(found, confidence, rows or found.n)
    return float(low), float(high)


def _beta(found: Estimate, confidence: float, rows: int) -> tuple[float, float]:
    """Clopper and Pearson's limits with n* = p(1 - p)/V, times (t of n - 1 / t of the design)²."""
    p, tail = found.value, (1 - confidence) / 2
    size = p * (1 - p) / found.se**2 * (t.ppf(tail, rows - 1) / t.ppf(tail, found.df)) ** 2
    low = beta.ppf(tail, size * p, size * (1 - p) + 1)
    high = beta.ppf(1 - tail, size * p + 1, size * (1 - p))
    return float(low), float(high)


def _t(df: int, confidence: float) -> float:
    return float(t.ppf(0.5 + confidence / 2, df)) if df > 0 else float("nan")


def _reader(y: np.ndarray, w: np.ndarray) -> Callable[[float], float]:
    """The inverse of the weighted distribution function: the first value to reach a share."""
    order = np.argsort(y, kind="stable")
    values, reached = y[order], np.cumsum(w[order])
    # Sums of decimal weights miss a share by a rounding error; it counts as reached.
    slack = 1e-12 * reached[-1]

    def at(share: float) -> float:
        place = int(np.searchsorted(reached, share * reached[-1] - slack))
        return float(values[min(place, len(values) - 1)])

    return at
