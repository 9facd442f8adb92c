"""Means at given points: θ(b) and its Jacobian, for the delta method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.core.comparing import Average, Scale
from reportgen.core.errors import FitError, Problem
from reportgen.models.margins import grid
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.grid import Point


@dataclass(frozen=True)
class Means:
    """θ (k,) and J = ∂θ/∂b (k, p), on the scale of the linear predictor or of the outcome."""

    theta: np.ndarray
    J: np.ndarray
    scale: Scale


def means(
    fitted: Fitted, chosen: Sequence[Point], fixed: Point, average: Average, scale: Scale
) -> Means:
    """The mean at each point.

    `balanced`: the linear predictor over the reference grid, on the scale of the outcome its
    inverse link (the mean of a row at that linear predictor, which is not the mean of the rows).
    `observed`: the mean over the rows analysed, each with the point's values in place of its own.
    Offsets are 0 in the first, each row's own in the second.
    """
    if scale == "response":
        check_response(fitted)
    if average == "observed":
        parts = [observed(fitted, {**fixed, **point}, scale, fitted.weights) for point in chosen]
        return Means(
            np.array([theta for theta, _ in parts]), np.array([row for _, row in parts]), scale
        )
    L = grid.balanced(fitted, chosen, fixed)
    eta = L @ fitted.b
    if scale == "link":
        return Means(eta, L, scale)
    return Means(inverse(fitted, eta), slope(fitted, eta)[:, None] * L, scale)


def observed(
    fitted: Fitted, point: Point, scale: Scale, weights: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean over the rows at a point, and its gradient (p,). `weights` (n,) add up to 1."""
    X = fitted.design(grid.replaced(fitted, point))
    eta = X @ fitted.b + fitted.offset
    if scale == "link":
        return float(weights @ eta), weights @ X
    return float(weights @ inverse(fitted, eta)), (weights * slope(fitted, eta)) @ X


def inverse(fitted: Fitted, eta: np.ndarray) -> np.ndarray:
    """The mean at a linear predictor."""
    return np.asarray(fitted.link.inverse(eta), dtype=float)


def slope(fitted: Fitted, eta: np.ndarray) -> np.ndarray:
    """The derivative of the mean by the linear predictor."""
    return np.asarray(fitted.link.inverse_deriv(eta), dtype=float)


def check_response(fitted: Fitted) -> None:
    """FitError where a mean on the scale of the outcome is not defined."""
    if fitted.link is None:
        raise FitError(Problem(
            "no-mean", "the model has no mean on the scale of the outcome",
            help="write `type: link` for the scale of the linear predictor",
        ))  # fmt: skip
