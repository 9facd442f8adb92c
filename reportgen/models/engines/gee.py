"""Generalised estimating equations, solved to the last digit for all clusters at once. Heavy.

Σᵢ Dᵢᵀ Vᵢ⁻¹ (yᵢ - μᵢ) = 0 with D = ∂μ/∂β, V = φ A^½ W^-½ R W^-½ A^½, A the variances of the family
and W known weights (Liang and Zeger 1986, Biometrika 73, 13–22). Rows are sorted by cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from reportgen.core.errors import FitError, Problem
from reportgen.models.engines.working import Working

ITERATIONS, HALVINGS = 200, 12
STEP = 1e-10
"""The last step, in standard errors, of a solution."""
ALONE = 1e-8
"""The share of what is known of a direction that other clusters must have for a standard error."""


@dataclass(frozen=True)
class Point:
    """The equations at some β: Pearson residuals e and D in their units, (n,) and (n, p)."""

    beta: np.ndarray
    mean: np.ndarray
    e: np.ndarray
    D: np.ndarray


@dataclass(frozen=True)
class Solution:
    """β where the equations hold, and all that follows from it.

    `bread` is Σ Dᵀ V⁻¹ D (p, p) and `meat` Dᵢᵀ Vᵢ⁻¹ rᵢ (G, p), both at φ = 1; `informed` is each
    cluster's share of the bread (G, p, p); `scale` is φ; `step` the size of the next step in
    standard errors: zero at a solution.
    """

    point: Point
    association: np.ndarray
    bread: np.ndarray
    meat: np.ndarray
    informed: np.ndarray
    scale: float
    step: float
    iterations: int

    @property
    def beta(self) -> np.ndarray:
        """The estimates, shape (p,)."""
        return self.point.beta

    @cached_property
    def naive(self) -> np.ndarray:
        """φ (Σ Dᵀ V⁻¹ D)⁻¹: right if the working correlation is."""
        return np.linalg.inv(self.bread) * self.scale

    @cached_property
    def robust(self) -> np.ndarray:
        """B⁻¹ (Σ uᵢ uᵢᵀ) B⁻¹, whatever the true correlation (Liang and Zeger 1986)."""
        inverse = np.linalg.inv(self.bread)
        return np.asarray(inverse @ (self.meat.T @ self.meat) @ inverse)

    @cached_property
    def bias_reduced(self) -> np.ndarray:
        """The robust covariance with residuals (I - Hᵢ)⁻¹ rᵢ, Hᵢ = Dᵢ B⁻¹ Dᵢᵀ Vᵢ⁻¹ (Mancl and
        DeRouen 2001, Biometrics 57, 126–134, eq. 6).
        """
        return np.asarray(self.left_out.T @ self.left_out)

    @cached_property
    def left_out(self) -> np.ndarray:
        """(B - Bᵢ)⁻¹ uᵢ, shape (G, p): β less what it is without a cluster, to first order; and,
        as Dᵢᵀ Vᵢ⁻¹ (I - Hᵢ)⁻¹ rᵢ = B (B - Bᵢ)⁻¹ uᵢ, its share of the bias-reduced covariance.

        A direction of which one cluster alone tells is left as it is.
        """
        shares, directions, outward = self._shares
        rest = np.where(shares > 1 - ALONE, np.inf, 1 - shares)
        inside = np.einsum("gjk,gj->gk", directions, self.meat @ outward)
        return np.asarray(np.einsum("gjk,gk->gj", directions, inside / rest) @ outward.T)

    @cached_property
    def _shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each cluster's share (G, p) of what is known of each of its directions (G, p, p), where
        B is the identity, and the way back (p, p): L⁻ᵀ of B = LLᵀ.
        """
        inward = np.linalg.inv(np.linalg.cholesky(self.bread))
        shares, directions = np.linalg.eigh(inward @ self.informed @ inward.T)
        return shares, directions, inward.T


