"""Least squares by QR of columns scaled to length 1, as accurate as the data allow.

The pseudo-inverse of unscaled columns has no correct digit on NIST's Filip.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import solve_triangular

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.regressions.blocks import Blocks, Rows
from reportgen.models.engines.sandwich import Influence

REFINEMENTS = 2
BLOCK = 1 << 16
"""Rows that are held in extended precision at a time."""
MILD = 1e4
"""The condition up to which doubles lose no digit that is shown."""


@dataclass(frozen=True)
class LeastSquares:
    """The solution of min Σ wᵢ (yᵢ - xᵢᵀb)²; X is (n, p) of full rank.

    `unscaled` is (XᵀWX)⁻¹; `residual` is y - Xb, not weighted.
    """

    b: np.ndarray
    unscaled: np.ndarray
    residual: np.ndarray
    influence: Influence
    rss: float
    tss: float
    centered: bool

    @property
    def df_resid(self) -> int:
        """Rows less coefficients."""
        return len(self.residual) - len(self.b)

    @property
    def scale(self) -> float:
        """The residual variance; 0 where no degrees of freedom are left."""
        return self.rss / self.df_resid if self.df_resid else 0.0

    def stats(self, weights: np.ndarray | None) -> dict[str, float | None]:
        """The statistics of the whole model, as statsmodels defines them.

        Log-likelihood at the scale that maximises it; R² about the mean where the columns contain
        a constant, else about 0.
        """
        n, p = len(self.residual), len(self.b)
        llf = None
        if self.rss > 0:
            llf = -n / 2 * (np.log(2 * np.pi * self.rss / n) + 1)
            llf += 0 if weights is None else float(np.log(weights).sum()) / 2
        share = self.rss / self.tss if self.tss > 0 else None
        adjusted = None
        if share is not None and self.df_resid:
            adjusted = 1 - share * (n - self.centered) / self.df_resid
        return {
            "llf": llf,
            "aic": None if llf is None else 2 * p - 2 * llf,
            "bic": None if llf is None else np.log(n) * p - 2 * llf,
            "rsquared": None if share is None else 1 - share,
            "rsquared_adj": adjusted,
            "scale": self.scale if self.df_resid else None,
            "df_resid": self.df_resid,
        }


def solve(y: np.ndarray, X: np.ndarray | Blocks, weights: np.ndarray | None) -> LeastSquares:
    """Least squares of y (n,) on X (n, p), weighted where `weights` (n,) are given."""
    if isinstance(X, Blocks):
        if not X.single:
            return _by_blocks(y, X, weights)
        X = X.whole
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    scaled = X * root[:, None]
    # A power of two scales without rounding.
    lengths = np.exp2(np.round(np.log2(np.linalg.norm(scaled, axis=0))))
    scaled /= lengths
    q, r = np.linalg.qr(scaled)
    inverse = solve_triangular(r, q.T) / lengths[:, None]
    b, weighted = _refined(scaled, y * root, q, r)
    residual = weighted / root
    centered = _has_constant(X, q, root)
    mean = float(np.average(y, weights=root**2)) if centered else 0.0
    return LeastSquares(
        b=b / lengths,
        unscaled=inverse @ inverse.T,
        residual=residual,
        influence=Influence(inverse.T * weighted[:, None], q, r * lengths),
        rss=float(weighted @ weighted),
        tss=float(np.sum((root * (y - mean)) ** 2)),
        centered=centered,
    )


def _by_blocks(y: np.ndarray, X: Blocks, weights: np.ndarray | None) -> LeastSquares:
    """The same a block of rows at a time. RᵀRb = XᵀWy is solved again for what a solution leaves of
    it (Björck 1996, Numerical Methods for Least Squares Problems, §2.9.3, §6.6.5), in extended
    precision where the columns are not far from depending on each other.
    """
    W = X if weights is None else X.scaled(np.sqrt(weights))
    basis, n = W.basis, len(y)
    inverse = solve_triangular(basis.r, np.eye(len(basis.r))) / basis.lengths[:, None]
    unscaled = inverse @ inverse.T
    kind: Any = np.longdouble if np.linalg.cond(basis.r) > MILD else np.float64
    b = np.zeros(X.shape[1], dtype=kind)
    for _ in range(1 + REFINEMENTS):
        score = np.zeros(len(b), dtype=kind)
        for rows, block in X:
            own = block.astype(kind, copy=False)
            left = y[rows] - own @ b
            score += own.T @ (left if weights is None else left * weights[rows])
        b = b + inverse @ (inverse.T @ score.astype(float))
    residual = y - X.dot(b.astype(float))
    weighted = residual if weights is None else residual * np.sqrt(weights)
    centered = _constant_within(W, None if weights is None else np.sqrt(weights))
    mean = float(np.average(y, weights=weights)) if centered else 0.0
    squares = (y - mean) ** 2 if weights is None else weights * (y - mean) ** 2

    def influences(rows: Rows) -> np.ndarray:
        return np.asarray(W.at(rows) @ unscaled * weighted[rows, None])

    return LeastSquares(
        b=b.astype(float),
        unscaled=unscaled,
        residual=residual,
        influence=Influence(Blocks(n, len(b), influences), basis=basis),
        rss=float(weighted @ weighted),
        tss=float(np.sum(squares)),
        centered=centered,
    )


def _constant_within(W: Blocks, root: np.ndarray | None) -> bool:
    """Whether the square roots of weights, (n,), are a combination of the columns."""
    basis, root = W.basis, np.ones(len(W)) if root is None else root
    inward = solve_triangular(basis.r, W.against(root) / basis.lengths, trans="T")
    left = root - W.dot(solve_triangular(basis.r, inward) / basis.lengths)
    return bool(left @ left < 1e-16 * (root @ root))


def _refined(
    X: np.ndarray, y: np.ndarray, q: np.ndarray, r: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and residuals, refined in extended precision (Björck 1967, BIT 7, 257–278).

    The augmented system e + Xb = y, Xᵀe = 0 is solved again for what a solution leaves of it;
    where the machine has no longer numbers than doubles this changes little.
    """
    b = solve_triangular(r, q.T @ y).astype(np.longdouble)
    blocks = [slice(first, first + BLOCK) for first in range(0, len(y), BLOCK)]
    e = np.concatenate([y[rows] - X[rows].astype(np.longdouble) @ b for rows in blocks])
    for _ in range(REFINEMENTS):
        first, second = np.empty(len(y)), np.zeros(len(b), dtype=np.longdouble)
        for rows in blocks:
            extended = X[rows].astype(np.longdouble)
            first[rows] = y[rows] - e[rows] - extended @ b
            second -= extended.T @ e[rows]
        part = solve_triangular(r, second.astype(float), trans="T")
        moved = solve_triangular(r, q.T @ first - part)
        b = b + moved
        e += first - X @ moved
    return b.astype(float), e.astype(float)


def _has_constant(X: np.ndarray, q: np.ndarray, root: np.ndarray) -> bool:
    """Whether a constant is a combination of the columns."""
    if (np.ptp(X, axis=0) == 0).any():
        return True
    left = root - q @ (q.T @ root)
    return bool(left @ left < 1e-16 * (root @ root))
