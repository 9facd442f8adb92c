"""Likelihoods of several linear predictors, and their highest point by Newton's method.

A row's log-likelihood depends on K numbers ηₖ = aₖᵀθ, each linear in the parameters θ: the logit of
an excess zero and the logarithm of a mean; a predictor for each level of the outcome; the
two thresholds a row lies between. With its derivatives by the ηₖ everything else follows:
score uᵢ = Σₖ gᵢₖ aᵢₖ and Hessian Σᵢₖₗ hᵢₖₗ aᵢₖ aᵢₗᵀ, exact and without differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.sandwich import Influence

ITERATIONS, STEPS, DECREMENT, NEAR, STILL = 200, 40, 1e-20, 1e-8, 1e-3

Rows = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""η (n, K) → log-likelihood (n,), gradient (n, K), Hessian (n, K, K)."""


class Target(Protocol):
    """What a highest point is looked for of."""

    def value(self, theta: np.ndarray) -> float:
        """The log-likelihood; -inf where it is not defined."""

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """The score of each row: (n, p)."""

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        """The second derivatives of the log-likelihood: (p, p)."""

    def predictors(self, theta: np.ndarray) -> np.ndarray:
        """The linear predictors: (n, K)."""

    def without(self, theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score (p,) and Hessian (p, p) of the rows but some, a mask (n,)."""


@dataclass(frozen=True)
class Likelihood:
    """`rows` by linear predictors; `designs` holds the K matrices (n, p) that make them, and
    `offsets` (n, K) is added.
    """

    rows: Rows
    designs: Sequence[np.ndarray]
    offsets: np.ndarray | float = 0.0

    def predictors(self, theta: np.ndarray) -> np.ndarray:
        """η (n, K) at the parameters (p,)."""
        made = np.column_stack([design @ theta for design in self.designs])
        shifted: np.ndarray = made + self.offsets
        return shifted

    def value(self, theta: np.ndarray) -> float:
        """The log-likelihood; -inf where it is not defined."""
        with np.errstate(all="ignore"):
            total = float(self.rows(self.predictors(theta))[0].sum())
        return total if np.isfinite(total) else -np.inf

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """The score of each row: (n, p)."""
        gradient = self.rows(self.predictors(theta))[1]
        found: np.ndarray = sum(
            (design * gradient[:, [place]] for place, design in enumerate(self.designs)),
            start=np.zeros(self.designs[0].shape),
        )
        return found

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        """The second derivatives of the log-likelihood: (p, p)."""
        second = self.rows(self.predictors(theta))[2]
        size = self.designs[0].shape[1]
        total = np.zeros((size, size))
        for one, left in enumerate(self.designs):
            for other, right in enumerate(self.designs):
                total += left.T @ (right * second[:, one, other][:, None])
        return total

    def without(self, theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score (p,) and Hessian (p, p) of the rows but some, a mask (n,)."""
        kept = ~rows
        _, gradient, second = self.rows(self.predictors(theta))

        def others(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            return np.zeros(len(eta)), gradient[kept], second[kept]

        rest = Likelihood(others, [design[kept] for design in self.designs])
        return rest.scores(theta).sum(axis=0), rest.hessian(theta)


@dataclass(frozen=True)
class Peak:
    """The highest point: parameters (p,), the inverse of the observed information (p, p), and the
    influence of the rows. Where it is not `settled` some predictor still goes on though the
    likelihood has stopped to rise, as under separation.
    """

    theta: np.ndarray
    covariance: np.ndarray
    llf: float
    eta: np.ndarray
    influence: Influence
    settled: bool


def peak(likelihood: Target, start: np.ndarray) -> Peak:
    """The highest point near `start`, or, not settled, where the way up was given up.

    Newton's steps, shortened until the likelihood rises, and turned uphill where it is not
    concave, until the squared distance to the optimum is 1e-20 standard errors, or what is left
    to gain is lost in rounding. Columns of the designs should be of like size.
    """
    theta, value = np.asarray(start, dtype=float), likelihood.value(start)
    step = np.full(theta.shape, np.inf)
    with np.errstate(all="ignore"):
        for _ in range(ITERATIONS):
            score = likelihood.scores(theta).sum(axis=0)
            uphill = _uphill(likelihood.hessian(theta), score)
            if uphill is None:
                break
            step, decrement = uphill, float(uphill @ score)
            moved, higher = _climb(likelihood, theta, value, step)
            risen = higher > value
            theta, value = (moved, higher) if risen else (theta, value)
            if decrement < DECREMENT or not risen:
                step = step if decrement < NEAR else np.full(theta.shape, np.inf)
                break
        else:
            step = np.full(theta.shape, np.inf)
        return _described(likelihood, theta, step)


def _uphill(hessian: np.ndarray, score: np.ndarray) -> np.ndarray | None:
    if not (np.isfinite(hessian).all() and np.isfinite(score).all()):
        return None
    values, vectors = np.linalg.eigh(-hessian)
    curved = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    step: np.ndarray = vectors @ ((vectors.T @ score) / curved)
    return step


def _climb(
    likelihood: Target, theta: np.ndarray, value: float, step: np.ndarray
) -> tuple[np.ndarray, float]:
    length = 1.0
    for _ in range(STEPS):
        moved = theta + length * step
        higher = likelihood.value(moved)
        if higher > value:
            return moved, higher
        length /= 2
    return theta, value


def _described(likelihood: Target, theta: np.ndarray, step: np.ndarray) -> Peak:
    information, eta = -likelihood.hessian(theta), likelihood.predictors(theta)
    known = bool(np.isfinite(information).all())
    known = known and bool(np.linalg.eigvalsh(information).min() > 0)
    covariance = np.full(information.shape, np.nan)
    if known:
        covariance = np.linalg.inv(information)
        covariance = (covariance + covariance.T) / 2

    def back(rows: np.ndarray) -> np.ndarray:
        score, hessian = likelihood.without(theta, rows)
        step: np.ndarray = np.linalg.lstsq(hessian, score, rcond=None)[0]
        return step

    moving = np.inf
    if np.isfinite(step).all():
        moving = float(np.abs(likelihood.predictors(theta + step) - eta).max())
    return Peak(
        theta=theta,
        covariance=covariance,
        llf=likelihood.value(theta),
        eta=eta,
        influence=Influence(likelihood.scores(theta) @ covariance, back=back),
        settled=known and moving < STILL,
    )
