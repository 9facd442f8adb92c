"""Sums of products within clusters: all that estimating equations ask of their rows. Heavy.

Of columns V (n, k) the equations need VᵀR⁻¹V, cluster by cluster or in all, and moments of Vt for
some t. Where a structure has a closed form these follow from a few sums, which are made once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations.units import Units

if TYPE_CHECKING:
    from reportgen.models.engines.equations.working import Exchangeable, Working

FEWER = "use a structure with fewer correlations, such as `exchangeable`"


class Moments(ABC):
    """Of columns V (n, k), best stored column by column, whose rows are sorted by cluster."""

    values: np.ndarray

    @cached_property
    def squares(self) -> np.ndarray:
        """VᵀV (k, k)."""
        return np.asarray(self.values.T @ self.values)

    @abstractmethod
    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """VᵀR⁻¹V (k, k)."""

    @abstractmethod
    def by_unit(self, parameters: np.ndarray) -> np.ndarray:
        """VᵢᵀRᵢ⁻¹Vᵢ of each cluster (G, k, k)."""

    @abstractmethod
    def estimate(self, t: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The parameters of the structure by the residuals Vt of p coefficients, t (k,)."""

    def column(self, t: np.ndarray) -> np.ndarray:
        """Vt (n,)."""
        places = np.flatnonzero(t)
        if len(places) == 1 and t[places[0]] == 1:
            return np.asarray(self.values[:, places[0]])
        return np.asarray(self.values @ t)

    def scale(self, t: np.ndarray, p: int) -> float:
        """φ = Σ (Vt)² / (n - p)."""
        return float(t @ self.squares @ t) / (len(self.values) - p)


@dataclass(frozen=True)
class ByRows(Moments):
    """Of any structure, by what it makes of the rows."""

    working: Working
    values: np.ndarray

    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """VᵀR⁻¹V (k, k)."""
        return np.asarray(self.values.T @ self.working.solve(parameters, self.values))

    def by_unit(self, parameters: np.ndarray) -> np.ndarray:
        """VᵢᵀRᵢ⁻¹Vᵢ of each cluster (G, k, k)."""
        return self.working.units.outer(self.values, self.working.solve(parameters, self.values))

    def estimate(self, t: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The parameters."""
        return self.working.estimate(self.column(t), p, before)


@dataclass(frozen=True)
class Alike(Moments):
    """Of one correlation of all pairs of a cluster."""

    working: Exchangeable
    values: np.ndarray

    @cached_property
    def sums(self) -> np.ndarray:
        """The sums over clusters (G, k)."""
        return self.working.units.sums(self.values)

    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """VᵀR⁻¹V (k, k)."""
        return self.working.from_sums(parameters, self.squares, self.sums)

    def by_unit(self, parameters: np.ndarray) -> np.ndarray:
        """VᵢᵀRᵢ⁻¹Vᵢ of each cluster (G, k, k)."""
        products = self.working.units.squares(self.values)
        return self.working.within(parameters, products, self.sums)

    def estimate(self, t: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """The correlation by the products of all pairs."""
        sums = self.sums @ t
        pairs = float(sums @ sums - t @ self.squares @ t) / 2
        return self.working.from_products(pairs, self.scale(t, p), p)


@dataclass(frozen=True)
class Alone(Moments):
    """Of no correlation."""

    units: Units
    values: np.ndarray

    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """VᵀV (k, k)."""
        return self.squares

    def by_unit(self, parameters: np.ndarray) -> np.ndarray:
        """VᵢᵀVᵢ of each cluster (G, k, k)."""
        return self.units.squares(self.values)

    def estimate(self, t: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """Nothing to estimate."""
        return before


@dataclass(frozen=True)
class Chain(Moments):
    """Of ρ to the power of the distance, neighbours being at distance 1: R⁻¹ has three diagonals,

    (1 - ρ²) VᵀR⁻¹V = (1 + ρ²) Σ vₜvₜᵀ - ρ² (v₁v₁ᵀ + vₙvₙᵀ) - ρ Σ (vₜvₜ₋₁ᵀ + vₜ₋₁vₜᵀ).
    """

    units: Units
    values: np.ndarray

    @cached_property
    def ends(self) -> np.ndarray:
        """The first and the last row of each cluster (2, G, k)."""
        first = self.units.starts
        return np.asarray(self.values[np.array([first, first + self.units.sizes - 1])])

    @cached_property
    def lagged(self) -> np.ndarray:
        """Σ (vₜvₜ₋₁ᵀ + vₜ₋₁vₜᵀ) over neighbours in one cluster (k, k)."""
        first, last = self.ends
        across = first[1:].T @ last[:-1]
        pairs = self.values[1:].T @ self.values[:-1] - across
        return np.asarray(pairs + pairs.T)

    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """VᵀR⁻¹V (k, k)."""
        rho, (first, last) = float(parameters[0]), self.ends
        outer = first.T @ first + last.T @ last
        return np.asarray(
            ((1 + rho**2) * self.squares - rho**2 * outer - rho * self.lagged) / (1 - rho**2)
        )

    def by_unit(self, parameters: np.ndarray) -> np.ndarray:
        """VᵢᵀRᵢ⁻¹Vᵢ of each cluster (G, k, k)."""
        rho, (first, last) = float(parameters[0]), self.ends
        before = np.empty_like(self.values)
        before[1:] = self.values[:-1]
        before[self.units.starts] = 0
        pairs = self.units.outer(self.values, before)
        outer = first[:, :, None] * first[:, None, :] + last[:, :, None] * last[:, None, :]
        own = (1 + rho**2) * self.units.squares(self.values) - rho**2 * outer
        own -= rho * (pairs + pairs.swapaxes(1, 2))
        return np.asarray(own / (1 - rho**2))

    def estimate(self, t: np.ndarray, p: int, before: np.ndarray) -> np.ndarray:
        """ρ: the mean over clusters of the mean product of neighbours, over the mean square."""
        e, several = self.column(t), self.units.sizes > 1
        if not several.any():
            raise too_few(0, p)
        sizes, products = self.units.sizes[several], np.empty_like(e)
        np.multiply(e[1:], e[:-1], out=products[1:])
        products[self.units.starts] = 0
        lag1 = self.units.sums(products)[several] / (sizes - 1)
        lag0 = self.units.sums(e * e)[several] / sizes
        return np.array([lag1.sum() / lag0.sum()])


def too_few(pairs: float, p: int) -> FitError:
    """The error for a parameter of which so many pairs tell, where more than p are needed."""
    said = say("too-few-pairs", pairs=int(pairs), coefficients=p)
    return unfit(said, ("cov_struct",), help=FEWER)


def above_one() -> FitError:
    """The error for a correlation that no rows can have."""
    help = "use `cov_struct: independence`"
    return unfit(say("correlation-above-one"), ("cov_struct",), help=help)
