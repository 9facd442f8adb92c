"""Where the random effects of one block stand, and what each free element of Ψ does there."""

from __future__ import annotations

import math
from functools import cache, cached_property
from itertools import accumulate, pairwise

import numpy as np

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Layout:
    """The random effects of a block: `correlated` of them that may be correlated, then for each
    component `widths[c]` that are independent and share one variance.

    Ψ (q, q) has m free elements: the lower triangle of the correlated block row by row, then a
    variance a component; E_a = ∂Ψ/∂ψ_a is never made, only applied.
    """

    correlated: int
    widths: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of random effects q."""
        return self.correlated + sum(self.widths)

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Row and column of each free element of the correlated block."""
        return tuple((row, column) for row in range(self.correlated) for column in range(row + 1))

    @property
    def free(self) -> int:
        """The number of free elements m."""
        return len(self.pairs) + len(self.widths)

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """The columns of each component."""
        ends = accumulate(self.widths, initial=self.correlated)
        return tuple(slice(start, end) for start, end in pairwise(ends))

    def matrix(self, psi: np.ndarray) -> np.ndarray:
        """Ψ (q, q) from its free elements (m,)."""
        whole = np.zeros((self.size, self.size))
        for (row, column), value in zip(self.pairs, psi, strict=False):
            whole[row, column] = whole[column, row] = value
        for place, value in zip(self.places, psi[len(self.pairs) :], strict=True):
            whole[place, place] = value * np.eye(place.stop - place.start)
        return whole

    def least(self, psi: np.ndarray) -> float:
        """The least eigenvalue of Ψ, from its free elements (m,)."""
        block, others = psi[: len(self.pairs)], psi[len(self.pairs) :]
        if self.correlated == 2:
            first, both, second = map(float, block)
            least = [(first + second - math.hypot(first - second, 2 * both)) / 2]
        elif self.correlated > 2:
            k = self.correlated
            least = [float(np.linalg.eigvalsh(self.matrix(psi)[:k, :k])[0])]
        else:
            least = block.tolist()
        return float(min(least + others.tolist()))

    def elements(self, psi: np.ndarray) -> np.ndarray:
        """The free elements (m,) of Ψ (q, q); every component must have a column."""
        block = [psi[row, column] for row, column in self.pairs]
        return np.array(block + [psi[place.start, place.start] for place in self.places])

    def spread(self, turn: np.ndarray) -> np.ndarray:
        """A matrix (k + C, k + C) of one column a component, over all columns: (q, q)."""
        k = self.correlated
        whole = np.diag(np.repeat(turn.diagonal(), [*(1,) * k, *self.widths]))
        whole[:k, :k] = turn[:k, :k]
        return whole

    def moved(self, X: np.ndarray) -> np.ndarray:
        """E_a X for each a: (…, q, r) → (m, …, q, r)."""
        found = np.zeros((self.free, *X.shape))
        for out, (row, column) in zip(found, self.pairs, strict=False):
            out[..., row, :] = X[..., column, :]
            out[..., column, :] = X[..., row, :]
        for out, place in zip(found[len(self.pairs) :], self.places, strict=True):
            out[..., place, :] = X[..., place, :]
        return found

    def inner(self, S: np.ndarray) -> np.ndarray:
        """tr(E_a S) for each a, shape (m,), of a symmetric S (q, q)."""
        block = [S[row, column] * (1 if row == column else 2) for row, column in self.pairs]
        return np.array(block + [np.trace(S[place, place]) for place in self.places])

    def gradient(self, slope: np.ndarray) -> np.ndarray:
        """The symmetric G (q, q) with tr(E_a G) = slope_a; of a layout with widths of one."""
        found = np.zeros((self.size, self.size))
        for (row, column), value in zip(self.pairs, slope, strict=False):
            found[row, column] = found[column, row] = value if row == column else value / 2
        for place, value in zip(self.places, slope[len(self.pairs) :], strict=True):
            found[place, place] = value
        return found


@cache
def between(layout: Layout) -> np.ndarray:
    """What makes tr(E_a M E_b H), for each a and b, of the elements M_rs H_tq: (m², q⁴)."""
    E = layout.moved(np.eye(layout.size))
    every = np.einsum("aqr,bst->abrstq", E, E)
    return np.asarray(every.reshape(layout.free**2, -1))
