"""Working correlations of generalised estimating equations, as statsmodels defines them. Heavy.

Each structure estimates its parameters from the Pearson residuals e (n,) of rows that are sorted by
cluster (and time), and solves R z = y for all clusters at once. What differs from statsmodels 0.15:
residuals carry the weights of their own rows (there: of the first rows of the data), distances are
those of `time` and not of positions, and each structure says which of its estimators was used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cached_property

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations.moments import (
    FEWER,
    Alike,
    Alone,
    ByRows,
    Chain,
    Moments,
    above_one,
    too_few,
)
from reportgen.models.engines.equations.patterns import Patterns
from reportgen.models.engines.equations.units import Units

LARGEST_RHO = 1 - 1e-6


class Working(ABC):
    """A structure: parameters are a vector whose meaning is its own; zeros are independence."""

    units: Units

    @abstractmethod
    def start(self) -> np.ndarray:
        """The parameters that stand for independence."""

    @abstractmethod
    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The parameters, by moments of the residuals of p coefficients. FitError where too few
        pairs of rows tell of one.
        """

    @abstractmethod
    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """R⁻¹ times `values` (n, k), cluster by cluster."""

    def moments(self, values: np.ndarray) -> Moments:
        """What equations ask of `values` (n, k)."""
        return ByRows(self, values)


