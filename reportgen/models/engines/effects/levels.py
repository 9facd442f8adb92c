"""Sums over the levels of a component, each weighed by a number that follows from its a = z₁ᵀz₁.

With E = Z₁ᵀZ₂ and B = Z₁ᵀV all that the likelihood needs of the component are EᵀwE, EᵀwB and BᵀwB.
Levels of as many rows have the same a, and there are few such sizes: their products are added up
once, and what is left for each Ψ is a sum over sizes.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from reportgen.core.dataclass import dataclass

MOST = 1 << 22
"""Numbers that the products by size may be: 32 MB. Beyond, they are made for each Ψ."""


@dataclass(frozen=True)
class Weighed:
    """`EE` = EᵀwE (G, q₂, q₂) and `EB` = EᵀwB (G, q₂, k) of each block, `BB` = BᵀwB (k, k)."""

    EE: np.ndarray
    EB: np.ndarray
    BB: np.ndarray

    def left(self, taken: np.ndarray) -> np.ndarray:
        """(B - ET)ᵀw(B - ET), (k, k), of T (G, q₂, k)."""
        k = taken.shape[2]
        flat = taken.reshape(-1, k)
        mixed = self.EB.reshape(-1, k).T @ flat
        return np.asarray(self.BB - mixed - mixed.T + flat.T @ (self.EE @ taken).reshape(-1, k))


class Levels:
    """The q₁ levels of a component: `a` (q₁,), `E` (q₁, G q₂) and `B` (q₁, k), in G blocks.

    `sizes` (D,) are the different values of a, `counts` (D,) how often each occurs.
    """

    def __init__(self, a: np.ndarray, E: csr_matrix, B: np.ndarray, q: int) -> None:
        self.E, self.B, self.q, self.G = E, B, q, E.shape[1] // max(q, 1)
        self.sizes, self.which = np.unique(a, return_inverse=True)
        self.counts = np.bincount(self.which)

    def weighed(self, weights: np.ndarray) -> Weighed:
        """The sums of a weight of each size, (D,)."""
        if len(self.sizes) * self.E.shape[1] * self.q <= MOST:
            return Weighed(*(
                (weights @ each.reshape(len(weights), -1)).reshape(each.shape[1:])
                for each in self._by_size
            ))  # fmt: skip
        each = weights[self.which]
        back = self.E.multiply(each[:, None]).T.tocsr()
        EE = self._blocks(back @ self.E)[0]
        return Weighed(EE, self._stacked(back @ self.B)[0], (self.B * each[:, None]).T @ self.B)

    @cached_property
    def _by_size(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """EᵀE (D, G, q₂, q₂), EᵀB (D, G, q₂, k) and BᵀB (D, k, k) of the levels of each size."""
        D, (q1, wide) = len(self.sizes), self.E.shape
        lengths = np.diff(self.E.indptr)
        indices = self.E.indices + np.repeat(self.which * wide, lengths)
        apart = csr_matrix((self.E.data, indices, self.E.indptr), shape=(q1, D * wide))
        back = apart.T.tocsr()
        which = csr_matrix((np.ones(q1), self.which, np.arange(q1 + 1)), shape=(q1, D))
        pairs = (self.B[:, :, None] * self.B[:, None]).reshape(q1, -1)
        BB = (which.T @ pairs).reshape(D, self.B.shape[1], -1)
        return self._blocks(back @ self.E), self._stacked(back @ self.B), BB

    def _blocks(self, sparse: csr_matrix) -> np.ndarray:
        """Block diagonal matrices (D G q₂, G q₂) as their blocks (D, G, q₂, q₂)."""
        q, found = self.q, sparse.tocoo()
        blocks = np.zeros((sparse.shape[0] // max(q, 1), q, q))
        if q:
            blocks[found.row // q, found.row % q, found.col % q] = found.data
        return blocks.reshape(-1, self.G, q, q)

    def _stacked(self, products: np.ndarray) -> np.ndarray:
        """(D G q₂, k) as (D, G, q₂, k)."""
        return products.reshape(-1, self.G, self.q, products.shape[1])