@dataclass(frozen=True)
class Equations:
    """The equations of one model. `family` is statsmodels'; `weights` have mean 1, or are None;
    `fixed` says that φ is 1. FitError where the means leave the family or nothing converges.
    """

    y: np.ndarray
    X: np.ndarray
    family: Any
    working: Working
    offset: np.ndarray | None = None
    weights: np.ndarray | None = None
    fixed: bool = False

    def solve(self, start: np.ndarray | None = None) -> Solution:
        """The solution, from `start` or from the family's own starting means."""
        p = self.X.shape[1]
        association = self.working.start()
        point = self._started() if start is None else self.at(start)
        done = 0
        for done in range(1, ITERATIONS + 1):  # noqa: B007
            bread, score = self._sums(point, association)
            delta = np.linalg.solve(bread, score)
            step = _length(delta, bread, self._scale(point))
            point = self._moved(point, delta)
            updated = self.working.estimate(point.e, p, association)
            settled = np.allclose(updated, association, rtol=0, atol=STEP)
            association = updated
            if step < STEP and settled:
                break
        return self.solution(point, association, done)

    def solution(self, point: Point, association: np.ndarray, iterations: int = 0) -> Solution:
        """Everything that follows from a point and an association."""
        bread, score = self._sums(point, association)
        _check_definite(bread)
        scale = self._scale(point)
        solved = self.working.solve(association, np.column_stack([point.D, point.e]))
        units, (D, e) = self.working.units, (point.D, solved[:, -1])
        meat = units.sums(D * e[:, None])
        informed = np.array([D[rows].T @ solved[rows, :-1] for rows in units.slices()])
        step = _length(np.linalg.solve(bread, score), bread, scale)
        dispersion = 1.0 if self.fixed else scale
        return Solution(point, association, bread, meat, informed, dispersion, step, iterations)

    def at(self, beta: np.ndarray) -> Point:
        """The equations at β. FitError where the means leave the family."""
        eta = self.X @ beta + (0 if self.offset is None else self.offset)
        with np.errstate(all="ignore"):
            mean = self.family.link.inverse(eta)
        return self._point(beta, eta, mean)

    def _point(self, beta: np.ndarray, eta: np.ndarray, mean: np.ndarray) -> Point:
        with np.errstate(all="ignore"):
            unit = self._unit(mean)
            e = (self.y - mean) * unit
            D = self.X * (self.family.link.inverse_deriv(eta) * unit)[:, None]
        if not (np.isfinite(e).all() and np.isfinite(D).all()):
            raise FitError(Problem(
                "means-outside", "fitted means leave the range of the family", ("link",),
                help="choose a link that keeps them inside, such as log or logit",
            ))  # fmt: skip
        return Point(beta, mean, e, D)

    def _unit(self, mean: np.ndarray) -> np.ndarray:
        """One over the standard deviation of an outcome, at φ = 1."""
        weights = 1.0 if self.weights is None else self.weights
        return np.asarray(np.sqrt(weights / self.family.variance(mean)))

    def _started(self) -> Point:
        """One step of reweighted least squares from the family's starting means; where that leaves
        the family, the mean of the outcome for all rows.
        """
        mean = self.family.starting_mu(self.y)
        eta = self.family.link(mean)
        slope = self.family.link.inverse_deriv(eta)
        unit = slope * self._unit(mean)
        try:
            return self._nearest_to(eta + (self.y - mean) / slope, unit)
        except FitError:
            same = self.family.link(np.full(len(self.y), self.y.mean()))
            return self._nearest_to(same, np.ones(len(self.y)))

    def _nearest_to(self, eta: np.ndarray, unit: np.ndarray) -> Point:
        """The point whose linear predictor is nearest to `eta`, in units (n,)."""
        target = (eta - (0 if self.offset is None else self.offset)) * unit
        return self.at(np.linalg.lstsq(self.X * unit[:, None], target, rcond=None)[0])

    def _sums(self, point: Point, association: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Σ Dᵀ V⁻¹ D (p, p) and Σ Dᵀ V⁻¹ r (p,), both at φ = 1."""
        solved = self.working.solve(association, np.column_stack([point.D, point.e]))
        sums = point.D.T @ solved
        return sums[:, :-1], sums[:, -1]

    def _moved(self, point: Point, delta: np.ndarray) -> Point:
        """The point after a step, halved until the means stay in the family."""
        for halving in range(HALVINGS):
            try:
                return self.at(point.beta + delta / 2**halving)
            except FitError:
                continue
        return self.at(point.beta + delta)

    def _scale(self, point: Point) -> float:
        """φ by Pearson's statistic over n - p."""
        return float(np.sum(point.e**2) / (len(point.e) - len(point.beta)))


def _check_definite(bread: np.ndarray) -> None:
    try:
        np.linalg.cholesky(bread)
    except np.linalg.LinAlgError as error:
        raise FitError(Problem(
            "correlation-impossible", "the working correlation is so far below zero that no "
            "clusters of these sizes can have it", ("cov_struct",),
            help="use `cov_struct: independence`",
        )) from error  # fmt: skip


def _length(delta: np.ndarray, bread: np.ndarray, scale: float) -> float:
    """The largest element of a step, in model-based standard errors."""
    errors = np.sqrt(np.abs(np.diag(np.linalg.inv(bread))) * scale)
    return float(np.max(np.abs(delta) / errors))
