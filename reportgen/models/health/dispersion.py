"""Counts that vary more than their model says, which makes its standard errors too small. Heavy."""

from __future__ import annotations

import math

import numpy as np

SURE = 3.09
"""The test's statistic, standard normal, beyond which chance is an explanation in one of 1,000."""
MATTERS = 1.21
"""A dispersion that widens standard errors by a tenth."""


def excess(y: np.ndarray, mean: np.ndarray, df: float) -> float | None:
    """How many times as much as Poisson counts with these means (n,) the counts y (n,) vary; None
    where that is chance or does not matter. `df`: n less the coefficients.

    The test is Dean and Lawless' (1989, JASA 84, 467–472, P_B) of Σ((y - μ)² - y) against 0, which
    small means do not mislead; how much is Pearson's χ² over `df` (McCullagh, Nelder 1989, §4.5).
    """
    squares = (y - mean) ** 2
    spread = math.sqrt(2 * float((mean**2).sum()))
    if df <= 0 or not float((squares - y).sum()) > SURE * spread:
        return None
    ratio = float((squares / mean).sum()) / df
    return ratio if ratio >= MATTERS else None
