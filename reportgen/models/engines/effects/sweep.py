"""What one batch of blocks gives to the likelihood at one Ψ: sums, and nothing a block keeps.

With A = ZᵀZ, V = [X, r], B = ZᵀV and S = I + AΨ the Woodbury identity gives M = ZᵀWZ = S⁻¹A and
F = ZᵀWV = S⁻¹B, where W = (I + ZΨZᵀ)⁻¹. V has k columns, one more than X.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.models.engines.effects.columns import Batch


class Sweep:
    """The sums of a batch at Ψ. They are of the sizes k of V and m of ψ, whatever the blocks.

    `explained` (k, k) is VᵀV - VᵀWV, and `logdet` is Σ log |S|.
    """

    def __init__(self, batch: Batch, psi: np.ndarray) -> None:
        self.batch, self.psi = batch, batch.layout.matrix(psi)
        q = batch.layout.size
        S = batch.right[..., :q] @ self.psi
        S[:, np.arange(q), np.arange(q)] += 1
        solved, self.logdet = _solved(S, batch.right)
        self.M, self.F = solved[..., :q], solved[..., q:]
        self.explained = _stacked(batch.B).T @ _stacked(self.psi @ self.F)

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self.batch.layout.inner(self.M.sum(axis=0))

    def each(self) -> np.ndarray:
        """VᵀV - VᵀWV of each block, (G, k, k)."""
        each: np.ndarray = np.swapaxes(self.batch.B, 1, 2) @ (self.psi @ self.F)
        return each

    @cached_property
    def moved(self) -> np.ndarray:
        """E_a F, shape (m, G, q, k)."""
        return self.batch.layout.moved(self.F)

    @cached_property
    def moved_within(self) -> np.ndarray:
        """E_a M, shape (m, G, q, q)."""
        return self.batch.layout.moved(self.M)

    def outer(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, k, k)."""
        F = _stacked(self.F)
        return np.array([F.T @ _stacked(each) for each in self.moved])

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        return self._between(self.moved_within)

    def bent(self, R: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b F R Fᵀ), shape (m, m), of a symmetric R (k, k)."""
        return self._between(self.batch.layout.moved(self.F @ R @ np.swapaxes(self.F, 1, 2)))

    def _between(self, moved: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b H) of the matrices E_b H (m, G, q, q): (m, m)."""
        turned = np.swapaxes(moved, -1, -2)
        m = len(turned)
        value: np.ndarray = self.moved_within.reshape(m, -1) @ turned.reshape(m, -1).T
        return value

    def effects(self, turn: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions TΨFt, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        whole = self.batch.layout.spread(turn)
        left = whole @ self.psi
        known = np.einsum("gqs,sq->gq", left @ self.M, left.T)
        before = np.einsum("qs,qs->q", left, whole)
        held = self.batch.columns >= 0
        means = (self.F @ t) @ left.T
        return self.batch.columns[held], means[held], (before - known)[held]

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, k): the effects that V would have as outcomes."""
        held = self.batch.columns >= 0
        taken = self.batch.layout.spread(turn) @ self.psi @ self.F
        return self.batch.columns[held], taken[held]


def _solved(S: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, float]:
    """S⁻¹ `right` of all blocks (G, q, q), and Σ log |S|, infinite where one is not positive; in
    closed form for blocks of one or two effects, which are most.
    """
    q = S.shape[-1]
    if q > 2:
        sign, logdet = np.linalg.slogdet(S)
        return np.linalg.solve(S, right), float(np.sum(logdet)) if np.all(sign > 0) else np.inf
    if q == 1:
        determinant, inner = S[:, 0, 0], right
    else:
        (a, b), (c, d) = (S[:, 0, 0], S[:, 0, 1]), (S[:, 1, 0], S[:, 1, 1])
        determinant, inner = a * d - b * c, np.empty_like(right)
        inner[:, 0] = d[:, None] * right[:, 0] - b[:, None] * right[:, 1]
        inner[:, 1] = a[:, None] * right[:, 1] - c[:, None] * right[:, 0]
    if not np.all(determinant > 0):
        return inner, np.inf
    return inner / determinant[:, None, None], float(np.sum(np.log(determinant)))


def _stacked(blocks: np.ndarray) -> np.ndarray:
    """(G, q, r) as (G q, r)."""
    return blocks.reshape(-1, blocks.shape[-1])
