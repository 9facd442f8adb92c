"""Rows sorted by cluster: sums within clusters, and the values of clusters in their rows."""

from __future__ import annotations

import numpy as np


class Clusters:
    """n rows in G clusters, and the columns Z (n, q) of their random effects, in cluster order.

    `order` sorts rows as they came (`codes`, each cluster a whole number from 0) into that order.
    """

    def __init__(self, codes: np.ndarray, Z: np.ndarray) -> None:
        self.order = np.argsort(codes, kind="stable")
        self.first = np.flatnonzero(np.diff(codes[self.order], prepend=-1))
        self.counts = np.diff(self.first, append=len(codes))
        self.columns = [np.ascontiguousarray(column[self.order]) for column in Z.T]
        self.n, self.q, self.G = len(codes), Z.shape[1], len(self.first)

    def gather(self, rows: np.ndarray) -> np.ndarray:
        """Sums of (n,) within clusters: (G,)."""
        return np.add.reduceat(rows, self.first)

    def spread(self, clusters: np.ndarray) -> np.ndarray:
        """The value of a cluster in each of its rows: (G,) → (n,)."""
        return np.repeat(clusters, self.counts)

    def gather_z(self, rows: np.ndarray) -> np.ndarray:
        """Σ Z_iᵀ rows_i within clusters: (n,) → (G, q)."""
        return np.stack([self.gather(column * rows) for column in self.columns], axis=1)

    def gather_zz(self, rows: np.ndarray) -> np.ndarray:
        """Σ rows_i Z_iᵀ Z_i within clusters: (n,) → (G, q, q)."""
        made = np.empty((self.G, self.q, self.q))
        for r, column in enumerate(self.columns):
            weighted = rows * column
            for s in range(r + 1):
                made[:, r, s] = made[:, s, r] = self.gather(weighted * self.columns[s])
        return made

    def gather_xz(self, X: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Σ rows_i X_iᵀ Z_i within clusters, X in cluster order: (G, p, q)."""
        made = [np.add.reduceat(X * (rows * z)[:, None], self.first, axis=0) for z in self.columns]
        return np.stack(made, axis=2)

    def spread_z(self, effects: np.ndarray) -> np.ndarray:
        """Z_i · effects of the cluster: (G, q) → (n,)."""
        total = self.columns[0] * self.spread(effects[:, 0])
        for r in range(1, self.q):
            total += self.columns[r] * self.spread(effects[:, r])
        return np.asarray(total)

    def spread_zz(self, forms: np.ndarray) -> np.ndarray:
        """Z_i K Z_iᵀ with the symmetric K of the cluster: (G, q, q) → (n,)."""
        total = np.zeros(self.n)
        for r in range(self.q):
            total += self.spread(forms[:, r, r]) * self.columns[r] ** 2
            for s in range(r):
                total += 2 * self.spread(forms[:, r, s]) * self.columns[r] * self.columns[s]
        return total


# Many matrices of one element are the rule, and LAPACK would be called for each.


def solve(H: np.ndarray, right: np.ndarray) -> np.ndarray:
    """H⁻¹ x of each cluster: (G, q, q), (G, q) → (G, q)."""
    if H.shape[-1] == 1:
        return np.asarray(right / H[:, :, 0])
    return np.asarray(np.linalg.solve(H, right[..., None])[..., 0])


def inverse(H: np.ndarray) -> np.ndarray:
    """The inverse of each matrix of (G, q, q)."""
    return 1 / H if H.shape[-1] == 1 else np.linalg.inv(H)


def root(H: np.ndarray) -> np.ndarray:
    """The Cholesky factor of each matrix of (G, q, q)."""
    return np.sqrt(H) if H.shape[-1] == 1 else np.linalg.cholesky(H)


def times(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """A x of each cluster: (G, q, q), (G, q) → (G, q)."""
    return np.asarray((left @ right[..., None])[..., 0])
