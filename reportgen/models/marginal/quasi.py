"""Quasi-likelihood, and the criteria that generalised estimating equations have instead of AIC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.equations.estimating import EstimatingEquations, Solution


ROWS = 1 << 20
"""The rows that are worked on at a time."""


def criteria(equations: EstimatingEquations, solution: Solution, quasi: float) -> dict[str, float]:
    """QIC and its parts at the model's own scale φ (Pan 2001, Biometrics 57, 120–125).

    QIC = -2 Q/φ + 2 tr(Ω V) and QICu = -2 Q/φ + 2 p: `quasi` is Q, the quasi-likelihood of the
    estimates under independence at scale 1; Ω = Σ Dᵀ A⁻¹ D / φ, V the robust covariance. `cic` is
    tr(Ω V). Models are compared at one scale: from Q, φ and `cic` each can be had at any other.
    statsmodels' own `qic()` leaves A out of Ω.
    """
    import numpy as np

    point, scale = solution.point, solution.scale
    omega = equations.alone(point) / scale
    cic = float(np.sum(omega * solution.robust))
    return {
        "quasi": quasi,
        "cic": cic,
        "qic": -2 * quasi / scale + 2 * cic,
        "qicu": -2 * quasi / scale + 2 * len(point.beta),
    }


def quasi_sum(options: Any, y: np.ndarray, mean: np.ndarray) -> float:
    """The quasi-likelihood of all rows, some at a time."""
    parts = [slice(first, first + ROWS) for first in range(0, len(y), ROWS)]
    return float(sum(quasi_likelihood(options, y[rows], mean[rows]).sum() for rows in parts))


def quasi_likelihood(options: Any, y: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """∫ (y - t) / V(t) dt up to the mean, at scale 1, shape (n,), without terms of y alone.

    McCullagh and Nelder 1989, table 9.1; by integration for V(μ) = μ + alpha·μ² and μ^var_power.
    """
    import numpy as np
    from scipy.special import xlog1py, xlogy

    alpha, power = options.alpha, options.var_power
    return np.asarray({
        "gaussian": lambda: -((y - mean) ** 2) / 2,
        "binomial": lambda: xlogy(y, mean) + xlog1py(1 - y, -mean),
        "poisson": lambda: xlogy(y, mean) - mean,
        "gamma": lambda: -y / mean - np.log(mean),
        "inverse_gaussian": lambda: -y / (2 * mean**2) + 1 / mean,
        "negative_binomial": lambda: (
            xlogy(y, alpha * mean / (1 + alpha * mean)) - np.log1p(alpha * mean) / alpha
        ),
        "tweedie": lambda: (
            y * mean ** (1 - power) / (1 - power) - mean ** (2 - power) / (2 - power)
        ),
    }[options.family]())  # fmt: skip
