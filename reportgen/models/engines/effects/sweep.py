"""What one batch of blocks gives to the likelihood at one Ψ: sums, and nothing a block keeps.

With A = ZᵀZ, B = ZᵀX, c = Zᵀr and S = I + AΨ the Woodbury identity gives M = ZᵀWZ = S⁻¹A,
F = ZᵀWX = S⁻¹B and h = ZᵀWr = S⁻¹c, where W = (I + ZΨZᵀ)⁻¹.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.models.engines.effects.columns import Batch


class Sweep:
    """The sums of a batch at Ψ. They are of the sizes p of β and m of ψ, whatever the blocks."""

    def __init__(self, batch: Batch, psi: np.ndarray) -> None:
        self.batch, self.psi = batch, batch.layout.matrix(psi)
        B, c = batch.B, batch.c
        S = batch.A @ self.psi
        q = batch.layout.size
        S[:, np.arange(q), np.arange(q)] += 1
        solved, self.logdet = _solved(S, batch.right)
        self.M, self.F, self.h = solved[..., :q], solved[..., q:-1], solved[..., -1:]
        weighted = _stacked(self.psi @ self.F)
        self.BWB = _stacked(B).T @ weighted
        self.BWc = weighted.T @ _stacked(c)[:, 0]
        self.cWc = float(_stacked(c)[:, 0] @ _stacked(self.psi @ self.h)[:, 0])

    def turn(self, shift: np.ndarray) -> None:
        """Tell it β, as a shift from the origin of r: u = ZᵀW(y - Xβ)."""
        self.u = self.h - self.F @ shift[:, None]

    def square(self) -> np.ndarray:
        """Σ uᵀ E_a u, shape (m,)."""
        u = self.u[..., 0]
        return self.batch.layout.inner(u.T @ u)

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self.batch.layout.inner(self.M.sum(axis=0))

    @cached_property
    def moved_fixed(self) -> np.ndarray:
        """E_a F, shape (m, G, q, p)."""
        return self.batch.layout.moved(self.F)

    @cached_property
    def moved_u(self) -> np.ndarray:
        """E_a u, shape (m, G, q, 1)."""
        return self.batch.layout.moved(self.u)

    @cached_property
    def moved_within(self) -> np.ndarray:
        """E_a M, shape (m, G, q, q)."""
        return self.batch.layout.moved(self.M)

    def fixed(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, p, p)."""
        F = _stacked(self.F)
        return np.array([F.T @ _stacked(each) for each in self.moved_fixed])

    def cross(self) -> np.ndarray:
        """Σ Fᵀ E_a u, shape (p, m)."""
        F = _stacked(self.F)
        return np.column_stack([F.T @ _stacked(each)[:, 0] for each in self.moved_u])

    def bend(self) -> np.ndarray:
        """Σ uᵀ E_a M E_b u, shape (m, m)."""
        left = self.moved_u.reshape(len(self.moved_u), -1)
        value: np.ndarray = left @ (self.M @ self.moved_u).reshape(len(left), -1).T
        return value

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        turned = np.swapaxes(self.moved_within, -1, -2)
        m = len(turned)
        value: np.ndarray = self.moved_within.reshape(m, -1) @ turned.reshape(m, -1).T
        return value

    def twice(self) -> np.ndarray:
        """Σ Fᵀ E_a M E_b F, shape (m, m, p, p)."""
        left = [_stacked(each) for each in self.moved_fixed]
        right = [_stacked(self.M @ each) for each in self.moved_fixed]
        return np.array([[a.T @ b for b in right] for a in left])

    def effects(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions TΨu, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        whole = self.batch.layout.spread(turn)
        left = whole @ self.psi
        known = np.einsum("gqs,sq->gq", left @ self.M, left.T)
        before = np.einsum("qs,qs->q", left, whole)
        held = self.batch.columns >= 0
        means = (left @ self.u)[..., 0]
        return self.batch.columns[held], means[held], (before - known)[held]

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, p): the effects that X would have as an outcome."""
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
