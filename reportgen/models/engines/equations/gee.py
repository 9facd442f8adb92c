"""Generalised estimating equations of one number a row, for all clusters at once. Heavy.

V = φ A^½ W^-½ R W^-½ A^½, A the variances of the family and W known weights (Liang and Zeger 1986,
Biometrika 73, 13–22). Rows are sorted by cluster.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations import estimating
from reportgen.models.engines.equations.moments import Moments
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.equations.working import Working
from reportgen.models.engines.regressions.blocks import Blocks, nearest


@dataclass(frozen=True)
class Point:
    """The equations at β, by the moments of columns V = [D, e] (n, p + 1) in units of the
    variances.

    Where means are linear in β, and variances do not move with them, V is that of another point:
    at a `shift` of β from there it is V times `turn`.
    """

    beta: np.ndarray
    moments: Moments
    there: np.ndarray
    unit: np.ndarray | float
    shift: np.ndarray | None = None

    @cached_property
    def turn(self) -> np.ndarray:
        """What leads from the V of the moments to that of the point (p + 1, p + 1)."""
        turn = np.eye(len(self.beta) + 1)
        if self.shift is not None:
            turn[:-1, -1] = -self.shift
        return turn

    @property
    def slopes(self) -> np.ndarray:
        """∂μ/∂β over the standard deviation of an outcome, at φ = 1 (n, p)."""
        return np.asarray(self.moments.values[:, :-1])

    @cached_property
    def e(self) -> np.ndarray:
        """Pearson residuals, at φ = 1 (n,)."""
        return self.moments.column(self.turn[:, -1])

    @cached_property
    def mean(self) -> np.ndarray:
        """The means (n,)."""
        if self.shift is None:
            return self.there
        return np.asarray(self.there + self.slopes @ self.shift / self.unit)


@dataclass(frozen=True)
class Equations(estimating.EstimatingEquations):
    """The equations of one model. `family` is of `families.py`; `weights` have mean 1, or are
    None.
    """

    y: np.ndarray
    X: np.ndarray
    family: Any
    working: Working
    offset: np.ndarray | None = None
    weights: np.ndarray | None = None
    fixed: bool = False
    _origin: list[Point] = field(default_factory=list, compare=False, repr=False)

    @property
    def linear(self) -> bool:
        """Whether means are linear in β and variances the same whatever they are."""
        return self.family.name == "gaussian" and getattr(self.family.link, "power", None) == 1

    def solve(self, start: np.ndarray | None = None) -> estimating.Solution:
        """The solution, from `start`; linear equations have least squares, which is near enough
        that no digits are lost.
        """
        return super().solve(None if self.linear else start)

    def at(self, beta: np.ndarray) -> Point:
        """The equations at β. FitError where the means leave the family."""
        if self._origin:
            origin = self._origin[0]
            return Point(beta, origin.moments, origin.mean, origin.unit, beta - origin.beta)
        with np.errstate(all="ignore"):
            mean, unit, values = self.evaluated(beta)
            point = Point(beta, self.working.moments(values), mean, unit)
            outside = not np.isfinite(np.diag(point.moments.squares)).all()
        if outside:
            help = "choose a link that keeps them inside, such as log or logit"
            raise unfit(say("means-outside"), ("link",), help=help)
        if self.linear:
            self._origin.append(point)
        return point

    @cached_property
    def _columns(self) -> np.ndarray:
        """X, column by column."""
        return np.asfortranarray(self.X)

    def evaluated(
        self, beta: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | float, np.ndarray]:  # fmt: skip
        """Means (n,) at β, one over their standard deviations at φ = 1, and [D, e] (n, p + 1)."""
        eta = self._columns @ beta
        if self.offset is not None:
            eta += self.offset
        mean, slope = self.family.link.both(eta)
        unit, values = self._unit(mean), np.empty((len(eta), len(beta) + 1), order="F")
        if self.linear and self.weights is None:
            values[:, :-1] = self._columns
            np.subtract(self.y, mean, out=values[:, -1])
        else:
            np.multiply(self._columns, np.multiply(slope, unit)[:, None], out=values[:, :-1])
            np.multiply(self.y - mean, unit, out=values[:, -1])
        return mean, unit, values

    def _unit(self, mean: np.ndarray) -> np.ndarray | float:
        """One over the standard deviation of an outcome, at φ = 1."""
        if self.family.name == "gaussian":
            return 1.0 if self.weights is None else np.sqrt(self.weights)
        unit = self.family.variance(mean)
        np.divide(1.0 if self.weights is None else self.weights, unit, out=unit)
        return np.asarray(np.sqrt(unit, out=unit))

    def started(self) -> Point:
        """One step of reweighted least squares from the family's starting means; where that leaves
        the family, the mean of the outcome for all rows.
        """
        if self.linear:
            return self._nearest_to(self.y, self._unit(self.y))
        mean = self.family.starting_mu(self.y)
        eta = self.family.link(mean)
        slope = self.family.link.inverse_deriv(eta)
        unit = slope * self._unit(mean)
        try:
            return self._nearest_to(eta + (self.y - mean) / slope, unit)
        except FitError:
            same = self.family.link(np.full(len(self.y), self.y.mean()))
            return self._nearest_to(same, 1.0)

    def _nearest_to(self, eta: np.ndarray, unit: np.ndarray | float) -> Point:
        """The point whose linear predictor is nearest to `eta`, in units (n,) or all the same."""
        target = eta if self.offset is None else eta - self.offset
        if isinstance(unit, float):
            return self.at(nearest(Blocks.of(self._columns), target))
        return self.at(nearest(Blocks.of(self._columns * unit[:, None]), target * unit))

    def scale(self, point: estimating.Point) -> float:
        """φ by Pearson's statistic over n - p."""
        own = _own(point)
        return own.moments.scale(own.turn[:, -1], len(own.beta))

    @property
    def units(self) -> Units:
        """The clusters."""
        return self.working.units

    def independent(self) -> np.ndarray:
        """The parameters of the structure that stand for independence."""
        return self.working.start()

    def associated(self, point: estimating.Point, before: np.ndarray) -> np.ndarray:
        """The parameters of the structure."""
        own = _own(point)
        return own.moments.estimate(own.turn[:, -1], len(own.beta), before)

    def inner(self, point: estimating.Point, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵀ R⁻¹ [D, e]: both are in units of the variances."""
        own = _own(point)
        return np.asarray(own.turn.T @ own.moments.inner(association) @ own.turn)

    def by_cluster(self, point: estimating.Point, association: np.ndarray) -> np.ndarray:
        """The same of each cluster."""
        own = _own(point)
        return np.asarray(own.turn.T @ own.moments.by_unit(association) @ own.turn)

    def alone(self, point: estimating.Point) -> np.ndarray:
        """Σ Dᵀ A⁻¹ D."""
        return np.asarray(_own(point).moments.squares[:-1, :-1])


def _own(point: estimating.Point) -> Point:
    assert isinstance(point, Point)
    return point
