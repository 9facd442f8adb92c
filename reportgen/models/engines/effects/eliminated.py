"""Blocks of effects whose component of many levels is eliminated first.

That component has a diagonal a = Z₁ᵀZ₁, so W₁ = (I + ψ₁Z₁Z₁ᵀ)⁻¹ costs nothing: with d = 1/(1 + ψ₁a)
and E = Z₁ᵀZ₂ the rest is a block of its own with Z₂ᵀW₁Z₂ = A₂ - Eᵀ(ψ₁d)E (Schur's complement), and
what concerns the component follows from K = Z₁ᵀW₁Z₂ = dE: Z₁ᵀWZ₁ = da - KTKᵀ, Z₁ᵀWZ₂ = KN, where
T = Ψ₂(I + A₂Ψ₂)⁻¹ and N = I - TA₂, both of the rest.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import bsr_matrix, csr_matrix

from reportgen.models.engines.effects.columns import Apart, Batch
from reportgen.models.engines.effects.sweep import Sweep


class Eliminated:
    """The sums of blocks at Ψ whose component stands apart, as those of `Sweep`."""

    def __init__(self, batch: Apart, psi: np.ndarray) -> None:
        rest, layout = batch.rest, batch.rest.layout
        self.batch, self.layout = batch, layout
        self.place = len(layout.pairs) + batch.component - layout.correlated
        self.value = float(psi[self.place])
        self.d = 1 / (1 + self.value * batch.a)
        weight = self.value * self.d
        back = batch.E.multiply(weight[:, None]).T.tocsr()
        A = rest.A - self._blocks(back @ batch.E)
        B = rest.B - (back @ batch.B).reshape(rest.B.shape)
        self.rest = Sweep(Batch(layout, rest.columns, A, B), psi)
        self.K = batch.E.multiply(self.d[:, None]).tocsr()
        self.logdet = self.rest.logdet - float(np.sum(np.log(self.d)))
        self.explained = self.rest.explained + batch.B.T @ (batch.B * weight[:, None])
        turned = (self.rest.psi @ self.rest.F).reshape(-1, batch.B.shape[1])
        self.F = batch.B * self.d[:, None] - self.K @ turned

    # ── of the rest ──────────────────────────────────────────────────────────────────────────

    def _blocks(self, sparse: csr_matrix) -> np.ndarray:
        """A block diagonal matrix (G q₂, G q₂) as its blocks (G, q₂, q₂)."""
        q, found = self.layout.size, sparse.tocoo()
        blocks = np.zeros((sparse.shape[0] // q, q, q))
        blocks[found.row // q, found.row % q, found.col % q] = found.data
        return blocks

    @cached_property
    def reduced(self) -> np.ndarray:
        """Ψ₂(I + A₂Ψ₂)⁻¹ (G, q₂, q₂)."""
        psi = self.rest.psi
        value: np.ndarray = psi - psi @ self.rest.M @ psi
        return value

    @cached_property
    def kept(self) -> np.ndarray:
        """I - Ψ₂Z₂ᵀWZ₂ (G, q₂, q₂)."""
        value: np.ndarray = np.eye(self.layout.size) - self.rest.psi @ self.rest.M
        return value

    @cached_property
    def squared(self) -> np.ndarray:
        """KᵀK (G, q₂, q₂)."""
        return self._blocks(self.K.T @ self.K)

    @cached_property
    def _within(self) -> np.ndarray:
        value: np.ndarray = self.d * self.batch.a
        return value

    def _with(self, sums: np.ndarray, own: object, crossed: np.ndarray | None = None) -> np.ndarray:
        """Sums of the rest (m, …) or (m, m, …) with those of the component put in."""
        if crossed is None:
            sums[self.place] = own
            return sums
        sums[self.place] = crossed
        sums[:, self.place] = crossed
        sums[self.place, self.place] = own
        return sums

    # ── the sums of `Sweep` ──────────────────────────────────────────────────────────────────

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self._with(
            self.rest.trace(), self._within.sum() - np.sum(self.reduced * self.squared)
        )

    def outer(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, k, k)."""
        return self._with(self.rest.outer(), self.F.T @ self.F)

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        TK = self.reduced @ self.squared
        inner = self._blocks(self.K.T @ self.K.multiply(self._within[:, None]).tocsr())
        own = np.sum(self._within**2) - 2 * np.sum(self.reduced * inner)
        own += np.sum(TK * np.swapaxes(TK, -1, -2))
        crossed = np.swapaxes(self.kept, -1, -2) @ self.squared @ self.kept
        return self._with(self.rest.traces(), own, self.layout.inner(crossed.sum(axis=0)))

    def bent(self, R: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b F R Fᵀ), shape (m, m), of a symmetric R (k, k)."""
        pulled = (self.K.T @ self.F).reshape(-1, self.layout.size, len(R))
        turned = pulled @ R
        own = self._within @ np.sum(self.F @ R * self.F, axis=1)
        own -= np.sum(turned * (self.reduced @ pulled))
        left = np.swapaxes(self.kept, -1, -2) @ turned
        crossed = np.array([np.sum(left * each) for each in self.rest.moved])
        return self._with(self.rest.bent(R), own, crossed)

    def effects(self, turn: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        at, means, variances = self.rest.effects(turn, t)
        unit = float(turn[self.batch.component, self.batch.component])
        places = np.arange(len(self.reduced) + 1)
        spread = bsr_matrix((self.reduced, places[:-1], places)).tocsr()
        explained = np.asarray(self.K.multiply(self.K @ spread).sum(axis=1)).ravel()
        own = unit**2 * (self.value - self.value**2 * (self._within - explained))
        return (
            np.concatenate([at, self.batch.columns]),
            np.concatenate([means, unit * self.value * (self.F @ t)]),
            np.concatenate([variances, own]),
        )

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, k)."""
        at, taken = self.rest.absorbed(turn)
        unit = float(turn[self.batch.component, self.batch.component])
        own = unit * self.value * self.F
        return np.concatenate([at, self.batch.columns]), np.concatenate([taken, own])
