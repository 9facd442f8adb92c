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
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations import estimating
from reportgen.models.engines.equations.joint import Joint
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.regressions.categories import Shares

SMALLEST = 1e-12


@dataclass(frozen=True)
class Point:
    """Probabilities (n, J) at β (p,), and the entries of y - μ (nJ,) and of D (nJ, p)."""

    beta: np.ndarray
    mean: np.ndarray
    e: np.ndarray
    slopes: np.ndarray


@dataclass(frozen=True)
class LevelEquations(estimating.EstimatingEquations):
    """The equations of one model: outcomes `codes` (n,) 0 … J - 1 in the order of their clusters,
    probabilities by linear predictors, and the matrices (n, p) that make these.
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
            help = "leave a term out, or join levels"
            raise unfit(say("means-outside_levels"), ("formula",), help=help)
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

    def associated(self, point: estimating.Point, before: np.ndarray) -> np.ndarray:
        """The association, by moments."""
        residual = point.e.reshape(point.mean.shape)
        return self.joint.estimate(point.mean, residual, len(point.beta), before)

    def inner(self, point: estimating.Point, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵀ V⁻¹ [D, e]."""
        values, solved = self._solved(point, association)
        return np.asarray(values.T @ solved)

    def by_cluster(self, point: estimating.Point, association: np.ndarray) -> np.ndarray:
        """The same of each cluster."""
        return self.units.outer(*self._solved(point, association))

    def _solved(
        self, point: estimating.Point, association: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """[D, e] and V⁻¹ [D, e] (nJ, p + 1), V⁻¹ a generalised inverse: the entries of each row add
        to 0.
        """
        values = np.column_stack([point.slopes, point.e])
        entries = values.reshape(*point.mean.shape, -1)
        solved = self.joint.solve(association, point.mean, entries)
        return values, solved.reshape(values.shape)

    def scale(self, point: estimating.Point) -> float:
        """1: the variance of an indicator follows from its mean."""
        return 1.0

    def alone(self, point: estimating.Point) -> np.ndarray:
        """Σ Dᵀ Σ⁻ D, Σ⁻ = diag(1/μ)."""
        return np.asarray(point.slopes.T @ (point.slopes / point.mean.reshape(-1, 1)))
