"""Means at given points: θ(b) and its Jacobian, for the delta method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.comparing import Average
from reportgen.core.dataclass import dataclass
from reportgen.models.formulas.formula import Formula
from reportgen.models.margins import grid
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.grid import Point
from reportgen.models.margins.readings import Reading

if TYPE_CHECKING:
    import pandas as pd

Parts = tuple[np.ndarray, np.ndarray]
"""A number for each level of a reading (L,), and its gradient by the coefficients (L, p)."""


@dataclass(frozen=True)
class Means:
    """θ (k,) and J = ∂θ/∂b (k, p) of one level of the outcome, and the reading's link."""

    theta: np.ndarray
    J: np.ndarray
    link: Any = None
    level: str = ""


def means(
    fitted: Fitted, reading: Reading, chosen: Sequence[Point], fixed: Point, average: Average
) -> list[Means]:
    """The number at each point, for each level of the reading.

    `balanced`: the linear predictors over the reference grid, and on the scale of the outcome what
    is read off them (the mean of a row at those predictors, which is not the mean of the rows).
    `observed`: the mean over the rows analysed, each with the point's values in place of its own.
    Offsets are 0 in the first, each row's own in the second.
    """
    if average == "observed":
        parts = [observed(fitted, reading, {**fixed, **point}, fitted.weights) for point in chosen]
        theta, J = (np.array(each) for each in zip(*parts, strict=True))
    else:
        theta, J = _balanced(fitted, reading, chosen, fixed)
    return [
        Means(theta[:, place], J[:, place], reading.link, level)
        for place, level in enumerate(reading.levels)
    ]


def observed(fitted: Fitted, reading: Reading, point: Point, weights: np.ndarray) -> Parts:
    """The mean over the rows at a point. `weights` (n,) add up to 1."""
    return over(fitted, reading, grid.replaced(fitted, point), weights)


def over(fitted: Fitted, reading: Reading, at: pd.DataFrame, weights: np.ndarray) -> Parts:
    """Σ wᵢ of what is read off the rows `at`, which stand for the rows analysed."""
    made: dict[Formula, np.ndarray] = {}
    for each in reading.predictors:
        if each.formula not in made:
            made[each.formula] = fitted.design(each.formula, at)
    designs = [made[each.formula] for each in reading.predictors]
    eta = np.column_stack([
        X @ fitted.b[each.places] + each.offset
        for X, each in zip(designs, reading.predictors, strict=True)
    ])  # fmt: skip
    weighted = weights[:, None, None] * reading.slopes(eta)
    gradient = np.zeros((len(reading.levels), len(fitted.b)))
    for k, (X, each) in enumerate(zip(designs, reading.predictors, strict=True)):
        gradient[:, each.places] += weighted[:, :, k].T @ X
    return weights @ reading.values(eta), gradient


def _balanced(
    fitted: Fitted, reading: Reading, chosen: Sequence[Point], fixed: Point
) -> tuple[np.ndarray, np.ndarray]:
    """θ (k, L) and its Jacobian (k, L, p)."""
    made: dict[Formula, np.ndarray] = {}
    for each in reading.predictors:
        if each.formula not in made:
            made[each.formula] = grid.balanced(fitted, each.formula, chosen, fixed)
    designs = [made[each.formula] for each in reading.predictors]
    eta = np.column_stack([
        L @ fitted.b[each.places] for L, each in zip(designs, reading.predictors, strict=True)
    ])  # fmt: skip
    slopes = reading.slopes(eta)
    J = np.zeros((*slopes.shape[:2], len(fitted.b)))
    for k, (L, each) in enumerate(zip(designs, reading.predictors, strict=True)):
        J[:, :, each.places] += slopes[:, :, k, None] * L[:, None, :]
    return reading.values(eta), J
