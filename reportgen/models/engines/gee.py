"""Generalised estimating equations of one number a row, for all clusters at once. Heavy.

V = φ A^½ W^-½ R W^-½ A^½, A the variances of the family and W known weights (Liang and Zeger 1986,
Biometrika 73, 13–22). Rows are sorted by cluster.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem
from reportgen.models.engines.estimating import EstimatingEquations, Point
from reportgen.models.engines.units import Units
from reportgen.models.engines.working import Working


@dataclass(frozen=True)
class Equations(EstimatingEquations):
    """The equations of one model. `family` is of `families.py`; `weights` have mean 1, or are None.

    Points hold Pearson residuals and D in their units, (n,) and (n, p).
    """

    y: np.ndarray
    X: np.ndarray
    family: Any
    working: Working
    offset: np.ndarray | None = None
    weights: np.ndarray | None = None
    fixed: bool = False

    def at(self, beta: np.ndarray) -> Point:
        """The equations at β. FitError where the means leave the family."""
        eta = self.predictor(beta)
        with np.errstate(all="ignore"):
            mean = self.family.link.inverse(eta)
        return self._point(beta, eta, mean)

    def predictor(self, beta: np.ndarray) -> np.ndarray:
        """The linear predictor at β, (n,)."""
        return np.asarray(self.X @ beta + (0 if self.offset is None else self.offset))

    def _point(self, beta: np.ndarray, eta: np.ndarray, mean: np.ndarray) -> Point:
        with np.errstate(all="ignore"):
            unit = self.unit(mean)
            e = (self.y - mean) * unit
            D = self.X * (self.family.link.inverse_deriv(eta) * unit)[:, None]
        if not (np.isfinite(e).all() and np.isfinite(D).all()):
            raise FitError(Problem(
                "means-outside", "fitted means leave the range of the family", ("link",),
                help="choose a link that keeps them inside, such as log or logit",
            ))  # fmt: skip
        return Point(beta, mean, e, D)

    def unit(self, mean: np.ndarray) -> np.ndarray:
        """One over the standard deviation of an outcome, at φ = 1."""
        weights = 1.0 if self.weights is None else self.weights
        return np.asarray(np.sqrt(weights / self.family.variance(mean)))

    def started(self) -> Point:
        """One step of reweighted least squares from the family's starting means; where that leaves
        the family, the mean of the outcome for all rows.
        """
        mean = self.family.starting_mu(self.y)
        eta = self.family.link(mean)
        slope = self.family.link.inverse_deriv(eta)
        unit = slope * self.unit(mean)
        try:
            return self._nearest_to(eta + (self.y - mean) / slope, unit)
        except FitError:
            same = self.family.link(np.full(len(self.y), self.y.mean()))
            return self._nearest_to(same, np.ones(len(self.y)))

    def _nearest_to(self, eta: np.ndarray, unit: np.ndarray) -> Point:
        """The point whose linear predictor is nearest to `eta`, in units (n,)."""
        target = (eta - (0 if self.offset is None else self.offset)) * unit
        return self.at(np.linalg.lstsq(self.X * unit[:, None], target, rcond=None)[0])

    def scale(self, point: Point) -> float:
        """φ by Pearson's statistic over n - p."""
        return float(np.sum(point.e**2) / (len(point.e) - len(point.beta)))

    @property
    def units(self) -> Units:
        """The clusters."""
        return self.working.units

    def independent(self) -> np.ndarray:
        """The parameters of the structure that stand for independence."""
        return self.working.start()

    def associated(self, point: Point, before: np.ndarray) -> np.ndarray:
        """The parameters of the structure."""
        return self.working.estimate(point.e, len(point.beta), before)

    def weighted(self, point: Point, association: np.ndarray) -> np.ndarray:
        """R⁻¹ [D, e]: both are in units of the variances."""
        return self.working.solve(association, np.column_stack([point.D, point.e]))

    def inner(self, point: Point, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵀ R⁻¹ [D, e]."""
        return self.working.inner(association, np.column_stack([point.D, point.e]))

    def alone(self, point: Point) -> np.ndarray:
        """Σ Dᵀ A⁻¹ D."""
        return np.asarray(point.D.T @ point.D)
