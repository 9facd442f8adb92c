"""From columns of Z to blocks of effects that share rows, stacked by layout.

Effects in different blocks are independent given the data: a cluster with all that is nested in
it is a block, and so is everything that crossed factors tie together. Blocks with like layouts
are stacked, so that one call of numpy works on all of them. Where blocks are wide, the component
with the most levels is kept apart: no row has two of its levels, so its share of ZᵀZ is diagonal.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.columns import Apart, Batch, Columns
from reportgen.models.engines.effects.layout import Layout

WIDE = 8
"""A component is kept apart where some block has so many of its effects."""
FEW_BLOCKS = 4


def batches(columns: Columns, X: np.ndarray, r: np.ndarray) -> tuple[Batch | Apart, ...]:
    """The blocks, stacked by layout; widths are rounded up, so that there are few layouts."""
    products = (columns.Z.T @ columns.Z).tocoo()
    block = _blocks(columns, products)
    counts = np.zeros((block.max() + 1, columns.correlated + columns.components), dtype=int)
    np.add.at(counts, (block, columns.kind), 1)
    apart = _apart(columns, products, counts)
    if apart is not None:
        counts[:, apart] = 0
    rounded, which = np.unique(_rounded(counts, columns.correlated), axis=0, return_inverse=True)
    which = which.reshape(-1)
    slot = _slots(block, columns.kind, rounded[which])
    crossed = np.asarray(columns.Z.T @ np.column_stack([X, r]))
    gathered = _Gathered(products, crossed, block, slot, columns.kind, apart)
    layouts = [
        Layout(columns.correlated, tuple(map(int, widths[columns.correlated :])))
        for widths in rounded
    ]
    make = gathered.batch if apart is None else gathered.apart_from
    return tuple(make(layout, which == number) for number, layout in enumerate(layouts))


@dataclass(frozen=True)
class _Gathered:
    """Cross-products of all effects; of each its block, its column there, and its kind."""

    products: coo_matrix
    crossed: np.ndarray
    block: np.ndarray
    slot: np.ndarray
    kind: np.ndarray
    apart: int | None

    def batch(self, layout: Layout, inside: np.ndarray) -> Batch:
        """The blocks that are `inside`, all of one layout, without the component kept apart."""
        place, size = np.cumsum(inside) - 1, int(inside.sum())
        kept = inside[self.block] & (self.kind != self.apart)
        held = np.flatnonzero(kept)
        at = place[self.block[held]], self.slot[held]
        columns = np.full((size, layout.size), -1)
        columns[at] = held
        shared = kept[self.products.row] & kept[self.products.col]
        row, column = self.products.row[shared], self.products.col[shared]
        A = np.zeros((size, layout.size, layout.size))
        A[place[self.block[row]], self.slot[row], self.slot[column]] = self.products.data[shared]
        B = np.zeros((size, layout.size, self.crossed.shape[1]))
        B[at] = self.crossed[held]
        return Batch(layout, columns, A, B)

    def apart_from(self, layout: Layout, inside: np.ndarray) -> Apart:
        """The same blocks with the component beside them."""
        rest, place = self.batch(layout, inside), np.cumsum(inside) - 1
        own = inside[self.block] & (self.kind == self.apart)
        columns, number = np.flatnonzero(own), np.cumsum(own) - 1
        row, column = self.products.row, self.products.col
        between = own[row] & (self.kind[column] != self.apart)
        whole = place[self.block[column[between]]] * layout.size + self.slot[column[between]]
        E = csr_matrix(
            (self.products.data[between], (number[row[between]], whole)),
            shape=(len(columns), int(inside.sum()) * layout.size),
        )
        squares = np.zeros(len(self.kind))
        on = row == column
        squares[row[on]] = self.products.data[on]
        assert self.apart is not None
        return Apart(rest, self.apart, columns, squares[columns], E, self.crossed[columns])


def _apart(columns: Columns, products: coo_matrix, counts: np.ndarray) -> int | None:
    """The component that is kept apart: of those with a diagonal share and a wide block, that of
    the most effects; None where there is none.
    """
    kinds = columns.kind[products.row]
    crossed = (kinds == columns.kind[products.col]) & (products.row != products.col)
    tied = set(np.unique(kinds[crossed & (products.data != 0)]).tolist())
    wide = [
        kind
        for kind in range(columns.correlated, counts.shape[1])
        if counts[:, kind].max() >= WIDE and kind not in tied
    ]
    return max(wide, key=lambda kind: int(counts[:, kind].sum()), default=None)


def _blocks(columns: Columns, products: coo_matrix) -> np.ndarray:
    if columns.correlated and columns.home is not None:
        return columns.home
    labels: np.ndarray = connected_components(products, directed=False)[1]
    return labels


def _rounded(counts: np.ndarray, correlated: int) -> np.ndarray:
    """Widths rounded up to 0, 1, 2, 3, 4, 6, 8, 12, 16 …; never the correlated block, nor those of
    so few blocks that each may have a layout of its own.
    """
    if len(counts) <= FEW_BLOCKS:
        return counts
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
