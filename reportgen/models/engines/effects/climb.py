"""The highest point of a likelihood: several starts, Fisher's scoring, Newton's last steps.

Scoring goes most of the way at once where the likelihood is all but a parabola. Where it does not
climb, or meets the boundary, a quasi-Newton search in the factor of Ψ takes its place.

What an optimiser says of itself is not believed. At the end the score is tested: inside, by how far
Newton's step would still go; on the boundary, by whether a step inwards would climb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from reportgen.models.engines.effects.lmm import SINGULAR, Likelihood, Point
from reportgen.models.engines.effects.structure import Structure

STARTS = (0.3, 0.03, 1.0)
NEWTON_STEPS, HALVINGS, ESCAPES = 12, 5, 3
MANY = 500
REACHED = 1e-3
NEARLY = 1e-2
"""The slope from which Newton's steps go on: they need no more than a neighbourhood."""
INWARD = 1e-3
NEAR, CLOSE, THERE, ROUNDING = 1e-2, 1e-4, 1e-14, 1e-8
"""What a step is to gain in 2ℓ where tops that are known are looked at, where Newton takes over and
where it ends, and what it may lose there: a gain of 1e-14 is a step of 1e-7 standard errors."""


def highest(likelihood: Likelihood, more: Sequence[np.ndarray] = ()) -> Point:
    """The highest point found from several starts and from the ψ in `more`. A climb that comes near
    a top that is known ends there (Rinnooy Kan and Timmer 1987, Math Program 39, 57–78).
    """
    found: list[Point] = []
    for start in (*_starts(likelihood), *more):
        found.append(_whole(likelihood, start, found))
    return max(found, key=lambda point: point.llf)


def left(point: Point) -> float:
    """How far the point is from its optimum: the largest step still to go in any parameter, in its
    standard errors (inside), or on the boundary the slope inwards by what a row's variance gains.
    """
    if point.singular:
        inward, _ = _inward(point)
        return float(max(inward, 0.0) / point.likelihood.n)
    return math.inf if point.newton is None else math.sqrt(point.newton[1])


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
    many = likelihood.columns.levels.min() >= MANY
    starts = STARTS[:1] if many else STARTS
    return [likelihood.layout.elements(size**2 * unit) for size in starts]


def _whole(likelihood: Likelihood, start: np.ndarray, known: Sequence[Point]) -> Point:
    """A climb, its last steps, and where it ends on the boundary a look inwards."""
    scored = _scored(likelihood, start, known)
    if scored is not None:
        return scored
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


def _scored(likelihood: Likelihood, start: np.ndarray, known: Sequence[Point]) -> Point | None:
    """The top inside by scoring and Newton's last steps; None where these do not lead there."""
    with np.errstate(all="ignore"):
        try:
            point: Point | None = likelihood.at(start)
            for _ in range(NEWTON_STEPS):
                if point is None or not math.isfinite(point.llf):
                    return None
                step, gain = point.scoring
                if gain < NEAR and (top := _near(point, known)) is not None:
                    return top
                if gain < CLOSE:
                    break
                point = _stepped(point, step)
            if point is None or not math.isfinite(point.llf):
                return None
            point = _polish(point)
            inside = not point.singular and left(point) < REACHED
        except np.linalg.LinAlgError:
            return None
    return point if inside else None


def _near(point: Point, known: Sequence[Point]) -> Point | None:
    """The top inside, among those known, that is a tenth of a standard error away at most."""
    for top in known:
        away = point.psi - top.psi
        inside = not top.singular and top.newton is not None
        if inside and -away @ top.curvature @ away < NEAR and top.llf >= point.llf:
            return top
    return None


def _stepped(point: Point, step: np.ndarray) -> Point | None:
    """A higher point on the way of a step; None where halving finds none that is inside."""
    likelihood = point.likelihood
    for halving in range(HALVINGS):
        psi = point.psi + step / 2**halving
        if likelihood.layout.least(psi) > SINGULAR:
            after = likelihood.at(psi)
            if after.llf > point.llf:
                return after
    return None


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
        if point.newton is None:
            return point
        step, gain = point.newton
        if gain < THERE:
            return point
        if likelihood.layout.least(point.psi + step) < 0:
            return point
        after = likelihood.at(point.psi + step)
        if not after.llf > point.llf - (ROUNDING if gain < ROUNDING else 0):
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
