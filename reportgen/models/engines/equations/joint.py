"""How two outcomes of one cluster go together, each one of several levels: working covariances.

Probabilities `share` and residuals are (n, J), rows sorted by cluster. Values that are to be solved
for are (n, J, k), the J entries of a row adding to 0, as those of y - μ and of its derivatives do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations.moments import above_one, too_few
from reportgen.models.engines.equations.plackett import Kernel, excess
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.equations.working import compound

AT_ONCE = 20_000_000


class Joint(ABC):
    """A structure: parameters are a vector whose meaning is its own; zeros are independence."""

    units: Units

    @abstractmethod
    def start(self) -> np.ndarray:
        """The parameters that stand for independence."""

    @abstractmethod
    def estimate(
        self, share: np.ndarray, residual: np.ndarray, p: int, before: np.ndarray
    ) -> np.ndarray:
        """The parameters, by moments of the residuals of p coefficients. FitError where the data
        tell too little of one.
        """

    @abstractmethod
    def solve(self, parameters: np.ndarray, share: np.ndarray, values: np.ndarray) -> np.ndarray:
        """V⁻¹ times the values, V⁻¹ any generalised inverse."""


@dataclass(frozen=True)
class Apart(Joint):
    """Rows that are independent: V is Σ = diag(μ) - μμᵀ of each, and Σ⁻ = diag(1/μ)."""

    units: Units

    def start(self) -> np.ndarray:
        """Nothing to estimate."""
        return np.zeros(0)

    def estimate(
        self, share: np.ndarray, residual: np.ndarray, p: int, before: np.ndarray
    ) -> np.ndarray:
        """Nothing to estimate."""
        return before

    def solve(self, parameters: np.ndarray, share: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Each entry over its probability."""
        return np.asarray(values / share[:, :, None])


@dataclass(frozen=True)
class Alike(Joint):
    """One correlation ρ of any two rows of a cluster: their covariance is ρ Σⱼ^½ Σₖ^½, symmetric
    roots.

    Of equal means it is ρΣ, that of the Dirichlet-multinomial distribution (Brier 1980, Biometrika
    67, 591–596); of two levels it is the exchangeable correlation of one indicator. With e = Σ^-½ r
    ρ = Σᵢ Σⱼ<ₖ eᵢⱼᵀeᵢₖ / [φ (N(J-1) - p)], φ = Σ eᵀe / (n(J-1) - p), N the number of pairs.
    """

    units: Units

    def start(self) -> np.ndarray:
        """A correlation of zero."""
        return np.zeros(1)

    def estimate(
        self, share: np.ndarray, residual: np.ndarray, p: int, before: np.ndarray
    ) -> np.ndarray:
        """The one correlation."""
        free = share.shape[1] - 1
        pairs, rows = self.units.pairs * free - p, len(share) * free - p
        if pairs <= 0:
            raise too_few(self.units.pairs, p)
        e = np.einsum("njk,nk->nj", _roots(share), residual)
        rho = self.units.products(e) / pairs / (np.sum(e**2) / rows)
        if not rho < 1:
            raise above_one()
        return np.array([rho])

    def solve(self, parameters: np.ndarray, share: np.ndarray, values: np.ndarray) -> np.ndarray:
        """In closed form, in units of the roots."""
        roots, rho = _roots(share), float(parameters[0])
        inside = (roots @ values).reshape(len(share), -1)
        solved = compound(1 - rho, [(self.units, rho)], inside)
        return np.asarray(roots @ solved.reshape(values.shape))


def _roots(share: np.ndarray) -> np.ndarray:
    """The symmetric root (n, J, J) of each row's Σ⁺, the pseudo-inverse of diag(μ) - μμᵀ."""
    cells = np.arange(share.shape[1])
    covariance = -share[:, :, None] * share[:, None, :]
    covariance[:, cells, cells] += share
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors[:, :, 1:] / np.sqrt(values[:, None, 1:])) @ (
        vectors[:, :, 1:].transpose(0, 2, 1)
    ))  # fmt: skip


