"""Random effects as columns of one sparse matrix, and stacks of the blocks that share rows."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy.sparse import block_diag, csr_matrix, diags, identity, kron

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.layout import Layout
from reportgen.models.engines.effects.levels import Levels
from reportgen.models.engines.regressions.blocks import Blocks


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

    @property
    def levels(self) -> np.ndarray:
        """The number of effects of each kind."""
        return np.bincount(self.kind)

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

    @property
    def lengths(self) -> np.ndarray:
        """The squared length of each column, (Q,)."""
        return np.asarray(self.Z.multiply(self.Z).sum(axis=0)).ravel()

    def against(self, X: Blocks) -> np.ndarray:
        """ZᵀX (Q, p)."""
        return np.asarray(self.Z.T @ X.whole)

    def dot(self, effects: np.ndarray) -> np.ndarray:
        """Z times the effects (Q,): (n,)."""
        return np.asarray(self.Z @ effects)

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

    `A` (G, q, q) = ZᵀZ, and `B` (G, q, p + 1) = Zᵀ[X, r].
    """

    layout: Layout
    columns: np.ndarray
    A: np.ndarray
    B: np.ndarray

    @cached_property
    def right(self) -> np.ndarray:
        """[A, B] (G, q, q + p + 1)."""
        G, q, k = self.B.shape
        right = np.empty((G, q, q + k))
        right[..., :q], right[..., q:] = self.A, self.B
        return right

    @cached_property
    def slim(self) -> bool:
        """Whether there are at most two effects in a block, each of another kind, and all there."""
        layout = self.layout
        alone = layout.size <= 2 and all(width == 1 for width in layout.widths)
        return alone and bool((self.columns >= 0).all())

    @cached_property
    def last(self) -> tuple[np.ndarray, np.ndarray]:
        """A (q, q, G) and B (q, p + 1, G) with the blocks last."""
        A, B = (np.ascontiguousarray(each.transpose(1, 2, 0)) for each in (self.A, self.B))
        return A, B


@dataclass(frozen=True)
class Apart:
    """G blocks whose component of many levels stands apart, its a = Z₁ᵀZ₁ being diagonal.

    `rest` has the other effects, its layout a width of zero in the component's place. `columns`
    (q₁,) are the component's effects in all blocks; `E` = Z₁ᵀZ₂ (q₁, G q₂), and `B` = Z₁ᵀ[X, r]
    (q₁, p + 1). `component` is its number.
    """

    rest: Batch
    component: int
    columns: np.ndarray
    a: np.ndarray
    E: csr_matrix
    B: np.ndarray

    @cached_property
    def levels(self) -> Levels:
        """The component's levels, and what is summed over them."""
        return Levels(self.a, self.E, self.B, self.layout.size)

    @property
    def layout(self) -> Layout:
        """The layout of the rest, which alone is dense."""
        return self.rest.layout
