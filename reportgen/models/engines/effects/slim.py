"""What blocks of one or two effects give to the likelihood at one Ψ, number by number.

The sums of `Sweep` for the blocks that are most: G clusters with an intercept, or with an intercept
and a slope. Arrays have the clusters last, (…, G), so that every operation runs over all of them,
and (I + AΨ)⁻¹ is written out. Of columns V = [X, r], F = ZᵀWV (k, q, G) is all that X and r give.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.models.engines.effects.columns import Batch

WIDEST = 2


def fits(batch: Batch) -> bool:
    """Whether the blocks are so small, and each has all its effects, one of each kind."""
    layout = batch.layout
    alone = layout.size <= WIDEST and all(width == 1 for width in layout.widths)
    return alone and bool((batch.columns >= 0).all())


class Slim:
    """The sums of a batch of blocks of one or two effects at Ψ."""

    def __init__(self, batch: Batch, psi: np.ndarray) -> None:
        self.batch, self.psi, self.layout = batch, batch.layout.matrix(psi), batch.layout
        A, V = batch.squares_last, batch.products_last
        self.M, self.F, self.logdet = _solved(A, V, self.psi)
        k = len(V)
        inner = V.reshape(k, -1) @ np.matmul(self.psi, self.F).reshape(k, -1).T
        self.BWB, self.BWc = inner[:-1, :-1], inner[:-1, -1]
        self.cWc = float(inner[-1, -1])
        self.t = np.ones(k)

    def turn(self, shift: np.ndarray) -> None:
        """Tell it β, as a shift from the origin of r: y - Xβ is V times t."""
        self.t[:-1] = -shift

    @cached_property
    def u(self) -> np.ndarray:
        """ZᵀW(y - Xβ) (q, G)."""
        k, q, G = self.F.shape
        value: np.ndarray = (self.t @ self.F.reshape(k, -1)).reshape(q, G)
        return value

    @cached_property
    def outer(self) -> np.ndarray:
        """Σ FᵀE_aF (m, k, k)."""
        F = self.F
        pairs = [(row, F[:, row] @ F[:, column].T, column) for row, column in self._elements]
        return np.array([own if row == column else own + own.T for row, own, column in pairs])

    @property
    def _elements(self) -> list[tuple[int, int]]:
        """Row and column of each free element of Ψ."""
        k = self.layout.correlated
        return [*self.layout.pairs, *((place, place) for place in range(k, self.layout.size))]

    def square(self) -> np.ndarray:
        """Σ uᵀ E_a u, shape (m,)."""
        value: np.ndarray = self.outer @ self.t @ self.t
        return value

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self.layout.inner(self.M.sum(axis=2))

    def fixed(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, p, p)."""
        return self.outer[:, :-1, :-1]

    def cross(self) -> np.ndarray:
        """Σ Fᵀ E_a u, shape (p, m)."""
        value: np.ndarray = (self.outer[:, :-1] @ self.t).T
        return value

    def bend(self) -> np.ndarray:
        """Σ uᵀ E_a M E_b u, shape (m, m)."""
        return self._between(self.u[None])[..., 0, 0]

    def twice(self) -> np.ndarray:
        """Σ Fᵀ E_a M E_b F, shape (m, m, p, p)."""
        return self._between(self.F[:-1])

    def _between(self, F: np.ndarray) -> np.ndarray:
        """Σ Fᵀ E_a M E_b F of F (k, q, G): (m, m, k, k)."""
        m, k = self.layout.free, len(F)
        moved = self.layout.moved(F)
        turned = np.empty_like(moved)
        for row in range(self.layout.size):
            np.multiply(self.M[row, 0], moved[:, :, 0], out=turned[:, :, row])
            for column in range(1, self.layout.size):
                turned[:, :, row] += self.M[row, column] * moved[:, :, column]
        value = moved.reshape(m * k, -1) @ turned.reshape(m * k, -1).T
        return np.asarray(value.reshape(m, k, m, k).transpose(0, 2, 1, 3))

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        moved = self.layout.moved(self.M)
        m = len(moved)
        value: np.ndarray = moved.reshape(m, -1) @ moved.swapaxes(1, 2).reshape(m, -1).T
        return value

    def effects(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions TΨu, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        whole = self.layout.spread(turn)
        left = whole @ self.psi
        known = np.einsum("qr,rsg,qs->qg", left, self.M, left)
        before = np.einsum("qs,qs->q", left, whole)
        at = self.batch.columns.T.ravel()
        return at, (left @ self.u).ravel(), (before[:, None] - known).ravel()

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, p): the effects that X would have as an outcome."""
        taken = np.matmul(self.layout.spread(turn) @ self.psi, self.F[:-1])
        return self.batch.columns.T.ravel(), taken.reshape(len(taken), -1).T


def _solved(A: np.ndarray, V: np.ndarray, psi: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """S⁻¹A (q, q, G) and S⁻¹V (k, q, G), S = I + AΨ, of A (q, q, G) and V (k, q, G); and Σ log |S|,
    infinite where one is not positive.
    """
    if len(A) == 1:
        determinant = 1 + A[0, 0] * psi[0, 0]
        by = 1 / determinant
        solved, inner = A * by, V * by
    else:
        (a, b), (c, d) = (psi.T @ A[0], psi.T @ A[1])
        a, d = a + 1, d + 1
        determinant = a * d - b * c
        inverse = np.array([[d, -b], [-c, a]]) / determinant
        solved, inner = np.empty_like(A), np.empty_like(V)
        for row in (0, 1):
            solved[row] = inverse[row, 0] * A[0] + inverse[row, 1] * A[1]
            np.multiply(inverse[row, 0], V[:, 0], out=inner[:, row])
            inner[:, row] += inverse[row, 1] * V[:, 1]
    if not np.all(determinant > 0):
        return solved, inner, np.inf
    return solved, inner, float(np.sum(np.log(determinant)))
