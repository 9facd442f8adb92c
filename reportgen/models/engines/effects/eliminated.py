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
        c = rest.c - (back @ batch.c).reshape(rest.c.shape)
        self.rest = Sweep(Batch(layout, rest.columns, A, B, c), psi)
        self.K = batch.E.multiply(self.d[:, None]).tocsr()
        self.logdet = self.rest.logdet - float(np.sum(np.log(self.d)))
        weighed = batch.B * weight[:, None]
        self.BWB = self.rest.BWB + batch.B.T @ weighed
        self.BWc = self.rest.BWc + weighed.T @ batch.c
        self.cWc = self.rest.cWc + float(batch.c @ (weight * batch.c))
        own = np.column_stack([batch.B, batch.c]) * self.d[:, None]
        turned = self.rest.psi @ np.concatenate([self.rest.F, self.rest.h], axis=2)
        own -= self.K @ turned.reshape(-1, own.shape[1])
        self.F, self.h = own[:, :-1], own[:, -1]

    def turn(self, shift: np.ndarray) -> None:
        """Tell it β, as a shift from the origin of r."""
        self.rest.turn(shift)
        self.u = self.h - self.F @ shift

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

    def _pulled(self, values: np.ndarray) -> np.ndarray:
        """Kᵀ of (q₁, r): (G, q₂, r)."""
        pulled: np.ndarray = (self.K.T @ values).reshape(-1, self.layout.size, values.shape[1])
        return pulled

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
        sums[:, self.place] = np.swapaxes(crossed, -1, -2) if crossed.ndim > 1 else crossed
        sums[self.place, self.place] = own
        return sums

    # ── the sums of `Sweep` ──────────────────────────────────────────────────────────────────

    def square(self) -> np.ndarray:
        """Σ uᵀ E_a u, shape (m,)."""
        return self._with(self.rest.square(), self.u @ self.u)

    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,)."""
        return self._with(
            self.rest.trace(), self._within.sum() - np.sum(self.reduced * self.squared)
        )

    def fixed(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, p, p)."""
        return self._with(self.rest.fixed(), self.F.T @ self.F)

    def cross(self) -> np.ndarray:
        """Σ Fᵀ E_a u, shape (p, m)."""
        return self._with(self.rest.cross().T, self.F.T @ self.u).T

    def bend(self) -> np.ndarray:
        """Σ uᵀ E_a M E_b u, shape (m, m)."""
        pulled = self._pulled(self.u[:, None])
        own = self._within @ self.u**2 - np.sum(pulled * (self.reduced @ pulled))
        left = np.swapaxes(self.kept, -1, -2) @ pulled
        crossed = np.array([np.sum(left * each) for each in self.rest.moved_u])
        return self._with(self.rest.bend(), own, crossed)

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        TK = self.reduced @ self.squared
        inner = self._blocks(self.K.T @ self.K.multiply(self._within[:, None]).tocsr())
        own = np.sum(self._within**2) - 2 * np.sum(self.reduced * inner)
        own += np.sum(TK * np.swapaxes(TK, -1, -2))
        crossed = np.swapaxes(self.kept, -1, -2) @ self.squared @ self.kept
        return self._with(self.rest.traces(), own, self.layout.inner(crossed.sum(axis=0)))

    def twice(self) -> np.ndarray:
        """Σ Fᵀ E_a M E_b F, shape (m, m, p, p)."""
        pulled = self._pulled(self.F)
        own = self.F.T @ (self._within[:, None] * self.F)
        own -= np.einsum("gqp,gqr->pr", pulled, self.reduced @ pulled)
        left = np.swapaxes(self.kept, -1, -2) @ pulled
        crossed = np.array([np.einsum("gqp,gqr->pr", left, each) for each in self.rest.moved_fixed])
        return self._with(self.rest.twice(), own, crossed)

    def effects(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        at, means, variances = self.rest.effects(turn)
        unit = float(turn[self.batch.component, self.batch.component])
        places = np.arange(len(self.reduced) + 1)
        spread = bsr_matrix((self.reduced, places[:-1], places)).tocsr()
        explained = np.asarray(self.K.multiply(self.K @ spread).sum(axis=1)).ravel()
        own = unit**2 * (self.value - self.value**2 * (self._within - explained))
        return (
            np.concatenate([at, self.batch.columns]),
            np.concatenate([means, unit * self.value * self.u]),
            np.concatenate([variances, own]),
        )

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, p)."""
        at, taken = self.rest.absorbed(turn)
        unit = float(turn[self.batch.component, self.batch.component])
        own = unit * self.value * self.F
        return np.concatenate([at, self.batch.columns]), np.concatenate([taken, own])
