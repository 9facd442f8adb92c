"""Rows sorted by cluster: sums within clusters, and the values of clusters in their rows."""

from __future__ import annotations

import numpy as np

from reportgen.models.engines.equations.units import Sorted


class Clusters:
    """n rows in G clusters, and the columns Z (n, q) of their random effects, in cluster order.

    `order` sorts rows as they came (`codes`, each cluster a whole number from 0) into that order.
    Rows (n,) and clusters (G,) may have other axes before them, of several values each.
    """

    def __init__(self, codes: np.ndarray, Z: np.ndarray) -> None:
        self.by = Sorted.of(codes)
        self.order = np.arange(len(codes)) if self.by.order is None else self.by.order
        self.first, self.counts = self.by.units.starts, self.by.units.sizes
        self.columns = [np.ascontiguousarray(self.by.rows(column)) for column in Z.T]
        self.constant = [bool((column == 1).all()) for column in self.columns]
        self.n, self.q, self.G = len(codes), Z.shape[1], len(self.first)

    def _times(self, place: int, rows: np.ndarray) -> np.ndarray:
        """A column of Z times (n,), which is (n,) itself where the column is 1."""
        return rows if self.constant[place] else self.columns[place] * rows

    def gather(self, rows: np.ndarray) -> np.ndarray:
        """Sums of (n,) within clusters: (G,)."""
        return np.add.reduceat(rows, self.first, axis=-1)

    def spread(self, clusters: np.ndarray) -> np.ndarray:
        """The value of a cluster in each of its rows: (G,) → (n,)."""
        return np.repeat(clusters, self.counts, axis=-1)

    def gather_z(self, rows: np.ndarray) -> np.ndarray:
        """Σ Z_iᵀ rows_i within clusters: (n,) → (G, q)."""
        made = np.empty((*rows.shape[:-1], self.G, self.q))
        for place in range(self.q):
            made[..., place] = self.gather(self._times(place, rows))
        return made

    def gather_zz(self, rows: np.ndarray) -> np.ndarray:
        """Σ rows_i Z_iᵀ Z_i within clusters: (n,) → (G, q, q)."""
        made = np.empty((self.G, self.q, self.q))
        for r in range(self.q):
            weighted = self._times(r, rows)
            for s in range(r + 1):
                made[:, r, s] = made[:, s, r] = self.gather(self._times(s, weighted))
        return made

    def gather_xz(self, X: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Σ rows_i X_iᵀ Z_i within clusters, X in cluster order: (G, p, q)."""
        made = np.empty((self.G, X.shape[1], self.q))
        for place in range(self.q):
            weighted = self._times(place, rows)
            for column, x in enumerate(X.T):
                made[:, column, place] = self.gather(weighted * x)
        return made

    def gather_xzz(self, X: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Σ rows_i X_i Z_iᵀ Z_i within clusters, X in cluster order: (G, p, q, q)."""
        made = np.empty((self.G, X.shape[1], self.q, self.q))
        for r in range(self.q):
            made[:, :, r] = self.gather_xz(X, self._times(r, rows))
        return made

    def spread_z(self, effects: np.ndarray) -> np.ndarray:
        """Z_i · effects of the cluster: (G, q) → (n,)."""
        total = self._times(0, self.spread(effects[..., 0]))
        for r in range(1, self.q):
            total += self._times(r, self.spread(effects[..., r]))
        return np.asarray(total)

    def spread_zz(self, forms: np.ndarray) -> np.ndarray:
        """Z_i K Z_iᵀ with the symmetric K of the cluster: (G, q, q) → (n,)."""
        total = self._times(0, self._times(0, self.spread(forms[:, 0, 0])))
        for r in range(1, self.q):
            total += self._times(r, self._times(r, self.spread(forms[:, r, r])))
            for s in range(r):
                total += self._times(r, self._times(s, self.spread(2 * forms[:, r, s])))
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
