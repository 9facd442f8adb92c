"""A multinomial logit with a weak prior, from whose posterior coefficients are drawn.

The prior is normal with a standard deviation of 5 for the coefficient of a standardised column. It
moves nothing where the data say anything, and keeps estimates finite where a level never or always
occurs (White, Daniel and Royston 2010, Comput Stat Data Anal 54, 2267–2275).
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, solve_triangular
from scipy.special import softmax

PRIOR_SD = 5.0
ITERATIONS, TOLERANCE = 50, 1e-8


def draw(
    X: np.ndarray, codes: np.ndarray, levels: int, start: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A draw of the coefficients (p, K-1) from the normal approximation of their posterior, and
    its mode, for outcomes `codes` (n,) among K levels; `start` is where the search begins.
    """
    indicator = np.eye(levels)[codes][:, 1:]
    beta, prior = start, 1 / PRIOR_SD**2
    for _ in range(ITERATIONS):
        p = probabilities(X, beta)[:, 1:]
        slope = X.T @ (indicator - p) - prior * beta
        curve = _information(X, p) + prior * np.eye(beta.size)
        factor = cho_factor(curve, lower=True)
        half = solve_triangular(factor[0], slope.T.ravel(), lower=True)
        step = solve_triangular(factor[0], half, lower=True, trans="T")
        beta = beta + step.reshape(beta.shape[::-1]).T
        if np.abs(step).max() < TOLERANCE:
            break
    noise = solve_triangular(factor[0], rng.standard_normal(beta.size), lower=True, trans="T")
    return beta + noise.reshape(beta.shape[::-1]).T, beta


def probabilities(X: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """The probability of each level for rows X (n, p), shape (n, K); the first is the base."""
    found: np.ndarray = softmax(np.column_stack([np.zeros(len(X)), X @ beta]), axis=1)
    return found


def _information(X: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The negative second derivative of the log-likelihood, level by level, ((K-1)p, (K-1)p)."""
    k, columns = p.shape[1], X.shape[1]
    found = np.empty((k * columns, k * columns))
    for one in range(k):
        for other in range(one + 1):
            weight = p[:, one] * ((one == other) - p[:, other])
            block = (X * weight[:, None]).T @ X
            rows, cols = (slice(each * columns, (each + 1) * columns) for each in (one, other))
            found[rows, cols] = block
            found[cols, rows] = block.T
    return found
