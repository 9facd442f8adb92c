"""Estimating equations of clustered outcomes: their solution, and all that follows from it. Heavy.

Σᵢ Dᵢᵀ Vᵢ⁻¹ (yᵢ - μᵢ) = 0 with D = ∂μ/∂β (Liang and Zeger 1986, Biometrika 73, 13–22). What an
outcome is, one number or one of several levels, is for a kind of equations to say: it may count one
row of the data as several entries of y.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations.units import Units

ITERATIONS, HALVINGS = 200, 12
STEP = 1e-10
"""The last step, in standard errors, of a solution."""
ALONE, LITTLE = 1e-8, 0.5
"""The share of what is known of a direction that other clusters must have for a standard error."""


class Point(Protocol):
    """The equations at some β: means, residuals e (N,) and D (N, p), in units of their own."""

    @property
    def beta(self) -> np.ndarray:
        """β (p,)."""

    @property
    def mean(self) -> np.ndarray:
        """Means, in the shape of the outcomes."""

    @property
    def e(self) -> np.ndarray:
        """Residuals (N,)."""

    @property
    def slopes(self) -> np.ndarray:
        """∂μ/∂β (N, p)."""


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
        inward = np.linalg.inv(np.linalg.cholesky(self.bread))
        scores, shares = self.meat @ inward.T, inward @ self.informed @ inward.T
        # No share is above the sum of all: most clusters are far from knowing a direction alone.
        little = np.trace(shares, axis1=1, axis2=2) < LITTLE
        moved = np.empty_like(scores)
        rest = np.eye(len(inward)) - shares[little]
        moved[little] = np.linalg.solve(rest, scores[little, :, None])[..., 0]
        moved[~little] = _with_rest(shares[~little], scores[~little])
        return np.asarray(moved @ inward)


def _with_rest(shares: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """(I - Sᵢ)⁻¹ sᵢ of shares (G, p, p) and scores (G, p); a direction of which Sᵢ has all is
    left as it is.
    """
    values, directions = np.linalg.eigh(shares)
    rest = np.where(values > 1 - ALONE, np.inf, 1 - values)
    inside = np.einsum("gjk,gj->gk", directions, scores)
    return np.asarray(np.einsum("gjk,gk->gj", directions, inside / rest))


class EstimatingEquations(ABC):
    """Equations that can be solved. `fixed` says that φ is 1; `settled` is the last step, in
    standard errors, after which nothing is left that would be shown: the next is far smaller.
    """

    fixed: bool
    settled: ClassVar[float] = STEP

    @property
    @abstractmethod
    def units(self) -> Units:
        """The clusters of the entries of y."""

    @abstractmethod
    def at(self, beta: np.ndarray) -> Point:
        """The equations at β. FitError where the means leave the family."""

    @abstractmethod
    def started(self) -> Point:
        """Where to begin if nothing better is known."""

    @abstractmethod
    def independent(self) -> np.ndarray:
        """The association that stands for independence."""

    @abstractmethod
    def associated(self, point: Point, before: np.ndarray) -> np.ndarray:
        """The association, by moments of the residuals."""

    @abstractmethod
    def inner(self, point: Point, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵀ V⁻¹ [D, e] at φ = 1, shape (p + 1, p + 1)."""

    @abstractmethod
    def by_cluster(self, point: Point, association: np.ndarray) -> np.ndarray:
        """The same of each cluster, shape (G, p + 1, p + 1)."""

    @abstractmethod
    def scale(self, point: Point) -> float:
        """φ by Pearson's statistic."""

    @abstractmethod
    def alone(self, point: Point) -> np.ndarray:
        """Σ Dᵀ A⁻¹ D (p, p), A the variances without any correlation, at φ = 1."""

    def solve(self, start: np.ndarray | None = None) -> Solution:
        """The solution, from `start` or from where these equations begin."""
        association = self.independent()
        point = self.started() if start is None else self.at(start)
        done = 0
        for done in range(1, ITERATIONS + 1):  # noqa: B007
            bread, score = self._sums(point, association)
            delta = np.linalg.solve(bread, score)
            step = length(delta, bread, self.scale(point))
            point = self._moved(point, delta)
            updated = self.associated(point, association)
            settled = np.allclose(updated, association, rtol=0, atol=self.settled)
            association = updated
            if step < self.settled and settled:
                break
        return self.solution(point, association, done)

    def solution(self, point: Point, association: np.ndarray, iterations: int = 0) -> Solution:
        """Everything that follows from a point and an association."""
        scale, each = self.scale(point), self.by_cluster(point, association)
        bread, score = np.split(each.sum(axis=0)[:-1], [-1], axis=1)
        check_definite(bread)
        meat, informed = np.ascontiguousarray(each[:, :-1, -1]), each[:, :-1, :-1]
        step = length(np.linalg.solve(bread, score[:, 0]), bread, scale)
        dispersion = 1.0 if self.fixed else scale
        return Solution(point, association, bread, meat, informed, dispersion, step, iterations)

    def _sums(self, point: Point, association: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Σ Dᵀ V⁻¹ D (p, p) and Σ Dᵀ V⁻¹ r (p,), both at φ = 1."""
        sums = self.inner(point, association)
        return sums[:-1, :-1], sums[:-1, -1]

    def _moved(self, point: Point, delta: np.ndarray) -> Point:
        """The point after a step, halved until the means stay in the family."""
        for halving in range(HALVINGS):
            try:
                return self.at(point.beta + delta / 2**halving)
            except FitError:
                continue
        return self.at(point.beta + delta)


def check_definite(bread: np.ndarray) -> None:
    """FitError where a working correlation gives some cluster no covariance."""
    try:
        np.linalg.cholesky(bread)
    except np.linalg.LinAlgError as error:
        help = "use `cov_struct: independence`"
        raise unfit(say("correlation-impossible"), ("cov_struct",), help=help) from error


def length(delta: np.ndarray, bread: np.ndarray, scale: float) -> float:
    """The largest element of a step, in model-based standard errors."""
    with np.errstate(all="ignore"):  # far from a solution what is known may be infinite
        errors = np.sqrt(np.abs(np.diag(np.linalg.inv(bread))) * scale)
        return float(np.max(np.abs(delta) / errors))
