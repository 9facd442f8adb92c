"""Covariances of estimates from the influence of each row: classical, robust, cluster-robust.

The influence ψᵢ of a row is how far it moves the estimates, to first order: (XᵀX)⁻¹xᵢeᵢ for
least squares, I⁻¹uᵢ with its score uᵢ for a likelihood. All robust covariances are sums of ψψᵀ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.regressions.blocks import Blocks, Orthogonal, blocks_of

SETTLED, LITTLE, HALF = 1e-8, 0.2, 0.5


@dataclass(frozen=True)
class Influence:
    """`psi` (n, p) the influence of each row, as a whole or by blocks; `q` (n, p) and `r` (p, p)
    the QR decomposition of W^½X where the model has one, or the same as a `basis`; `counts` (n,)
    how many rows each stands for. `back` says, of a model without these, by what the estimates (p,)
    lie from those without some rows (a mask), which are found by a step of Newton's.
    """

    psi: np.ndarray | Blocks
    q: np.ndarray | None = None
    r: np.ndarray | None = None
    counts: np.ndarray | None = None
    back: Callable[[np.ndarray], np.ndarray] | None = None
    basis: Orthogonal | None = None

    def scaled(self, by: np.ndarray) -> Influence:
        """The influence on estimates that are multiplied by constants (p,)."""
        back = self.back
        there = None if back is None else lambda rows: back(rows) * by
        return Influence(blocks_of(self.psi).whole * by, counts=self.counts, back=there)

    @property
    def leverage(self) -> np.ndarray:
        """The leverage of each row with all that it stands for, (n,)."""
        if self.basis is not None:
            return self.basis.leverage
        assert self.q is not None
        leverage: np.ndarray = (self.q**2).sum(axis=1)
        return leverage

    @property
    def hat(self) -> np.ndarray:
        """The leverage of each row, (n,), of one of those it stands for."""
        counts = 1.0 if self.counts is None else self.counts
        return np.asarray(self.leverage / counts)

    def own(self, rows: np.ndarray) -> np.ndarray:
        """The rows of Q, (k, p), that are in a mask (n,)."""
        if self.basis is not None:
            return self.basis.of(rows)
        assert self.q is not None
        return np.asarray(self.q[rows])

    @property
    def root(self) -> np.ndarray | None:
        """R (p, p) of W^½X, where the model has one."""
        return self.r if self.basis is None else self.basis.r * self.basis.lengths

    @property
    def n(self) -> float:
        """The rows, each as often as it counts."""
        return float(self.psi.shape[0] if self.counts is None else self.counts.sum())


def robust(kind: str, influence: Influence) -> np.ndarray:
    """Heteroscedasticity-consistent: HC0 (White 1980), HC1 · n/(n - p), HC2 · 1/(1 - h), HC3 ·
    1/(1 - h)² (MacKinnon and White 1985). A row of leverage 1 adds nothing: it determines some
    coefficients alone and has no part in the others.
    """
    n, p, counts = influence.n, influence.psi.shape[1], influence.counts
    factor: np.ndarray | None = None
    if kind in ("HC2", "HC3"):
        left = 1 - influence.hat
        power = 0.5 if kind == "HC2" else 1.0
        factor = np.where(left > SETTLED, np.maximum(left, SETTLED) ** -power, 0.0)
    meat = np.zeros((p, p))
    for rows, psi in blocks_of(influence.psi):
        own = psi if factor is None else psi * factor[rows, None]
        meat += (own if counts is None else own * counts[rows, None]).T @ own
    return meat * n / (n - p) if kind == "HC1" else meat


def clustered(codes: np.ndarray, influence: Influence) -> np.ndarray:
    """Cluster-robust (Liang and Zeger 1986) with G/(G - 1) · (n - 1)/(n - p), as Stata and
    statsmodels have it. `codes` are the clusters 0 … G - 1 of the rows.
    """
    sums, n, p = cluster_sums(codes, influence), influence.n, influence.psi.shape[1]
    clusters = len(sums)
    correction = clusters / (clusters - 1) * (n - 1) / (n - p)
    covariance: np.ndarray = correction * sums.T @ sums
    return covariance


def cluster_sums(codes: np.ndarray, influence: Influence) -> np.ndarray:
    """How far each cluster moves the estimates: (G, p)."""
    counts, p = influence.counts, influence.psi.shape[1]
    sums = np.zeros((p, int(codes.max()) + 1))
    for rows, psi in blocks_of(influence.psi):
        own = psi if counts is None else psi * counts[rows, None]
        for place in range(p):
            np.add.at(sums[place], codes[rows], own[:, place])
    return np.ascontiguousarray(sums.T)


def deleted(scores: np.ndarray, information: np.ndarray) -> np.ndarray:
    """How far leaving out each cluster moves the estimates back (G, p): (Σ I - I_g)⁻¹ s_g of its
    score (G, p) and information (G, p, p). Exact for a linear mixed model whose variances are
    known (Christensen, Pearson and Johnson 1992, Technometrics 34, 38–45). A cluster without which
    there is no estimate moves none.
    """
    moved = np.zeros_like(scores)
    try:
        root = np.linalg.inv(np.linalg.cholesky(information.sum(axis=0)))
    except np.linalg.LinAlgError:  # columns that depend on each other but for rounding
        return moved
    rest = np.eye(len(root)) - root @ information @ root.T
    # What a cluster tells of any direction is not more than the sum of all that it tells.
    known = len(root) - np.trace(rest, axis1=1, axis2=2) < HALF
    known[~known] = np.linalg.eigvalsh(rest[~known])[:, 0] > SETTLED
    inward = scores[known] @ root.T
    moved[known] = np.linalg.solve(rest[known], inward[..., None])[..., 0] @ root
    return moved


def without(codes: np.ndarray, influence: Influence) -> np.ndarray:
    """How far leaving out each cluster moves the estimates back: (G, p).

    (I - BX_gᵀWX_g)⁻¹ Σψ: exact for least squares, one step of scoring for other models (Preisser
    and Qaqish 1996, Biometrika 83, 551–562). Where a cluster has little leverage, or the model no
    columns to see it by, the sum of its influences.
    """
    sums = cluster_sums(codes, influence)
    r = influence.root
    if influence.back is not None:
        largest = np.abs(sums / np.linalg.norm(sums, axis=0)).max(axis=1)
        for cluster in np.flatnonzero(largest > LITTLE):
            sums[cluster] = influence.back(codes == cluster)
    if r is None:
        return sums
    weight = np.bincount(codes, influence.leverage)
    for cluster in np.flatnonzero(weight > LITTLE):
        own = influence.own(codes == cluster)
        rest = np.eye(len(r)) - own.T @ own
        if np.linalg.eigvalsh(rest).min() > SETTLED:
            sums[cluster] = np.linalg.solve(r, np.linalg.solve(rest, r @ sums[cluster]))
    return sums
