"""Random effects of one grouping factor and many rows: cross-products of clusters, no matrix Z.

All that the likelihood of such a model needs of the rows are ZᵀZ, ZᵀX and Zᵀr of each cluster,
added up a block of rows at a time, wherever the rows of a cluster stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from reportgen.models.engines.effects.columns import Batch
from reportgen.models.engines.effects.layout import Layout
from reportgen.models.engines.regressions.blocks import Blocks, Rows


class Grouped:
    """k correlated effects in each of G clusters: `codes` (n,) 0 … G - 1, and Z (n, k) by blocks,
    the column of each effect over all clusters. The answers are those of `Columns`.
    """

    components = 0

    def __init__(self, codes: np.ndarray, Z: Blocks) -> None:
        self.codes, self.blocks = codes, Z
        self.n, self.correlated = Z.shape
        self.sizes = np.bincount(codes)

    @property
    def layout(self) -> Layout:
        """The parameters of Ψ."""
        return Layout(self.correlated, ())

    @property
    def kind(self) -> np.ndarray:
        """The place of each effect in the correlated block, (kG,)."""
        return np.repeat(np.arange(self.correlated), len(self.sizes))

    @property
    def home(self) -> np.ndarray:
        """The cluster of each effect, (kG,)."""
        return np.tile(np.arange(len(self.sizes)), self.correlated)

    @cached_property
    def Z(self) -> csr_matrix:  # noqa: N802 (so it is called)
        """Z (n, kG) as a sparse matrix: for whoever does not go block by block."""
        rows, G = np.arange(self.n), len(self.sizes)
        effects = [self.codes + number * G for number in range(self.correlated)]
        return csr_matrix(
            (self.blocks.whole.T.ravel(), (np.tile(rows, len(effects)), np.concatenate(effects))),
            shape=(self.n, G * self.correlated),
        )

    @cached_property
    def within(self) -> np.ndarray:
        """ZᵀZ of each cluster, (G, k, k)."""
        lower = np.tril_indices(self.correlated)
        made = np.empty((len(self.sizes), self.correlated, self.correlated))
        sums = self._sums(
            (rows, (z[:, a] * z[:, b] for a, b in zip(*lower, strict=True)))
            for rows, z in self.blocks
        )
        made[:, lower[0], lower[1]] = made[:, lower[1], lower[0]] = sums
        return made

    @cached_property
    def squares(self) -> np.ndarray:
        """Σ zzᵀ / n (k, k); 1 for an effect whose column is 0 everywhere."""
        squares: np.ndarray = self.within.sum(axis=0) / self.n
        squares[np.diag_indices_from(squares)] += np.diag(squares) == 0
        return squares

    @property
    def lengths(self) -> np.ndarray:
        """The squared length of the column of each effect, (kG,)."""
        return np.asarray(np.einsum("gkk->kg", self.within).ravel())

    def crossed(self, X: Blocks) -> np.ndarray:
        """ZᵀX of each cluster, (G, k, p)."""
        k, p = self.correlated, X.shape[1]
        sums = self._sums(
            (rows, (z[:, a] * x[:, b] for a in range(k) for b in range(p)))
            for (rows, x), z in ((each, self.blocks.at(each[0])) for each in X)
        )
        return np.asarray(sums.reshape(-1, k, p))

    def stacked(self, each: np.ndarray) -> np.ndarray:
        """What belongs to the effects of clusters (G, k, p), an effect a row: (kG, p)."""
        return np.asarray(each.transpose(1, 0, 2).reshape(-1, each.shape[2]))

    def against(self, X: Blocks) -> np.ndarray:
        """ZᵀX (kG, p)."""
        return self.stacked(self.crossed(X))

    def dot(self, effects: np.ndarray) -> np.ndarray:
        """Z times the effects (kG,): (n,)."""
        by_cluster, made = effects.reshape(self.correlated, -1), np.empty(self.n)
        for rows, z in self.blocks:
            made[rows] = np.einsum("nk,kn->n", z, by_cluster[:, self.codes[rows]])
        return made

    def batch(self, turn: np.ndarray, X: Blocks, r: np.ndarray) -> Batch:
        """The clusters as one batch, the effects turned by T (k, k), r (n,) beside X."""
        if self.blocks.single:  # the columns themselves, so that no digit is lost to their origins
            return Grouped(self.codes, Blocks.of(self.blocks.whole @ turn))._batch(X, r)
        crossed = turn.T @ self.crossed(beside(X, r))
        return Batch(
            self.layout, self._places, turn.T @ self.within @ turn,
            crossed[..., :-1], crossed[..., -1:],
        )  # fmt: skip

    def _batch(self, X: Blocks, r: np.ndarray) -> Batch:
        crossed = self.crossed(beside(X, r))
        return Batch(self.layout, self._places, self.within, crossed[..., :-1], crossed[..., -1:])

    @property
    def _places(self) -> np.ndarray:
        """Which effect stands where in the blocks (G, k)."""
        G, k = len(self.sizes), self.correlated
        return np.arange(G * k).reshape(k, G).T

    def products(self, X: Blocks) -> np.ndarray:
        """XᵀX of each cluster, (G, p, p)."""
        return Grouped(self.codes, X).within

    def _sums(self, parts: Iterable[tuple[slice, Iterable[np.ndarray]]]) -> np.ndarray:
        """The sums over clusters of columns that come a block of rows at a time: (G, q)."""
        totals: list[np.ndarray] = []
        for rows, columns in parts:
            codes = self.codes[rows]
            first = self._starts(rows) if self.sorted else None
            for number, column in enumerate(columns):
                if number == len(totals):
                    totals.append(np.zeros(len(self.sizes)))
                if first is None:
                    np.add.at(totals[number], codes, column)
                else:
                    totals[number][codes[first]] += np.add.reduceat(column, first)
        return np.column_stack(totals)

    def _starts(self, rows: slice) -> np.ndarray:
        """The first row of each cluster among some of the sorted rows."""
        if rows.stop - rows.start == self.n:
            return np.cumsum(self.sizes) - self.sizes
        return np.flatnonzero(np.diff(self.codes[rows], prepend=-1))

    @cached_property
    def sorted(self) -> bool:
        """Whether the rows of a cluster follow each other, the first cluster first."""
        return bool(np.all(self.codes[1:] >= self.codes[:-1]))


def beside(X: Blocks, r: np.ndarray) -> Blocks:
    """[X, r] (n, p + 1) by the blocks of X."""

    def make(rows: Rows) -> np.ndarray:
        block = X.at(rows)
        made = np.empty((len(block), block.shape[1] + 1), order="F")
        made[:, :-1], made[:, -1] = block, r[rows]
        return made

    slices = Blocks(len(X), X.shape[1] + 1, make)
    slices.single = X.single
    return slices
