"""Random effects of one grouping factor and many rows: cross-products of clusters, no matrix Z.

All that the likelihood of such a model needs of the rows are ZᵀZ, ZᵀX and Zᵀr of each cluster,
added up a block of rows at a time, wherever the rows of a cluster stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, reduce
from itertools import product

import numpy as np
from scipy.sparse import csr_matrix

from reportgen.models.engines.effects.columns import Batch
from reportgen.models.engines.effects.layout import Layout
from reportgen.models.engines.regressions.blocks import Blocks, Rows

Column = np.ndarray | None
"""A column (n,); None for one that is 1 in every row, whose product with another is that other."""


class Grouped:
    """k correlated effects in each of G clusters: `codes` (n,) 0 … G - 1, and Z (n, k) by blocks,
    the column of each effect over all clusters. The answers are those of `Columns`.
    """

    components = 0

    def __init__(self, codes: np.ndarray, Z: Blocks) -> None:
        self.codes, self.blocks = codes, Z
        self.n, self.correlated = Z.shape
        self.layout = Layout(self.correlated, ())
        bounds = _bounds(codes)
        self.starts = None if bounds is None else bounds[:-1]
        self.sizes = np.bincount(codes) if bounds is None else np.diff(bounds)

    @property
    def levels(self) -> np.ndarray:
        """The number of effects of each kind, (k,)."""
        return np.full(self.correlated, len(self.sizes))

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
        parts = ((rows, _columns(z)) for rows, z in self.blocks)
        return self._squares(self.correlated, parts).transpose(2, 0, 1)

    @cached_property
    def squares(self) -> np.ndarray:
        """Σ zzᵀ / n (k, k); 1 for an effect whose column is 0 everywhere."""
        whole = self.blocks.squares if self.blocks.single else self.within.sum(axis=0)
        empty = np.diag((whole.diagonal() == 0).astype(float))
        return np.asarray(whole / self.n + empty)

    @property
    def lengths(self) -> np.ndarray:
        """The squared length of the column of each effect, (kG,)."""
        return np.asarray(np.einsum("gkk->kg", self.within).ravel())

    def crossed(self, X: Blocks) -> np.ndarray:
        """ZᵀX of each cluster, (G, k, p)."""
        sums = self._sums(
            (rows, (_times(*pair) for pair in product(_columns(self.blocks.at(rows)), _columns(x))))
            for rows, x in X
        )
        return sums.reshape(self.correlated, X.shape[1], -1).transpose(2, 0, 1)

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

    def batch(self, root: np.ndarray, X: Blocks, r: np.ndarray) -> Batch:
        """The clusters as one batch of effects turned by T = R⁻¹, R (k, k) upper triangular, r (n,)
        beside X.
        """
        turn = np.linalg.inv(root)
        if self.blocks.single and X.single:
            A, B = self._turned(root, turn, X.whole, r)
        else:
            A, B = turn.T @ self.within @ turn, turn.T @ self.crossed(beside(X, r))
        return Batch(self.layout, self._places, A, B)

    def _turned(
        self, root: np.ndarray, turn: np.ndarray, X: np.ndarray, r: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Z̃ᵀZ̃ and Z̃ᵀ[X, r] of each cluster, Z̃ = ZT. The columns are turned, not their sums, so
        that no digit is lost to their origins. A column of X that is one of Z = Z̃R needs no sums
        of its own.
        """
        Z, rows = _columns(self.blocks.whole), slice(0, self.n)
        turned = [_combined(Z, weights, self.n) for weights in turn.T]
        A = self._squares(len(turned), [(rows, turned)])
        columns = [*_columns(X), r]
        known = [next((i for i, z in enumerate(Z) if _same(x, z)), None) for x in columns]
        new = [x for x, place in zip(columns, known, strict=True) if place is None]
        B = np.empty((len(turned), len(columns), len(self.sizes)))
        sums = self._sums([(rows, (_times(*pair) for pair in product(turned, new)))])
        B[:, [place is None for place in known]] = sums.reshape(len(turned), len(new), -1)
        for column, place in enumerate(known):
            if place is not None:
                B[:, column] = root[:, place] @ A
        return A.transpose(2, 0, 1), B.transpose(2, 0, 1)

    @property
    def _places(self) -> np.ndarray:
        """Which effect stands where in the blocks (G, k)."""
        G, k = len(self.sizes), self.correlated
        return np.arange(G * k).reshape(k, G).T

    def products(self, X: Blocks, r: np.ndarray) -> np.ndarray:
        """[X, r]ᵀ[X, r] of each cluster, (G, p + 1, p + 1)."""
        parts = ((rows, [*_columns(x), r[rows]]) for rows, x in X)
        return self._squares(X.shape[1] + 1, parts).transpose(2, 0, 1)

    def _squares(self, k: int, parts: Iterable[tuple[slice, list[Column]]]) -> np.ndarray:
        """The products of k columns with each other, summed over clusters: (k, k, G)."""
        pairs = Layout(k, ()).pairs
        made = np.empty((k, k, len(self.sizes)))
        sums = self._sums((rows, (_times(z[a], z[b]) for a, b in pairs)) for rows, z in parts)
        for (a, b), each in zip(pairs, sums, strict=True):
            made[a, b] = made[b, a] = each
        return made

    def _sums(self, parts: Iterable[tuple[slice, Iterable[Column]]]) -> np.ndarray:
        """The sums over clusters of columns that come a block of rows at a time: (q, G)."""
        totals: list[np.ndarray] = []
        for rows, columns in parts:
            add = self._adding(rows)
            for number, column in enumerate(columns):
                if number == len(totals):
                    totals.append(np.zeros(len(self.sizes)))
                add(totals[number], column)
        return np.array(totals)

    def _adding(self, rows: slice) -> Callable[[np.ndarray, Column], None]:
        """What adds the sums of a column of some rows to those of all clusters (G,)."""
        codes = self.codes[rows]
        if self.starts is None:
            return lambda total, column: np.add.at(total, codes, 1.0 if column is None else column)
        clusters = slice(int(codes[0]), int(codes[-1]) + 1)
        starts, sizes = self.starts, self.sizes
        if len(codes) < self.n:
            starts = np.maximum(starts[clusters] - rows.start, 0)
            sizes = np.diff(starts, append=len(codes))

        def add(total: np.ndarray, column: Column) -> None:
            total[clusters] += sizes if column is None else np.add.reduceat(column, starts)

        return add