@dataclass(frozen=True)
class Independence(Working):
    """No correlation."""

    units: Units

    def start(self) -> np.ndarray:
        """Nothing to estimate."""
        return np.zeros(0)

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """Nothing to estimate."""
        return before

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The values as they are."""
        return values

    def moments(self, values: np.ndarray) -> Moments:
        """In closed form."""
        return Alone(self.units, values)


@dataclass(frozen=True)
class Exchangeable(Working):
    """One correlation ρ for every pair of a cluster.

    ρ = Σᵢ Σⱼ<ₖ eᵢⱼ eᵢₖ / [φ (N - p)], N the number of pairs, φ = Σ e² / (n - p)
    (Liang and Zeger 1986, Biometrika 73, 13–22, §4).
    """

    units: Units

    def start(self) -> np.ndarray:
        """A correlation of zero."""
        return np.zeros(1)

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The one correlation."""
        return self.from_products(self.units.products(e), _scale(e, p), p)

    def from_products(self, products: float, scale: float, p: int) -> np.ndarray:
        """The same from the sum of the products of all pairs of residuals, and φ."""
        if self.units.pairs <= p:
            raise too_few(self.units.pairs, p)
        rho = products / scale / (self.units.pairs - p)
        if not rho < 1:
            raise above_one()
        return np.array([rho])

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """In closed form."""
        rho = float(parameters[0])
        return compound(1 - rho, [(self.units, rho)], values)

    def moments(self, values: np.ndarray) -> Moments:
        """In closed form."""
        return Alike(self, values)

    def from_sums(
        self, parameters: np.ndarray, products: np.ndarray, sums: np.ndarray
    ) -> np.ndarray:
        """VᵀR⁻¹V from the products VᵀV of all rows (k, k) and the sums of each cluster (G, k):
        R⁻¹ = (I - ρ 1 1ᵀ / (1 - ρ + nρ)) / (1 - ρ).
        """
        shrunken = sums * self._shrinkage(parameters)[:, None]
        return np.asarray((products - sums.T @ shrunken) / (1 - float(parameters[0])))

    def within(self, parameters: np.ndarray, products: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """The same of each cluster, (G, k, k), from its products (G, k, k) and sums (G, k)."""
        pairs = sums[:, :, None] * sums[:, None, :]
        shrunken = self._shrinkage(parameters)[:, None, None] * pairs
        return np.asarray((products - shrunken) / (1 - float(parameters[0])))

    def _shrinkage(self, parameters: np.ndarray) -> np.ndarray:
        """ρ / (1 - ρ + nρ) of each cluster, (G,)."""
        rho = float(parameters[0])
        return np.asarray(rho / (1 - rho + self.units.sizes * rho))


@dataclass(frozen=True)
class Nested(Working):
    """A correlation for each level that two rows share; `levels` from the clusters inwards.

    The mean product of the residuals of pairs that share exactly k levels estimates the sum of the
    variances of the first k components; negative variances are set to zero, as in statsmodels.
    Parameters are those variances over φ.
    """

    levels: tuple[Units, ...]

    @property
    def units(self) -> Units:  # type: ignore[override]
        """The clusters."""
        return self.levels[0]

    def start(self) -> np.ndarray:
        """No component has a variance."""
        return np.zeros(len(self.levels))

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The share of each component in the variance of a residual."""
        products = np.array([units.products(e) for units in self.levels])
        pairs = np.array([units.pairs for units in self.levels])
        exactly = -np.diff(pairs, append=0)
        if np.any(exactly <= 0):
            raise unfit(say("nested-levels"), ("dep_data",))
        means = -np.diff(products, append=0) / exactly
        shares = np.clip(np.diff(means, prepend=0), 0, None) / _scale(e, p)
        if not shares.sum() < 1:
            help = "use `cov_struct: independence`"
            raise unfit(say("correlation-above-one_sum"), ("cov_struct",), help=help)
        return np.asarray(shares)

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """In closed form, from the innermost level outwards."""
        steps = list(zip(self.levels, map(float, parameters), strict=True))[::-1]
        return compound(1 - float(parameters.sum()), steps, values)


@dataclass(frozen=True)
class Autoregressive(Working):
    """ρ to the power of the distance in time; `times` (n,) in units of the shortest gap.

    With equal gaps ρ is the mean over clusters of the mean product of neighbours over the mean
    square (statsmodels' `grid=True`). Else it minimises Σ w (e_later - ρᵈ e_earlier)² over all
    pairs, w ∝ (1 - ρ²) / (1 - ρ²ᵈ) at the last ρ, for 0 ≤ ρ < 1 (Rosner and Muñoz 1988, Statistics
    in Medicine 7, 59–71; statsmodels' `grid=False`).
    """

    units: Units
    times: np.ndarray

    @cached_property
    def regular(self) -> bool:
        """Whether all neighbours are equally far apart."""
        return bool(np.all(self._gaps == 1))

    @cached_property
    def _inside(self) -> np.ndarray:
        """Which rows (n,) have a neighbour before them in their cluster."""
        inside = np.ones(len(self.times), dtype=bool)
        inside[self.units.starts] = False
        return inside

    @cached_property
    def _gaps(self) -> np.ndarray:
        """How far that neighbour is, shape (n,); 1 where there is none."""
        return np.where(self._inside, np.diff(self.times, prepend=self.times[0]), 1.0)

    def start(self) -> np.ndarray:
        """A correlation of zero."""
        return np.zeros(1)

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The correlation at the shortest gap."""
        if self.regular:
            return Chain(self.units, e[:, None]).estimate(np.ones(1), p, before)
        if not np.any(self._inside):
            raise too_few(0, p)
        return np.array([_rosner_munoz(*self._by_distance(e), float(before[0]))])

    def moments(self, values: np.ndarray) -> Moments:
        """In closed form where the gaps are equal."""
        return Chain(self.units, values) if self.regular else ByRows(self, values)

    def _by_distance(self, e: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distances of pairs, and for each the sums of later·earlier and earlier² (2, D)."""
        found: dict[float, np.ndarray] = {}
        for lag in range(1, int(self.units.sizes.max())):
            same = self.units.codes[lag:] == self.units.codes[:-lag]
            later, earlier = e[lag:][same], e[:-lag][same]
            distances, place = np.unique(
                (self.times[lag:] - self.times[:-lag])[same], return_inverse=True
            )
            sums = np.array([np.bincount(place, later * earlier), np.bincount(place, earlier**2)]).T
            for distance, both in zip(distances.tolist(), sums, strict=True):
                found[distance] = found.get(distance, 0.0) + both
        return np.array(list(found)), np.array(list(found.values())).T

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """In closed form: R⁻¹ = LᵀL with L bidiagonal, whatever the gaps."""
        rho = float(parameters[0])
        step = np.where(self._inside, np.sign(rho) * abs(rho) ** self._gaps, 0.0)
        spread = np.sqrt(1 - step**2)[:, None]
        innovations = (values - step[:, None] * np.roll(values, 1, axis=0)) / spread
        whitened = innovations / spread
        ahead = np.roll(step[:, None] * whitened, -1, axis=0)
        return np.asarray(whitened - ahead)


@dataclass(frozen=True)
class Stationary(Working):
    """A correlation for each distance up to `max_lag`, none beyond; `times` are whole numbers.

    The mean over clusters of the mean product at a distance, over the mean square of all residuals
    (statsmodels' `grid=False`).
    """

    units: Units
    times: np.ndarray
    max_lag: int
    patterns: Patterns

    def start(self) -> np.ndarray:
        """No correlation at any distance."""
        return np.zeros(self.max_lag)

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The correlation at each distance."""
        shape = (len(self.units), self.max_lag + 1)
        sums, counts = np.zeros(shape), np.zeros(shape)
        for lag in range(1, min(self.max_lag, int(self.units.sizes.max()) - 1) + 1):
            distance = self.times[lag:] - self.times[:-lag]
            used = (self.units.codes[lag:] == self.units.codes[:-lag]) & (distance <= self.max_lag)
            place = (self.units.codes[lag:][used], distance[used])
            np.add.at(sums, place, (e[lag:] * e[:-lag])[used])
            np.add.at(counts, place, 1)
        seen = counts > 0
        means = np.divide(sums, counts, out=np.zeros(shape), where=seen)
        clusters = seen.sum(axis=0)[1:]
        if np.any(clusters == 0):
            raise unfit(say("too-few-pairs_lag"), ("cov_struct",), help=FEWER)
        return np.asarray(means.sum(axis=0)[1:] / clusters / np.mean(e**2))

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Pattern of times by pattern of times."""
        return self.patterns.solve(self._correlation(parameters), values)

    def impossible(self, parameters: np.ndarray) -> bool:
        """Whether the parameters make no correlation matrix in some cluster."""
        return self.patterns.impossible(self._correlation(parameters))

    def _correlation(self, parameters: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        by_distance = np.concatenate([[1.0], parameters, [0.0]])

        def correlation(times: np.ndarray) -> np.ndarray:
            distance = np.abs(times[:, None] - times[None, :])
            return np.asarray(by_distance[np.minimum(distance, self.max_lag + 1)])

        return correlation


@dataclass(frozen=True)
class Unstructured(Working):
    """A correlation for each pair of times; `positions` (n,) are 0 … q - 1.

    Σ eⱼ eₖ / (Nⱼₖ - p), Nⱼₖ the number of clusters seen at both times, scaled to ones on the
    diagonal. Parameters are the lower triangle, row by row.
    """

    units: Units
    positions: np.ndarray
    patterns: Patterns
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", int(self.positions.max()) + 1)

    def start(self) -> np.ndarray:
        """No correlation between any two times."""
        return np.zeros(self.size * (self.size - 1) // 2)

    def estimate(self, e: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The correlation of each pair of times."""
        wide, seen = np.zeros((2, len(self.units), self.size))
        wide[self.units.codes, self.positions] = e
        seen[self.units.codes, self.positions] = 1
        together = seen.T @ seen
        if together.min() <= p:
            said = say("too-few-pairs_times", clusters=together.min(), coefficients=p)
            raise unfit(said, ("cov_struct",), help=FEWER)
        covariance = wide.T @ wide / (together - p)
        spread = np.sqrt(np.diag(covariance))
        return np.asarray((covariance / np.outer(spread, spread))[np.tril_indices(self.size, -1)])

    def matrix(self, parameters: np.ndarray) -> np.ndarray:
        """The correlation matrix of all times, shape (q, q)."""
        lower = np.zeros((self.size, self.size))
        lower[np.tril_indices(self.size, -1)] = parameters
        return np.asarray(lower + lower.T + np.eye(self.size))

    def solve(self, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Pattern of times by pattern of times."""
        whole = self.matrix(parameters)
        return self.patterns.solve(lambda times: whole[np.ix_(times, times)], values)

    def impossible(self, parameters: np.ndarray) -> bool:
        """Whether the parameters make no correlation matrix in some cluster."""
        whole = self.matrix(parameters)
        return self.patterns.impossible(lambda times: whole[np.ix_(times, times)])


def _scale(e: np.ndarray, p: int) -> float:
    return float(np.sum(e**2) / (len(e) - p))


def compound(
    diagonal: float, steps: Sequence[tuple[Units, float]], values: np.ndarray
) -> np.ndarray:
    """(dI + Σ vₖ Zₖ Zₖᵀ)⁻¹ `values` for indicators of nested units, the innermost first.

    Each level adds v 1 1ᵀ to a block whose inverse is known (Sherman and Morrison 1950).
    """
    solved, ones = values / diagonal, np.full(len(values), 1 / diagonal)
    for units, variance in steps:
        factor = variance / (1 + variance * units.sums(ones))
        along = (factor[:, None] * units.sums(solved))[units.codes]
        shrunken = (factor * units.sums(ones))[units.codes]
        solved, ones = solved - ones[:, None] * along, ones * (1 - shrunken)
    return np.asarray(solved)


def _rosner_munoz(distances: np.ndarray, moments: np.ndarray, before: float) -> float:
    """The ρ in [0, 1) of least weighted squares; `moments` are Σ later·earlier and Σ earlier²."""
    weight = np.ones(len(distances))
    if before:
        weight = (1 - before**2) / (1 - before ** (2 * distances))
    product, square = moments

    def slope(rho: float) -> float:
        power = rho ** (distances - 1)
        return float(np.sum(weight * distances * power * (rho**distances * square - product)))

    def height(rho: float) -> float:
        return float(np.sum(weight * rho**distances * (rho**distances * square - 2 * product)))

    lowest = float(minimize_scalar(height, bounds=(0, LARGEST_RHO), method="bounded").x)
    low, high = max(lowest - 1e-3, 0.0), min(lowest + 1e-3, LARGEST_RHO)
    if slope(low) < 0 < slope(high):
        return float(brentq(slope, low, high, xtol=1e-14))
    return lowest if height(lowest) < height(0.0) else 0.0
