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
from reportgen.models.engines.effects.levels import Weighed
from reportgen.models.engines.effects.sweep import Sweep


class Eliminated:
    """The sums of blocks at Ψ whose component stands apart, as those of `Sweep`.

    What belongs to a level of the component depends on its a alone: `d` (D,) is of each size.
    """

    def __init__(self, batch: Apart, psi: np.ndarray) -> None:
        rest, layout = batch.rest, batch.rest.layout
        self.batch, self.layout, self.levels = batch, layout, batch.levels
        self.place = len(layout.pairs) + batch.component - layout.correlated
        self.value = float(psi[self.place])
        self.d = 1 / (1 + self.value * self.levels.sizes)
        own = self.levels.weighed(self.value * self.d)
        self.rest = Sweep(Batch(layout, rest.columns, rest.A - own.EE, rest.B - own.EB), psi)
        self.logdet = self.rest.logdet - float(self.levels.counts @ np.log(self.d))
        self.explained = self.rest.explained + own.BB

    # ── of the rest ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def reduced(self) -> np.ndarray:
        """T = Ψ₂(I + A₂Ψ₂)⁻¹ (G, q₂, q₂)."""
        psi = self.rest.psi
        value: np.ndarray = psi - psi @ self.rest.M @ psi
        return value

    @cached_property
    def kept(self) -> np.ndarray:
        """N = I - Ψ₂Z₂ᵀWZ₂ (G, q₂, q₂)."""
        value: np.ndarray = np.eye(self.layout.size) - self.rest.psi @ self.rest.M
        return value

    @cached_property
    def taken(self) -> np.ndarray:
        """Ψ₂Z₂ᵀWV (G, q₂, k), so that Z₁ᵀWV = d(B - E taken)."""
        value: np.ndarray = self.rest.psi @ self.rest.F
        return value

    # ── of the component ─────────────────────────────────────────────────────────────────────

    @cached_property
    def _within(self) -> np.ndarray:
        """Z₁ᵀW₁Z₁ of a level of each size, (D,)."""
        value: np.ndarray = self.d * self.levels.sizes
        return value

    @cached_property
    def _squared(self) -> Weighed:
        """Sums with the weights d²: its EE is KᵀK."""
        return self.levels.weighed(self.d**2)

    @cached_property
    def _inner(self) -> Weighed:
        """Sums with the weights d³a: its EE is KᵀZ₁ᵀW₁Z₁K."""
        return self.levels.weighed(self.d**2 * self._within)

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
        own = self.levels.counts @ self._within - np.sum(self.reduced * self._squared.EE)
        return self._with(self.rest.trace(), own)

    def outer(self) -> np.ndarray:
        """Σ Fᵀ E_a F, shape (m, k, k)."""
        return self._with(self.rest.outer(), self._squared.left(self.taken))

    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m)."""
        TK = self.reduced @ self._squared.EE
        own = self.levels.counts @ self._within**2 - 2 * np.sum(self.reduced * self._inner.EE)
        own += np.sum(TK * np.swapaxes(TK, -1, -2))
        crossed = np.sum(np.swapaxes(self.kept, -1, -2) @ self._squared.EE @ self.kept, axis=0)
        return self._with(self.rest.traces(), own, self.layout.inner(crossed))

    def bent(self, R: np.ndarray) -> np.ndarray:
        """Σ tr(E_a M E_b F R Fᵀ), shape (m, m), of a symmetric R (k, k)."""
        pulled = self._squared.EB - self._squared.EE @ self.taken
        turned = pulled @ R
        own = np.sum(self._inner.left(self.taken) * R) - np.sum(turned * (self.reduced @ pulled))
        left = np.swapaxes(self.kept, -1, -2) @ turned
        crossed = np.array([np.sum(left * each) for each in self.rest.moved])
        return self._with(self.rest.bent(R), own, crossed)

    # ── level by level ───────────────────────────────────────────────────────────────────────

    @cached_property
    def _each(self) -> tuple[np.ndarray, csr_matrix, np.ndarray]:
        """D (q₁,), K (q₁, G q₂) and F (q₁, k) of the component."""
        d, B = self.d[self.levels.which], self.levels.B
        K = self.levels.E.multiply(d[:, None]).tocsr()
        return d, K, B * d[:, None] - K @ self.taken.reshape(-1, B.shape[1])

    def effects(self, turn: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which effects, their predictions, and the diagonals of T(Ψ - ΨMΨ)Tᵀ, each (Q,)."""
        at, means, variances = self.rest.effects(turn, t)
        unit = float(turn[self.batch.component, self.batch.component])
        d, K, F = self._each
        places = np.arange(len(self.reduced) + 1)
        spread = bsr_matrix((self.reduced, places[:-1], places)).tocsr()
        explained = np.asarray(K.multiply(K @ spread).sum(axis=1)).ravel()
        own = unit**2 * (self.value - self.value**2 * (d * self.batch.a - explained))
        return (
            np.concatenate([at, self.batch.columns]),
            np.concatenate([means, unit * self.value * (F @ t)]),
            np.concatenate([variances, own]),
        )

    def absorbed(self, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which effects (Q,), and TΨF (Q, k)."""
        at, taken = self.rest.absorbed(turn)
        unit = float(turn[self.batch.component, self.batch.component])
        own = unit * self.value * self._each[2]
        return np.concatenate([at, self.batch.columns]), np.concatenate([taken, own])