def _bounds(codes: np.ndarray) -> np.ndarray | None:
    """The first row of each cluster, and n; None where rows of a cluster do not follow each other,
    or the clusters are not in their order.
    """
    changes = np.flatnonzero(codes[1:] != codes[:-1])
    bounds = np.empty(len(changes) + 2, dtype=changes.dtype)
    bounds[0], bounds[1:-1], bounds[-1] = 0, changes, len(codes)
    bounds[1:-1] += 1
    return bounds if (codes[bounds[:-1]] == np.arange(len(bounds) - 1)).all() else None


def _columns(block: np.ndarray) -> list[Column]:
    """The columns of a block of rows."""
    return [None if x[0] == 1 and (x == 1).all() else x for x in block.T]


def _times(one: Column, other: Column) -> Column:
    return other if one is None else one if other is None else one * other


def _same(one: Column, other: Column) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one[0] == other[0] and one[-1] == other[-1] and (one == other).all())


def _combined(columns: list[Column], weights: np.ndarray, n: int) -> Column:
    """Columns (n,) times their weights, added up."""
    used = [(column, weight) for column, weight in zip(columns, weights, strict=True) if weight]
    if len(used) == 1 and used[0][0] is None and used[0][1] == 1:
        return None
    terms = [weight if column is None else weight * column for column, weight in used]
    return np.broadcast_to(reduce(np.add, terms), n)


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
