"""The highest point of a likelihood: several starts, exact gradients, Newton's last steps.

What an optimiser says of itself is not believed. At the end the score is tested: inside, by how far
Newton's step would still go; on the boundary, by whether a step inwards would climb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from reportgen.models.engines.lmm import SINGULAR, Likelihood, Point, unitless
from reportgen.models.engines.structure import Structure

STARTS = (0.3, 0.03, 1.0)
NEWTON_STEPS, ESCAPES = 8, 3
MANY = 500
REACHED = 1e-3
NEARLY = 1e-2
"""The slope from which Newton's steps go on: they need no more than a neighbourhood."""
INWARD = 1e-3


def highest(likelihood: Likelihood, more: Sequence[np.ndarray] = ()) -> Point:
    """The highest point found from several starts and from the ψ in `more`."""
    found = [_whole(likelihood, start) for start in (*_starts(likelihood), *more)]
    return max(found, key=lambda point: point.llf)


def left(point: Point) -> float:
    """How far the point is from its optimum: the largest step still to go in any parameter, in its
    standard errors (inside), or on the boundary the slope inwards by what a row's variance gains.
    """
    if point.singular:
        inward, _ = _inward(point)
        return float(max(inward, 0.0) / point.likelihood.n)
    curvature = -point.curvature
    if np.linalg.eigvalsh(unitless(curvature)).min() <= 0:
        return math.inf
    step = np.linalg.solve(curvature, point.slope)
    return math.sqrt(max(float(step @ point.slope), 0.0))


def structure_of(likelihood: Likelihood) -> Structure:
    """The parameters of Ψ as a Cholesky factor and standard deviations."""
    columns = likelihood.columns
    k = columns.correlated
    return Structure(k, tuple((k + number,) for number in range(columns.components)))


def _starts(likelihood: Likelihood) -> list[np.ndarray]:
    """Ψ diagonal, each effect adding a given share of the residual variance to a row; one start
    where every variance has so many effects that the likelihood is all but a parabola.
    """
    unit = np.eye(likelihood.layout.size)
    many = np.bincount(likelihood.columns.kind).min() >= MANY
    starts = STARTS[:1] if many else STARTS
    return [likelihood.layout.elements(size**2 * unit) for size in starts]


def _whole(likelihood: Likelihood, start: np.ndarray) -> Point:
    """A climb, its last steps, and where it ends on the boundary a look inwards."""
    point = _polish(_climb(likelihood, start, NEARLY))
    if point.singular or not left(point) < REACHED:
        point = _polish(_climb(likelihood, start))
    point = _settled(point)
    for _ in range(ESCAPES):
        if not point.singular or not math.isfinite(point.llf):
            return point
        inward, direction = _inward(point)
        if inward <= INWARD * likelihood.n:
            return point
        again = _settled(_polish(_climb(likelihood, point.psi + 0.01 * direction)))
        if again.llf <= point.llf:
            return point
        point = again
    return point


def _climb(likelihood: Likelihood, start: np.ndarray, reached: float = 1e-7) -> Point:
    structure, layout = structure_of(likelihood), likelihood.layout
    theta0 = structure.theta(layout.matrix(start))
    unit = structure.units(theta0)

    def cost(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        factor = structure.factor(scaled * unit)
        with np.errstate(all="ignore"):
            try:
                point = likelihood.at(layout.elements(factor @ factor.T))
            except np.linalg.LinAlgError:
                return math.inf, np.zeros_like(scaled)
            if not math.isfinite(point.llf):
                return math.inf, np.zeros_like(scaled)
            slope = 2 * layout.gradient(point.slope) @ factor
        return -point.llf, -structure.pull(slope) * unit

    done = minimize(cost, theta0 / unit, jac=True, method="BFGS", options={"gtol": reached})
    return likelihood.at(layout.elements(structure.psi(done.x * unit)))


def _polish(point: Point) -> Point:
    """Newton's steps in the elements of Ψ, as long as they climb and Ψ stays positive."""
    likelihood = point.likelihood
    for _ in range(NEWTON_STEPS):
        if point.singular or not math.isfinite(point.llf):
            return point
        curvature = -point.curvature
        if np.linalg.eigvalsh(unitless(curvature)).min() <= 0:
            return point
        psi = point.psi + np.linalg.solve(curvature, point.slope)
        if np.linalg.eigvalsh(likelihood.layout.matrix(psi)).min() < 0:
            return point
        after = likelihood.at(psi)
        if not after.llf > point.llf:
            return point
        point = after
    return point


def _settled(point: Point) -> Point:
    """A point that all but lies on the boundary, put there: a variance of 1e-12 is zero."""
    if not math.isfinite(point.llf) or not point.singular:
        return point
    layout = point.likelihood.layout
    values, vectors = np.linalg.eigh(layout.matrix(point.psi))
    kept = np.where(values < SINGULAR, 0, values)
    flat = (vectors * kept) @ vectors.T
    there = point.likelihood.at(layout.elements(flat))
    return there if there.llf > point.llf - 1e-7 else point


def _inward(point: Point) -> tuple[float, np.ndarray]:
    """The steepest slope into the inside from a point on the boundary, by what a row's variance
    gains; and that direction, in ψ (m,).
    """
    layout = point.likelihood.layout
    values, vectors = np.linalg.eigh(layout.matrix(point.psi))
    null = vectors[:, values < SINGULAR]
    steep, ways = np.linalg.eigh(null.T @ layout.gradient(point.slope) @ null)
    way = null @ ways[:, -1]
    return float(steep[-1]), layout.elements(np.outer(way, way))
