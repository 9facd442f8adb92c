"""What blocks of one or two effects give to the likelihood at one Ψ, number by number.

The sums of `Sweep` for the blocks that are most: G clusters with an intercept, or with an intercept
and a slope. Arrays have the clusters last, (…, G), so that every operation runs over all of them,
and (I + AΨ)⁻¹ is written out.
"""

from __future__ import annotations

import numpy as np

from reportgen.models.engines.effects.columns import Batch
from reportgen.models.engines.effects.layout import between


class Slim:
    """The sums of a batch of blocks of one or two effects at Ψ."""

    def __init__(self, batch: Batch, psi: np.ndarray) -> None:
        self.batch, self.layout, self.psi = batch, batch.layout, batch.layout.matrix(psi)
        A, B = batch.last
        q, k, _ = B.shape
        self.M, self.F, self.logdet = _solved(A, B, self.psi)
        pairs = B.reshape(q * k, -1) @ self.F.reshape(q * k, -1).T
        weighted = self.psi[:, None, :, None] * pairs.reshape(q, k, q, k)
        self.explained = weighted.sum(axis=(0, 2))

    def each(self) -> np.ndarray:
        """VᵀV - VᵀWV of each block, (G, k, k)."""
        taken = np.tensordot(self.psi, self.F, 1)
        return np.asarray((self.batch.last[1][:, :, None] * taken[:, None]).sum(axis=0).T)

    def outer(self) -> np.ndarray:
        """Σ FᵀE_aF (m, k, k)."""
        F = self.F
        pairs = [(row, F[row] @ F[column].T, column) for row, column in self._elements]
        return np.array([own if row == column else own + own.T for row, own, column in pairs])

    @property
    def _elements(self) -> list[tuple[int, int]]:
        """Row and column of each free element of Ψ."""
        k = self.layout.correlated
        return [*self.layout.pairs, *((place, place) for place in range(k, self.layout.size))]

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self.layout.inner(self.M.sum(axis=2))

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        return self._between(self.M)

    def bent(self, R: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b F R Fᵀ), shape (m, m), of a symmetric R (k, k)."""
        return self._between(((R @ self.F)[:, None] * self.F).sum(axis=2))

    def _between(self, H: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b H) of H (q, q, G): (m, m)."""
        q = self.layout.size
        pairs = self.M.reshape(q * q, -1) @ H.reshape(q * q, -1).T
        value: np.ndarray = between(self.layout) @ pairs.ravel()
        return value.reshape(self.layout.free, -1)

    def effects(self, turn: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions TΨFt, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        whole = self.layout.spread(turn)
        left = whole @ self.psi
        known = np.einsum("qr,rsg,qs->qg", left, self.M, left)
        before = np.einsum("qs,qs->q", left, whole)
        at = self.batch.columns.T.ravel()
        return at, (left @ (t @ self.F)).ravel(), (before[:, None] - known).ravel()

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, k): the effects that V would have as outcomes."""
        left = self.layout.spread(turn) @ self.psi
        taken = np.tensordot(left, self.F, 1).swapaxes(1, 2)
        return self.batch.columns.T.ravel(), taken.reshape(-1, taken.shape[2])


def _solved(A: np.ndarray, B: np.ndarray, psi: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """S⁻¹A (q, q, G) and S⁻¹B (q, k, G), S = I + AΨ, of A (q, q, G) and B (q, k, G); and Σ log |S|,
    infinite where one is not positive.
    """
    if len(A) == 1:
        determinant = 1 + A[0, 0] * psi[0, 0]
        by = 1 / determinant
        solved, inner = A * by, B * by
    else:
        (a, b), (c, d) = (psi.T @ A[0], psi.T @ A[1])
        a, d = a + 1, d + 1
        determinant = a * d - b * c
        inverse = np.array([[d, -b], [-c, a]]) / determinant
        solved = inverse[:, :1] * A[0] + inverse[:, 1:] * A[1]
        inner = inverse[:, :1] * B[0] + inverse[:, 1:] * B[1]
    if not (determinant > 0).all():
        return solved, inner, np.inf
    return solved, inner, float(np.log(determinant).sum())
