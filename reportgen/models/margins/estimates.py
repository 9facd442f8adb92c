"""From θ and its Jacobian to estimates with intervals and tests: Wald and the delta method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen.core.types import Coef
from reportgen.models.base import finite
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.means import Means


def unknown(fitted: Fitted, J: np.ndarray) -> np.ndarray:
    """Which quantities (k,) need a coefficient that the model does not have, or withholds."""
    size = np.abs(J).max(axis=1, initial=0.0)
    needed = np.abs(J[:, fitted.absent]).max(axis=1, initial=0.0)
    return np.asarray(needed > 1e-9 * size)


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

    On the scale of the outcome an interval is made on that of the reading's link, where it is
    symmetric, and taken back: it keeps to what the outcome can be.
    """
    from reportgen.models.engines.laws import t

    df, se = degrees(fitted, found.J), errors(fitted, found.J)
    half = t.ppf(0.5 + fitted.result.confidence / 2, df) * se
    if found.link is None:
        low, high = found.theta - half, found.theta + half
    else:
        eta = found.link(found.theta)
        spread = half / np.abs(found.link.inverse_deriv(eta))
        ends = found.link.inverse(np.array([eta - spread, eta + spread]))
        low, high = ends.min(axis=0), ends.max(axis=0)
    gone = unknown(fitted, found.J)
    return [
        _quantity(gone[k], found.theta[k], se[k], Coef(
            None, None, None, _known(df[k]), None, finite(low[k]), finite(high[k])
        ))
        for k in range(len(gone))
    ]  # fmt: skip


def of_differences(
    fitted: Fitted,
    theta: np.ndarray,
    J: np.ndarray,
    p: np.ndarray | None = None,
    critical: np.ndarray | None = None,
) -> list[Coef]:
    """Differences with tests against 0. `p` and `critical` (k,) are adjusted for multiplicity."""
    from reportgen.models.engines.laws import t

    df, se = degrees(fitted, J), errors(fitted, J)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = theta / se
    own = 2 * t.sf(np.abs(statistic), df) if p is None else p
    reach = t.ppf(0.5 + fitted.result.confidence / 2, df) if critical is None else critical
    gone = unknown(fitted, J)
    return [
        _quantity(gone[k], theta[k], se[k], Coef(
            None, None, finite(statistic[k]), _known(df[k]), finite(own[k]),
            finite(theta[k] - reach[k] * se[k]), finite(theta[k] + reach[k] * se[k]),
        ))
        for k in range(len(gone))
    ]  # fmt: skip


def _quantity(gone: bool, theta: float, se: float, inference: Coef) -> Coef:
    """An estimate with its inference; alone where it is exact, nothing where it is not known."""
    if gone:
        return Coef(None)
    if not se > 0:
        return Coef(finite(theta))
    return replace(inference, estimate=finite(theta), se=finite(se))


def statistics(fitted: Fitted, theta: np.ndarray, J: np.ndarray) -> np.ndarray:
    """θ / SE (k,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(theta / errors(fitted, J))


def _known(df: float) -> float | None:
    return float(df) if np.isfinite(df) else None
