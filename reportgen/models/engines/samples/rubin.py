"""Rubin's rules: one answer out of the answers of m completed data sets.

Rubin 1987, chapter 3; degrees of freedom of Barnard and Rubin 1999, Biometrika 86, 948–955; joint
tests of Li, Raghunathan and Rubin 1991, JASA 86, 1065–1073, and, where the complete data have
finite degrees of freedom, of Reiter 2007, Biometrika 94, 502–508.
"""

from __future__ import annotations

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.laws import f


@dataclass(frozen=True)
class Pooled:
    """Estimates (p,), their covariances within and between data sets (p, p), and how many sets.

    `complete` (p,): the degrees of freedom with nothing missing; infinite for a normal law.
    """

    estimate: np.ndarray
    within: np.ndarray
    between: np.ndarray
    copies: int
    complete: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """T = Ū + (1 + 1/m)B, shape (p, p)."""
        total: np.ndarray = self.within + (1 + 1 / self.copies) * self.between
        return total

    @property
    def riv(self) -> np.ndarray:
        """How much missing values add to the variance: r = (1 + 1/m)B / Ū, shape (p,)."""
        extra = (1 + 1 / self.copies) * np.diag(self.between)
        within = np.diag(self.within)
        return np.divide(extra, within, out=np.zeros_like(extra), where=within > 0)

    @property
    def df(self) -> np.ndarray:
        """Barnard and Rubin's degrees of freedom, (p,); infinite where nothing limits them."""
        old, complete = self.large_df, self.complete
        finite = np.isfinite(complete)
        known = np.where(finite, complete, 1.0)
        observed = (known + 1) / (known + 3) * known / (1 + self.riv)
        return np.where(finite, 1 / (1 / old + 1 / observed), old)

    @property
    def large_df(self) -> np.ndarray:
        """Rubin's degrees of freedom for large samples: (m - 1)(1 + 1/r)², shape (p,)."""
        with np.errstate(divide="ignore"):
            df: np.ndarray = (self.copies - 1) * (1 + 1 / self.riv) ** 2
        return df

    @property
    def fmi(self) -> np.ndarray:
        """The fraction of missing information: (r + 2/(ν + 3)) / (r + 1), shape (p,).

        ν is that of large samples: few degrees of freedom of the complete data miss nothing.
        """
        share: np.ndarray = (self.riv + 2 / (self.large_df + 3)) / (self.riv + 1)
        return share

    def joint(self, places: list[int]) -> tuple[float, float, float] | None:
        """That the estimates at `places` are all 0: F, its denominator df, p; None if singular."""
        k, m, chosen = len(places), self.copies, np.ix_(places, places)
        q, within = self.estimate[places], self.within[chosen]
        if np.linalg.matrix_rank(within) < k:
            return None
        r = (1 + 1 / m) * float(np.trace(self.between[chosen] @ np.linalg.inv(within))) / k
        statistic = float(q @ np.linalg.solve(within, q)) / (k * (1 + r))
        df = _joint_df(r, k, m, float(self.complete[places].min()))
        p = float(f.sf(statistic, k, df if np.isfinite(df) else 1e12))
        return statistic, df, p


def pool(estimates: np.ndarray, covariances: np.ndarray, complete: np.ndarray) -> Pooled:
    """Rubin's combination of estimates (m, p) and covariances (m, p, p)."""
    centred = estimates - estimates.mean(axis=0)
    between = centred.T @ centred / (len(estimates) - 1)
    return Pooled(
        estimates.mean(axis=0), covariances.mean(axis=0), between, len(estimates), complete
    )


def _joint_df(r: float, k: int, m: int, complete: float) -> float:
    """The denominator's degrees of freedom; `complete` are those with nothing missing."""
    if r <= 0:
        return complete
    t = k * (m - 1)
    if t > 4:
        large = 4 + (t - 4) * (1 + (1 - 2 / t) / r) ** 2
    else:
        large = t * (1 + 1 / k) * (1 + 1 / r) ** 2 / 2
    if not np.isfinite(complete):
        return large
    small = _reiter(r, t, complete) if t > 4 else None
    return min(large, complete) if small is None else small


def _reiter(r: float, t: int, complete: float) -> float | None:
    """Reiter's (2007, p. 504) degrees of freedom; None where his expansion does not hold."""
    a = r * t / (t - 2)
    observed = (complete + 1) / (complete + 3) * complete
    one, two = observed - 2 * (1 + a), observed - 4 * (1 + a)
    if two <= 0:
        return None
    parts = (
        a**2 * one / ((1 + a) ** 2 * two),
        8 * a**2 * one / ((1 + a) * two**2),
        4 * a**2 / ((1 + a) * two),
        4 * a**2 / (two * one),
        16 * a**2 * one / two**3,
        8 * a**2 / two**2,
    )
    return 4 + 1 / (1 / two + sum(parts) / (t - 4))
