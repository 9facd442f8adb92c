"""From θ and its Jacobian to estimates with intervals and tests: Wald and the delta method."""

from __future__ import annotations

import numpy as np

from reportgen.core.types import Coef
from reportgen.models.base import finite
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.means import Means, slope


def degrees(fitted: Fitted, J: np.ndarray) -> np.ndarray:
    """Degrees of freedom (k,): the smallest of the coefficients that take part, else infinite."""
    taking = np.abs(J) > 1e-12 * np.abs(J).max(axis=1, keepdims=True, initial=1e-300)
    return np.asarray(np.where(taking, fitted.df[None, :], np.inf).min(axis=1))


def errors(fitted: Fitted, J: np.ndarray) -> np.ndarray:
    """Standard errors (k,): √(J V Jᵀ)."""
    variances = np.einsum("kp,pq,kq->k", J, fitted.V, J)
    return np.asarray(np.sqrt(np.clip(variances, 0.0, None)))


def of_means(fitted: Fitted, found: Means) -> list[Coef]:
    """Means with intervals; no test, because no mean is thought to be zero.

    On the scale of the outcome an interval is made on that of the linear predictor, where it is
    symmetric, and taken back: it keeps to what the outcome can be.
    """
    from scipy.stats import t

    df, se = degrees(fitted, found.J), errors(fitted, found.J)
    half = t.ppf(0.5 + fitted.result.confidence / 2, df) * se
    if found.scale == "link" or fitted.link is None:
        low, high = found.theta - half, found.theta + half
    else:
        eta = fitted.link(found.theta)
        spread = half / np.abs(slope(fitted, eta))
        ends = fitted.link.inverse(np.array([eta - spread, eta + spread]))
        low, high = ends.min(axis=0), ends.max(axis=0)
    return [
        Coef(finite(each), finite(error), None, _known(law), None, finite(least), finite(most))
        if error > 0
        else Coef(finite(each))
        for each, error, law, least, most in zip(found.theta, se, df, low, high, strict=True)
    ]


def of_differences(
    fitted: Fitted,
    theta: np.ndarray,
    J: np.ndarray,
    p: np.ndarray | None = None,
    critical: np.ndarray | None = None,
) -> list[Coef]:
    """Differences with tests against 0. `p` and `critical` (k,) are adjusted for multiplicity."""
    from scipy.stats import t

    df, se = degrees(fitted, J), errors(fitted, J)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = theta / se
    own = 2 * t.sf(np.abs(statistic), df) if p is None else p
    reach = t.ppf(0.5 + fitted.result.confidence / 2, df) if critical is None else critical
    return [
        Coef(
            finite(theta[k]), float(se[k]), float(statistic[k]), _known(df[k]), float(own[k]),
            finite(theta[k] - reach[k] * se[k]), finite(theta[k] + reach[k] * se[k]),
        )
        if se[k] > 0
        else Coef(finite(theta[k]))
        for k in range(len(theta))
    ]  # fmt: skip


def statistics(fitted: Fitted, theta: np.ndarray, J: np.ndarray) -> np.ndarray:
    """θ / SE (k,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(theta / errors(fitted, J))


def _known(df: float) -> float | None:
    return float(df) if np.isfinite(df) else None
