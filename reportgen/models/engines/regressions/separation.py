"""Separation: a direction in which the likelihood of a regression rises for ever.

Konis 2007 (Linear programming algorithms for detecting separated data, thesis, Oxford, ch. 4):
among directions d with x_i d ≥ 0 where the outcome is as high as it can be, x_i d ≤ 0 where it is
as low, and x_i d = 0 between, the one that moves most; the data are separated where it moves.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

MOVES = 1e-7


def direction(X: np.ndarray, high: np.ndarray, low: np.ndarray) -> np.ndarray | None:
    """A direction (p,) along which the likelihood rises for ever, its largest element 1; None
    where there is none. `high` and `low` (n,) tell the rows whose outcome is at its bound.
    """
    size = np.abs(X).max(axis=0)
    scaled = X / np.where(size > 0, size, 1)
    sign = high.astype(float) - low.astype(float)
    rows = np.unique(np.column_stack([sign, scaled]), axis=0)
    sign, scaled = rows[:, 0], rows[:, 1:]
    bound, between = scaled[sign != 0] * sign[sign != 0, None], scaled[sign == 0]
    if not len(bound):
        return None
    fixed = {"A_eq": between, "b_eq": np.zeros(len(between))} if len(between) else {}
    done = linprog(
        -bound.sum(axis=0), A_ub=-bound, b_ub=np.zeros(len(bound)), bounds=(-1, 1), **fixed
    )
    if done.x is None or float((bound @ done.x).max()) < MOVES:
        return None
    found = done.x / np.where(size > 0, size, 1)
    return np.asarray(found / np.abs(done.x).max())