@dataclass(frozen=True)
class GlobalOddsRatio(Joint):
    """One odds ratio ψ for any two rows of a cluster and any two cuts through the ordered levels:
    that of one lying above the first cut and the other above the second (Heagerty and Zeger 1996,
    JASA 91, 1024–1036; Lumley 1996, Biometrics 52, 354–361). The parameter is log ψ.

    ψ is where the odds ratio that the model expects of all pairs equals the observed one. Both are
    pooled over pairs of cuts by the inverse variances 1/n₁₁ + 1/n₁₀ + 1/n₀₁ + 1/n₀₀ of their
    logarithms, as in statsmodels, which counts of two different cuts the higher of the later row
    alone, so that its answer depends on the order of the rows: here both count.
    """

    units: Units
    codes: np.ndarray

    def start(self) -> np.ndarray:
        """An odds ratio of one."""
        return np.zeros(1)

    @cached_property
    def observed(self) -> float:
        """The logarithm of the observed pooled odds ratio."""
        above = (self.codes[:, None] > np.arange(self.codes.max())).astype(float)
        return self._pooled(above, self._between(above) - above.T @ above)

    def estimate(
        self, share: np.ndarray, residual: np.ndarray, p: int, before: np.ndarray
    ) -> np.ndarray:
        """The last log ψ, moved by how far the expected odds ratio is from the observed one."""
        if self.units.pairs == 0:
            raise too_few(0, p)
        above, kernel = _above(share), Kernel.of(float(before[0]))
        features = kernel.features(above)
        sums = self.units.sums(features)
        both = self._between(above) - above.T @ above
        both += np.einsum("gar,r,gbr->ab", sums, kernel.values, sums, optimize=True)
        both -= np.einsum("nar,r,nbr->ab", features, kernel.values, features, optimize=True)
        return np.array([before[0] + self.observed - self._pooled(above, both)])

    def solve(self, parameters: np.ndarray, share: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Of the indicators of lying above each cut, whose V is B + FΛFᵀ by the kernel's features,
        B of single rows: B⁻¹ - B⁻¹F (I + ΛFᵀB⁻¹F)⁻¹ ΛFᵀB⁻¹ (Woodbury 1950).
        """
        above, kernel = _above(share), Kernel.of(float(parameters[0]))
        features, rank = kernel.features(above), len(kernel.values)
        right = np.concatenate([features, _above(values)], axis=2)
        inside = np.linalg.solve(_alone(above, float(parameters[0])), right)
        solved = inside[:, :, rank:]
        for rows, units in self._parts(rank * inside.shape[2]):
            sums = kernel.values[:, None] * units.sums(
                features[rows].transpose(0, 2, 1) @ inside[rows]
            )
            shared = np.linalg.solve(np.eye(rank) + sums[:, :, :rank], sums[:, :, rank:])
            solved[rows] -= inside[rows][:, :, :rank] @ shared[units.codes]
        back = np.cumsum(solved, axis=1)
        return np.concatenate([np.zeros_like(back[:, :1]), back], axis=1)

    def _parts(self, numbers: int) -> Iterator[tuple[slice, Units]]:
        """Rows of whole clusters, as many as can be looked at together at `numbers` a row."""
        most, slices = max(1, AT_ONCE // max(1, numbers)), self.units.slices()
        first = 0
        for place, rows in enumerate(slices):
            last = place + 1 == len(slices)
            if last or slices[place + 1].stop - slices[first].start > most:
                part = slice(slices[first].start, rows.stop)
                codes = self.units.codes[part]
                yield part, Units(codes - codes[0])
                first = place + 1

    def _between(self, above: np.ndarray) -> np.ndarray:
        """Σᵢ SᵢSᵢᵀ (c, c), S the sums over clusters."""
        sums = self.units.sums(above)
        return np.asarray(sums.T @ sums)

    def _pooled(self, above: np.ndarray, both: np.ndarray) -> float:
        """The pooled log odds ratio of all ordered pairs of rows: `both` (c, c) has those of which
        the first lies above one cut and the second above the other.
        """
        others = np.repeat(self.units.sizes - 1, self.units.sizes)
        first = others @ above
        cells = np.array([
            both, first[:, None] - both, first[None, :] - both,
            others.sum() - first[:, None] - first[None, :] + both,
        ])[:, *np.tril_indices(len(first))]  # fmt: skip
        cells = cells[:, (cells > 0).all(axis=0)]
        if not cells.size:
            help = "use `cov_struct: independence`"
            raise unfit(say("no-odds-ratio"), ("cov_struct",), help=help)
        weight = 1 / (1 / cells).sum(axis=0)
        logs = np.log(cells)
        return float(weight @ (logs[0] + logs[3] - logs[1] - logs[2]) / weight.sum())


def _alone(above: np.ndarray, log: float) -> np.ndarray:
    """What a row's own covariance (n, c, c) has beyond that of two rows of its means."""
    one, other = above[:, :, None], above[:, None, :]
    return np.asarray(np.minimum(one, other) - one * other - excess(one, other, log))


def _above(share: np.ndarray) -> np.ndarray:
    """Sums over the levels above each cut: (n, J, …) → (n, J - 1, …) on the second axis."""
    return np.asarray(np.cumsum(share[:, ::-1], axis=1)[:, -2::-1])
