"""Generalised estimating equations of an outcome that is one of several levels. Heavy.

A row's y is the indicator of each level, μ their probabilities and Σ = diag(μ) - μμᵀ their
covariance (Lipsitz, Kim and Zhao 1994, Statistics in Medicine 13, 1149–1163). All J levels stand in
y: what is computed is the same whichever of them one would leave out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem
from reportgen.models.engines.categories import Shares
from reportgen.models.engines.estimating import EstimatingEquations, Point
from reportgen.models.engines.joint import Joint
from reportgen.models.engines.units import Units

SMALLEST = 1e-12


@dataclass(frozen=True)
class LevelEquations(EstimatingEquations):
    """The equations of one model: outcomes `codes` (n,) 0 … J - 1 in the order of their clusters,
    probabilities by linear predictors, and the matrices (n, p) that make these.

    Points hold the probabilities (n, J) as means, y - μ (nJ,) as residuals and D (nJ, p).
    """

    codes: np.ndarray
    designs: Sequence[np.ndarray]
    shares: Shares
    joint: Joint
    start: np.ndarray
    fixed: bool = True

    @cached_property
    def units(self) -> Units:
        """The clusters of the indicators."""
        return Units(np.repeat(self.joint.units.codes, self._indicators.shape[1]))

    @cached_property
    def _indicators(self) -> np.ndarray:
        return np.asarray(np.eye(int(self.codes.max()) + 1)[self.codes])

    def at(self, beta: np.ndarray) -> Point:
        """The equations at β. FitError where a level has no probability left."""
        eta = np.column_stack([design @ beta for design in self.designs])
        share, slope = self.shares(eta)
        if not share.min() > SMALLEST:
            raise FitError(Problem(
                "means-outside", "a level of the outcome has no probability left in some rows",
                ("formula",), help="leave a term out, or join levels",
            ))  # fmt: skip
        D = np.zeros((*share.shape, len(beta)))
        for place, design in enumerate(self.designs):
            D += slope[:, :, place, None] * design[:, None, :]
        return Point(beta, share, (self._indicators - share).ravel(), D.reshape(-1, len(beta)))

    def started(self) -> Point:
        """The most likely β of independent rows."""
        return self.at(self.start)

    def independent(self) -> np.ndarray:
        """The association that stands for independence."""
        return self.joint.start()

    def associated(self, point: Point, before: np.ndarray) -> np.ndarray:
        """The association, by moments."""
        residual = point.e.reshape(point.mean.shape)
        return self.joint.estimate(point.mean, residual, len(point.beta), before)

    def weighted(self, point: Point, association: np.ndarray) -> np.ndarray:
        """V⁻¹ [D, e], V⁻¹ a generalised inverse: the entries of each row add to 0."""
        values = np.column_stack([point.D, point.e]).reshape(*point.mean.shape, -1)
        solved = self.joint.solve(association, point.mean, values)
        return np.asarray(solved.reshape(len(point.e), -1))

    def scale(self, point: Point) -> float:
        """1: the variance of an indicator follows from its mean."""
        return 1.0

    def alone(self, point: Point) -> np.ndarray:
        """Σ Dᵀ Σ⁻ D, Σ⁻ = diag(1/μ)."""
        return np.asarray(point.D.T @ (point.D / point.mean.reshape(-1, 1)))
