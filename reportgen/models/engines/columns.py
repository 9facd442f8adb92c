"""Random effects as columns of one sparse matrix, and the blocks of them that share rows.

Effects in different blocks are independent given the data: a cluster with all that is nested in
it is a block, and so is everything that crossed factors tie together. Blocks with like layouts
are stacked, so that one call of numpy works on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import block_diag, coo_matrix, csr_matrix, diags, identity, kron
from scipy.sparse.csgraph import connected_components

from reportgen.models.engines.layout import Layout


@dataclass(frozen=True)
class Columns:
    """All random effects of a model.

    `Z` (n, Q) has a column for each, ordered by kind and, of correlated effects, by cluster; `kind`
    (Q,) is its place in the correlated block, or `correlated` plus the number of its component.
    `home` (Q,) numbers the clusters 0 … G - 1 that the effects belong to; None where no clusters
    are given and rows alone tell.
    """

    Z: csr_matrix
    kind: np.ndarray
    correlated: int
    components: int
    home: np.ndarray | None = None

    @property
    def layout(self) -> Layout:
        """The layout with one column a component: the parameters of Ψ."""
        return Layout(self.correlated, (1,) * self.components)

    @cached_property
    def squares(self) -> np.ndarray:
        """Σ zzᵀ / n (q, q), one column a component: what a unit of Ψ adds to a row's variance."""
        n, k = self.Z.shape[0], self.correlated
        each = np.asarray(self.Z.multiply(self.Z).sum(axis=0)).ravel()
        sums = np.bincount(self.kind, each, minlength=k + self.components)
        squares = np.diag(np.where(sums > 0, sums, n) / n)
        rows = [self.Z[:, self.kind == number] for number in range(k)]
        for row in range(k):
            for column in range(row):
                both = float(rows[row].multiply(rows[column]).sum()) / n
                squares[row, column] = squares[column, row] = both
        return squares

    def turned(self, turn: np.ndarray) -> Columns:
        """The same effects in other coordinates, b = Tb̃ within each cluster: Z̃ = ZT (q, q)."""
        k = self.correlated
        clusters = int(np.sum(self.kind == 0)) if k else 0
        scales = diags(turn.diagonal()[self.kind[self.kind >= k]])
        whole = block_diag([kron(turn[:k, :k], identity(clusters)), scales]) if k else scales
        return replace(self, Z=(self.Z @ whole).tocsr())


@dataclass(frozen=True)
class Batch:
    """G blocks of one layout. `columns` (G, q) says which effect each is, -1 for none.

    `A` (G, q, q) = ZᵀZ, `B` (G, q, p) = ZᵀX, `c` (G, q, 1) = Zᵀr.
    """

    layout: Layout
    columns: np.ndarray
    A: np.ndarray
    B: np.ndarray
    c: np.ndarray


def batches(columns: Columns, X: np.ndarray, r: np.ndarray) -> tuple[Batch, ...]:
    """The blocks, stacked by layout; widths are rounded up, so that there are few layouts."""
    products = (columns.Z.T @ columns.Z).tocoo()
    block = _blocks(columns, products)
    counts = np.zeros((block.max() + 1, columns.correlated + columns.components), dtype=int)
    np.add.at(counts, (block, columns.kind), 1)
    rounded, which = np.unique(_rounded(counts, columns.correlated), axis=0, return_inverse=True)
    which = which.reshape(-1)
    slot = _slots(block, columns.kind, rounded[which])
    crossed = columns.Z.T @ np.column_stack([X, r])
    gathered = _Gathered(products, np.asarray(crossed), block, slot)
    layouts = [
        Layout(columns.correlated, tuple(map(int, widths[columns.correlated :])))
        for widths in rounded
    ]
    return tuple(gathered.batch(layout, which == j) for j, layout in enumerate(layouts))


@dataclass(frozen=True)
class _Gathered:
    """Cross-products of all effects, and for each effect its block and its column there."""

    products: coo_matrix
    crossed: np.ndarray
    block: np.ndarray
    slot: np.ndarray

    def batch(self, layout: Layout, inside: np.ndarray) -> Batch:
        """The blocks that are `inside`, all of one layout."""
        place, size = np.cumsum(inside) - 1, int(inside.sum())
        held = np.flatnonzero(inside[self.block])
        at = place[self.block[held]], self.slot[held]
        columns = np.full((size, layout.size), -1)
        columns[at] = held
        shared = inside[self.block[self.products.row]]
        row, column = self.products.row[shared], self.products.col[shared]
        A = np.zeros((size, layout.size, layout.size))
        A[place[self.block[row]], self.slot[row], self.slot[column]] = self.products.data[shared]
        B = np.zeros((size, layout.size, self.crossed.shape[1]))
        B[at] = self.crossed[held]
        return Batch(layout, columns, A, B[..., :-1], B[..., -1:])


def _blocks(columns: Columns, products: coo_matrix) -> np.ndarray:
    if columns.home is not None:
        return columns.home
    labels: np.ndarray = connected_components(products, directed=False)[1]
    return labels


def _rounded(counts: np.ndarray, correlated: int) -> np.ndarray:
    """Widths rounded up to 0, 1, 2, 3, 4, 6, 8, 12, 16 …; never the correlated block."""
    power = 2 ** np.ceil(np.log2(np.maximum(counts, 1))).astype(int)
    wide = np.where(counts <= 3 * power // 4, np.maximum(3 * power // 4, 1), power)
    wide = np.where(counts <= 2, counts, wide)
    wide[:, :correlated] = counts[:, :correlated]
    return wide


def _slots(block: np.ndarray, kind: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The column of its block in which each effect stands."""
    order = np.lexsort((kind, block))
    pairs = np.column_stack([block[order], kind[order]])
    new = np.concatenate([[True], (np.diff(pairs, axis=0) != 0).any(axis=1)])
    starts = np.flatnonzero(new)
    rank = np.arange(len(order)) - starts[np.cumsum(new) - 1]
    before = np.cumsum(widths, axis=1) - widths
    slot = np.empty(len(order), dtype=int)
    slot[order] = before[block[order], kind[order]] + rank
    return slot
