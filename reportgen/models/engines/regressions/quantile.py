"""Regression quantiles: the exact solution of the linear programme, and its covariance."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.laws import norm

INSIDE, HELD = 1e-7, 1e-9


@dataclass(frozen=True)
class Quantile:
    """A regression quantile: `b` (p,), residuals (n,), the sum of its weighted absolute
    residuals, whether another b has the same, and 1/f(0), the sparsity of the residuals there.
    """

    b: np.ndarray
    residual: np.ndarray
    loss: float
    unique: bool
    sparsity: float
    bandwidth: float


def solve(y: np.ndarray, X: np.ndarray, q: float) -> Quantile | None:
    """The b of least Σ ρ(yᵢ - xᵢᵀb), ρ(e) = e·(q - [e < 0]) (Koenker and Bassett 1978, Econometrica
    46, 33–50). X is (n, p) of full rank.

    The dual, max yᵀa with Xᵀa = (1 - q)Xᵀ1 and 0 ≤ a ≤ 1, names the p rows that the quantile
    passes through (those with 0 < a < 1); b is then solved from them without iteration.
    """
    lengths = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
    scaled, unit = X / lengths, max(float(np.std(y)), np.finfo(float).tiny)
    target = y / unit
    solved = linprog(
        -target, A_eq=scaled.T, b_eq=(1 - q) * scaled.sum(axis=0), bounds=(0, 1), method="highs"
    )
    if solved.x is None:
        return None
    b = -np.asarray(solved.eqlin.marginals)
    through = (solved.x > INSIDE) & (solved.x < 1 - INSIDE)
    if through.sum() == X.shape[1] and np.linalg.cond(scaled[through]) < 1 / INSIDE:
        b = np.linalg.solve(scaled[through], target[through])
    residual = (target - scaled @ b) * unit
    residual[through] = 0.0
    sparsity, bandwidth = _sparsity(residual, y, q)
    return Quantile(
        b=b / lengths * unit,
        residual=residual,
        loss=float(check(residual, q).sum()),
        unique=bool(through.sum() == X.shape[1]),
        sparsity=sparsity,
        bandwidth=bandwidth,
    )


def check(residual: np.ndarray, q: float) -> np.ndarray:
    """ρ(e) = e·(q - [e < 0])."""
    return np.where(residual < 0, (q - 1) * residual, q * residual)


def covariance(found: Quantile, X: np.ndarray, q: float, *, iid: bool) -> np.ndarray:
    """The covariance of b, as statsmodels has it. With `iid` errors q(1 - q)/f(0)² (XᵀX)⁻¹; else
    (XᵀX)⁻¹XᵀDX(XᵀX)⁻¹ with dᵢ = (q/f(0))² above the quantile and ((1 - q)/f(0))² below.
    """
    inverse = np.linalg.inv(X.T @ X)
    if iid:
        made: np.ndarray = found.sparsity**2 * q * (1 - q) * inverse
        return made
    d = found.sparsity**2 * np.where(found.residual > 0, q**2, (1 - q) ** 2)
    sandwich: np.ndarray = inverse @ (X.T @ (X * d[:, None])) @ inverse
    return sandwich


def influence(found: Quantile, X: np.ndarray, q: float) -> np.ndarray:
    """How far each row moves b, to first order: (XᵀX)⁻¹xᵢ(q - [eᵢ < 0])/f(0), (n, p); summed by
    clusters it is the covariance of Parente and Santos Silva 2016, J Econom Methods 5, 1–15.
    """
    sign = np.where(found.residual < 0, q - 1, q)
    moved: np.ndarray = X @ np.linalg.inv(X.T @ X) * (found.sparsity * sign)[:, None]
    return moved


def _sparsity(residual: np.ndarray, y: np.ndarray, q: float) -> tuple[float, float]:
    """1/f(0) by Epanechnikov's kernel, and its bandwidth by Hall and Sheather 1988, as Stata and
    statsmodels have them.
    """
    n, z = len(y), norm.ppf(q)
    share = n ** (-1 / 3) * norm.ppf(0.975) ** (2 / 3)
    share *= (1.5 * norm.pdf(z) ** 2 / (2 * z**2 + 1)) ** (1 / 3)
    low, high = max(q - share, 1e-12), min(q + share, 1 - 1e-12)
    spread = min(np.std(y), np.subtract(*np.percentile(residual, [75, 25])) / 1.34)
    bandwidth = float(spread * (norm.ppf(high) - norm.ppf(low)))
    if bandwidth <= 0:
        return np.nan, 0.0
    u = residual / bandwidth
    height = float(np.sum(np.where(np.abs(u) <= 1, 0.75 * (1 - u**2), 0.0))) / (n * bandwidth)
    return (1 / height if height > 0 else np.nan), bandwidth
