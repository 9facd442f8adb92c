"""Counts read off their predictors: the mean with its excess of zeros, and the chance of a zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.readings import CONSTANT, NO_LEVEL, Predictor, Reading

WITH_ZEROS = frozenset(
    {"poisson", "negativebinomial", "zeroinflatedpoisson", "zeroinflatednegativebinomial"}
)
"""Kinds whose counts have a distribution, and so a probability of each value."""


def inflated(fitted: Fitted, link: Any) -> Reading:
    """(1 - π) μ: the mean over all rows, among them those that can have no count but 0."""

    def values(eta: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(eta[:, :1]) * expit(-eta[:, 1:]))

    def slopes(eta: np.ndarray) -> np.ndarray:
        relative = np.column_stack([np.ones(len(eta)), -expit(eta[:, 1])])
        return np.asarray((values(eta) * relative)[:, None, :])

    return Reading(NO_LEVEL, (_mean(fitted), *_excess(fitted)), values, slopes, link)


def zero(fitted: Fitted, link: Any) -> Reading:
    """π + (1 - π) P(0): e^-μ of a Poisson count, (1 + αμ)^(-1/α) of a negative binomial one."""
    excess = _excess(fitted)
    dispersed = "alpha" in fitted.result.coef
    alpha = (Predictor(CONSTANT, fitted.at(("alpha",))),) if dispersed else ()
    law = _negative_binomial if dispersed else _poisson

    def parts(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        share = expit(eta[:, 1]) if excess else np.zeros(len(eta))
        return share, *law(eta)

    def values(eta: np.ndarray) -> np.ndarray:
        share, empty, _ = parts(eta)
        return np.asarray((share + (1 - share) * empty)[:, None])

    def slopes(eta: np.ndarray) -> np.ndarray:
        share, empty, by_count = parts(eta)
        own = (1 - share)[:, None] * by_count
        columns = [own[:, 0]]
        if excess:
            columns.append(share * (1 - share) * (1 - empty))
        return np.column_stack([*columns, *own[:, 1:].T])[:, None, :]

    return Reading(NO_LEVEL, (_mean(fitted), *excess, *alpha), values, slopes, link)


def _mean(fitted: Fitted) -> Predictor:
    return Predictor(fitted.formula, fitted.places(fitted.formula), fitted.offset)


def _excess(fitted: Fitted) -> tuple[Predictor, ...]:
    """The predictor of the excess zeros, where there is one."""
    inflation = fitted.inflation
    if inflation is None:
        return ()
    return (Predictor(inflation.formula, fitted.places(inflation.formula, inflation.prefix)),)


def _poisson(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(0) (n,), and its derivative by log μ (n, 1)."""
    mean = np.exp(eta[:, 0])
    empty = np.exp(-mean)
    return empty, (-mean * empty)[:, None]


def _negative_binomial(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(0) (n,), and its derivatives by log μ and by α (n, 2)."""
    mean, alpha = np.exp(eta[:, 0]), eta[:, -1]
    scaled = alpha * mean
    empty = np.exp(-np.log1p(scaled) / alpha)
    by_mean = -mean / (1 + scaled) * empty
    by_alpha = (np.log1p(scaled) / alpha**2 - mean / (alpha * (1 + scaled))) * empty
    return empty, np.column_stack([by_mean, by_alpha])
