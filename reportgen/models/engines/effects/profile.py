"""Profile-likelihood intervals of variances, correlations and the residual variance.

A value c is in the interval where 2(ℓ̂ - ℓ(c)) is below the quantile of χ²(1), ℓ(c) being the
highest likelihood with the parameter held at c (Venzon and Moolgavkar 1988, Appl Stat 37, 87–94).
Parameters are on their own scale, Σ = ΛΛᵀ with the effect in question first, so that holding its
variance, or its correlation with the second, leaves a linear set. Of a REML fit the restricted
likelihood is profiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.climb import structure_of
from reportgen.models.engines.effects.lmm import Point
from reportgen.models.engines.laws import chi2

STEPS = 30
PRECISE = 1e-6

Limits = tuple[float | None, float | None]


def limits(point: Point, effects: tuple[int, ...], confidence: float) -> Limits:
    """The limits of a standard deviation or a correlation; None where none was found.

    `effects` are columns of Ψ with one column a component: none for the residuals, one for an
    effect's standard deviation, two for their correlation. A limit of 0, or of ±1, says that the
    boundary is in the interval.
    """
    profile = _Profile(point, effects)
    far = math.sqrt(chi2.ppf(confidence, 1))

    def beyond(value: float) -> float:
        return profile.distance(value) - far

    estimate = profile.estimate
    if len(effects) == 2:
        return _between(beyond, estimate, -1.0), _between(beyond, estimate, 1.0)
    high = _between(beyond, estimate, _outwards(beyond, estimate or profile.small, 1.5))
    if effects:
        return _between(beyond, estimate, 0.0), high
    return _between(beyond, estimate, _outwards(beyond, estimate, 1 / 1.5)), high


def _outwards(beyond: Callable[[float], float], start: float, factor: float) -> float | None:
    """The first value outside on the way from `start`; None where the likelihood stays flat."""
    values = (start * factor ** (step + 1) for step in range(STEPS))
    return next((value for value in values if beyond(value) > 0), None)


def _between(
    beyond: Callable[[float], float], inside: float, end: float | None
) -> float | None:  # fmt: skip
    """The limit between the estimate and an end of what is possible: the end itself where even
    there the likelihood has not fallen far enough.
    """
    if end is None or inside == end or beyond(end) <= 0:
        return end
    return float(brentq(beyond, inside, end, xtol=PRECISE * abs(end - inside), rtol=1e-10))


@dataclass(frozen=True)
class Held:
    """One of the parameters (θ, log σ²) held at a value; the others are free."""

    place: int
    value: float

    def free(self, whole: np.ndarray) -> np.ndarray:
        """What is free of some parameters."""
        return np.delete(whole, self.place)

    def units(self, unit: np.ndarray) -> np.ndarray:
        """The sizes of what is free."""
        return np.delete(unit, self.place)

    def whole(self, free: np.ndarray) -> np.ndarray:
        """The parameters."""
        return np.insert(free, self.place, self.value)

    def pull(self, whole: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """The slope in what is free."""
        return np.delete(slope, self.place)


@dataclass(frozen=True)
class HeldCorrelation:
    """The correlation of the first two effects held: the second row of Λ keeps its direction.

    The two standard deviations are free by their logarithms, so that none changes its sign.
    """

    value: float

    @property
    def way(self) -> np.ndarray:
        """The second row of Λ for a standard deviation of one."""
        return np.array([self.value, math.sqrt(1 - self.value**2)])

    def free(self, whole: np.ndarray) -> np.ndarray:
        """What is free of some parameters."""
        sds = abs(whole[0]), math.hypot(*whole[1:3])
        return np.append(np.log(sds), whole[3:])

    def units(self, unit: np.ndarray) -> np.ndarray:
        """The sizes of what is free."""
        return np.append([1.0, 1.0], unit[3:])

    def whole(self, free: np.ndarray) -> np.ndarray:
        """The parameters."""
        first, second = np.exp(np.clip(free[:2], -300, 300))
        return np.concatenate([[first], second * self.way, free[2:]])

    def pull(self, whole: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """The slope in what is free."""
        return np.concatenate([[whole[0] * slope[0], whole[1:3] @ slope[1:3]], slope[3:]])


class _Profile:
    """The highest likelihood with one parameter held, begun each time where it was last found."""

    def __init__(self, point: Point, effects: tuple[int, ...]) -> None:
        self.point, self.effects, self.likelihood = point, effects, point.likelihood
        self.structure, self.layout = structure_of(self.likelihood), self.likelihood.layout
        k = self.layout.correlated
        first = [column for column in effects if column < k]
        others = [column for column in range(self.layout.size) if column not in first]
        self.order = np.array(first + others)
        sigma = point.covariance
        theta = self.structure.theta(sigma[np.ix_(self.order, self.order)])
        self.unit = np.append(self._units(theta), 1.0)
        self.estimate = self._estimate(sigma)
        self.known = {self.estimate: (np.append(theta, math.log(point.scale)), 0.0)}

    @property
    def small(self) -> float:
        """A standard deviation that adds a hundredth of the residual variance to a row."""
        (column,) = self.effects
        size = self.likelihood.columns.squares[column, column]
        return 0.1 * math.sqrt(self.point.scale / size)

    def distance(self, value: float) -> float:
        """√(2(ℓ̂ - ℓ(value))). Begun at the nearest value whose highest point is known."""
        if value in self.known:
            return self.known[value][1]
        near, _ = self.known[min(self.known, key=lambda each: abs(each - value))]
        held = self._held(value)
        unit = held.units(self.unit)
        start = held.free(self._off_zero(near)) / unit

        def cost(scaled: np.ndarray) -> tuple[float, np.ndarray]:
            whole = held.whole(scaled * unit)
            llf, slope = self._at(whole)
            return -llf, -held.pull(whole, slope) * unit

        done = minimize(cost, start, jac=True, method="BFGS", options={"gtol": 1e-6})
        distance = math.sqrt(max(0.0, 2 * (self.point.llf + float(done.fun))))
        self.known[value] = held.whole(done.x * unit), distance
        return distance

    def _off_zero(self, parameters: np.ndarray) -> np.ndarray:
        """A start from which every standard deviation can grow: at zero its slope is zero."""
        diagonal = self.structure.theta(np.eye(self.layout.size)) == 1
        stuck = np.append(diagonal, False) & (np.abs(parameters) < 0.01 * self.unit)
        return np.where(stuck, 0.1 * self.unit, parameters)

    def _estimate(self, sigma: np.ndarray) -> float:
        if not self.effects:
            return math.sqrt(self.point.scale)
        sds = [math.sqrt(sigma[column, column]) for column in self.effects]
        if len(sds) == 1:
            return sds[0]
        return max(-1.0, min(1.0, float(sigma[self.effects]) / math.prod(sds)))

    def _units(self, theta: np.ndarray) -> np.ndarray:
        """Sizes of the parameters; what is zero is measured by what it adds to a row."""
        sizes = self.likelihood.columns.squares.diagonal()[self.order]
        unit = np.sqrt(self.point.scale / sizes)
        k = self.layout.correlated
        rows = [unit[row] for row in range(k) for _ in range(row + 1)]
        units: np.ndarray = np.maximum(np.abs(theta), 0.03 * np.array([*rows, *unit[k:]]))
        return units

    def _held(self, value: float) -> Held | HeldCorrelation:
        if len(self.effects) == 2:
            return HeldCorrelation(value)
        if not self.effects:
            return Held(len(self.unit) - 1, 2 * math.log(value))
        k, (column,) = self.layout.correlated, self.effects
        return Held(0 if column < k else len(self.layout.pairs) + column - k, value)

    def _at(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood and its slope in (θ, log σ²)."""
        scale = math.exp(parameters[-1])
        factor = self.structure.factor(parameters[:-1])
        back = np.argsort(self.order)
        sigma = (factor @ factor.T)[np.ix_(back, back)]
        with np.errstate(all="ignore"):
            try:
                point = self.likelihood.at(self.likelihood.turned(sigma / scale))
            except np.linalg.LinAlgError:
                return -math.inf, np.zeros_like(parameters)
            llf = point.llf_at(scale)
            if not math.isfinite(llf):
                return -math.inf, np.zeros_like(parameters)
            slope = point.slope_at(scale)
        root = self.likelihood.root
        G = root.T @ self.layout.gradient(slope) @ root / scale
        G = G[np.ix_(self.order, self.order)]
        along = point.Q / scale - self.likelihood.count
        return llf, np.append(
            self.structure.pull(2 * G @ factor), along / 2 - float(slope @ point.psi)
        )
