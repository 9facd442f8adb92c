"""Log-likelihoods of counts by row, with their derivatives by the linear predictors."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma

from reportgen.models.engines.regressions.predictors import Rows


def poisson(y: np.ndarray) -> Rows:
    """The log-likelihood of a row is yη - exp(η) - log y!, by η = log μ: one predictor."""
    constant = -gammaln(y + 1)

    def rows(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        mean = np.exp(eta[:, 0])
        return y * eta[:, 0] - mean + constant, (y - mean)[:, None], -mean[:, None, None]

    return rows


def negative_binomial(y: np.ndarray) -> Rows:
    """Variance μ + αμ² (NB2; Cameron and Trivedi 2013, §3.3), by η = log μ and a = log α.

    With θ = 1/α: log Γ(y+θ) - log Γ(θ) - log y! + θ log(θ/(θ+μ)) + y log(μ/(θ+μ)).
    """
    constant = -gammaln(y + 1)

    def rows(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        mean, alpha = np.exp(eta[:, 0]), np.exp(eta[:, 1])
        theta, scaled = 1 / alpha, alpha * mean
        value = gammaln(y + theta) - gammaln(theta) + y * np.log(alpha) + constant
        value = value + y * eta[:, 0] - (y + theta) * np.log1p(scaled)
        by_mean = (y - mean) / (1 + scaled)
        # By θ first, then by the logarithm of α: dθ/da = -θ.
        first = digamma(y + theta) - digamma(theta)
        second = polygamma(1, y + theta) - polygamma(1, theta)
        slope = first - np.log1p(scaled) + (mean - y) / (theta + mean)
        bend = second + mean * alpha / (theta + mean) - (mean - y) / (theta + mean) ** 2
        gradient = np.column_stack([by_mean, -theta * slope])
        hessian = np.empty((len(y), 2, 2))
        hessian[:, 0, 0] = -mean * (1 + alpha * y) / (1 + scaled) ** 2
        hessian[:, 0, 1] = hessian[:, 1, 0] = -(y - mean) * scaled / (1 + scaled) ** 2
        hessian[:, 1, 1] = theta**2 * bend + theta * slope
        return value, gradient, hessian

    return rows


def inflated(y: np.ndarray, counts: Rows, zeros: Rows) -> Rows:
    """Zero-inflated counts (Lambert 1992, Technometrics 34, 1–14): a zero is in excess with
    probability π, ξ = logit π the first predictor; the others are those of `counts`.

    `zeros` is the likelihood of `counts` for outcomes of 0.
    """
    zero = y == 0

    def rows(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        xi, rest = eta[:, 0], eta[:, 1:]
        value, gradient, hessian = counts(rest)
        empty, first, second = zeros(rest)
        share = expit(xi)
        log_rest = -np.logaddexp(0, xi)
        mixed = np.logaddexp(xi, empty) + log_rest
        # The probability that a zero is one of the counts.
        own = np.where(zero, np.exp(empty + log_rest - mixed), 0.0)
        size = rest.shape[1]
        found = np.where(zero, mixed, value + log_rest)
        slopes = np.empty((len(y), size + 1))
        slopes[:, 0] = np.where(zero, 1 - own, 0.0) - share
        slopes[:, 1:] = np.where(zero[:, None], own[:, None] * first, gradient)
        bends = np.empty((len(y), size + 1, size + 1))
        spread = own * (1 - own)
        bends[:, 0, 0] = spread - share * (1 - share)
        cross = np.where(zero[:, None], -spread[:, None] * first, 0.0)
        bends[:, 0, 1:] = cross
        bends[:, 1:, 0] = cross
        outer = first[:, :, None] * first[:, None, :]
        at_zero = own[:, None, None] * second + spread[:, None, None] * outer
        bends[:, 1:, 1:] = np.where(zero[:, None, None], at_zero, hessian)
        return found, slopes, bends

    return rows
