"""The linear mixed model with independent clusters, from cross-products of each cluster.

    y_i = X_i β + Z_i b_i + e_i,   b_i ~ N(0, σ² Ψ),   e_i ~ N(0, σ² I),   W_i = (I + Z_i Ψ Z_iᵀ)⁻¹

β and σ² are profiled out; what is left is the likelihood, or restricted likelihood, of Ψ
(Harville 1977, JASA 72, 320–338; Lindstrom and Bates 1988, JASA 83, 1014–1022). With A = ZᵀZ the
Woodbury identity gives everything from A, ZᵀX and Zᵀy: M = ZᵀWZ = (I + AΨ)⁻¹A. Derivatives are
exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from reportgen.models.engines.structure import Structure

STARTS = (0.3, 0.03, 1.0)
NEWTON_STEPS = 8


class Likelihood:
    """The (restricted) log-likelihood of one design. `codes` (n,) number the clusters 0 … G - 1."""

    def __init__(
        self, y: np.ndarray, X: np.ndarray, Z: np.ndarray, codes: np.ndarray,
        structure: Structure, *, reml: bool,
    ) -> None:  # fmt: skip
        self.structure, self.reml = structure, reml
        self.n, self.p = X.shape
        self.count = self.n - self.p if reml else self.n
        # Everything is about the residuals of least squares: no digits are lost to large means.
        self.origin = np.linalg.lstsq(X, y, rcond=None)[0]
        r = y - X @ self.origin
        order = np.argsort(codes, kind="stable")
        first = np.flatnonzero(np.diff(codes[order], prepend=-1))
        Zs, Xs, rs = Z[order], X[order], r[order]

        def gathered(left: np.ndarray, right: np.ndarray) -> np.ndarray:
            return np.add.reduceat(left[:, :, None] * right[:, None, :], first, axis=0)

        self.A = gathered(Zs, Zs)
        self.B = gathered(Zs, Xs)
        self.c = gathered(Zs, rs[:, None])
        self.XX, self.Xr, self.rr = X.T @ X, X.T @ r, float(r @ r)

    def at(self, psi: np.ndarray) -> Point:
        """Everything about one Ψ."""
        return Point(self, psi)

    def best(self, more: Sequence[np.ndarray] = ()) -> Point:
        """The highest point found from several starts and from the Ψ in `more`, polished."""
        scale = np.sqrt(self.n / np.clip(self.A.sum(axis=0).diagonal(), 1e-300, None))
        starts = [self.structure.theta(np.diag((size * scale) ** 2)) for size in STARTS]
        starts += [self.structure.theta(psi) for psi in more]
        found = [self._climb(start) for start in starts]
        return max(found, key=lambda point: point.llf)

    def _climb(self, start: np.ndarray) -> Point:
        unit = self.structure.units(start)

        def cost(scaled: np.ndarray) -> tuple[float, np.ndarray]:
            theta = scaled * unit
            point = self.at(self.structure.psi(theta))
            factor = self.structure.factor(theta)
            slope = self.structure.pull(2 * point.gradient @ factor) * unit
            return -point.llf, -slope

        done = minimize(cost, start / unit, jac=True, method="BFGS", options={"gtol": 1e-7})
        return self._polish(self.at(self.structure.psi(done.x * unit)))

    def _polish(self, point: Point) -> Point:
        """Newton's steps in the elements of Ψ, as long as they climb and Ψ stays positive."""
        for _ in range(NEWTON_STEPS):
            curvature = -point.curvature
            if point.singular or np.linalg.eigvalsh(curvature).min() <= 0:
                return point
            step = np.linalg.solve(curvature, point.slope)
            psi = point.psi + np.tensordot(step, self.structure.elements, 1)
            if np.linalg.eigvalsh(psi).min() < 0:
                return point
            after = self.at(psi)
            if not after.llf > point.llf:
                return point
            point = after
        return point


class Point:
    """The likelihood at one Ψ: estimates, their precision, and the derivatives in Ψ."""

    def __init__(self, likelihood: Likelihood, psi: np.ndarray) -> None:
        own = likelihood
        self.likelihood, self.psi = likelihood, psi
        S = np.eye(len(psi)) + own.A @ psi
        self.M = np.linalg.solve(S, own.A)
        self.F = np.linalg.solve(S, own.B)
        h = np.linalg.solve(S, own.c)
        weighted = psi @ self.F
        self.XWX = own.XX - np.einsum("gqp,gqr->pr", own.B, weighted)
        XWr = own.Xr - np.einsum("gqp,gqo->p", weighted, own.c)
        rWr = own.rr - float(np.einsum("gqo,qs,gso->", own.c, psi, h))
        self.C = np.linalg.inv(self.XWX)
        shift = self.C @ XWr
        self.beta = own.origin + shift
        self.Q = rWr - float(shift @ XWr)
        self.u = (h - self.F @ shift[:, None])[..., 0]
        self.scale = self.Q / own.count
        sign, logdet = np.linalg.slogdet(S)
        self.logdet = float(np.sum(logdet))
        finite = bool(np.all(sign > 0)) and self.Q > 0 and np.isfinite(self.logdet)
        self.llf = self._llf() if finite else -np.inf

    def _llf(self) -> float:
        count = self.likelihood.count
        value = -0.5 * (count * (np.log(2 * np.pi * self.scale) + 1) + self.logdet)
        if self.likelihood.reml:
            value -= 0.5 * float(np.linalg.slogdet(self.XWX)[1])
        return float(value)

    @cached_property
    def gradient(self) -> np.ndarray:
        """∂ℓ/∂Ψ as a symmetric matrix (q, q): its inner product with ∂Ψ/∂ψ_a is ∂ℓ/∂ψ_a."""
        value: np.ndarray = self.u.T @ self.u / self.scale - self.M.sum(axis=0)
        if self.likelihood.reml:
            value += np.einsum("gqp,pr,gsr->qs", self.F, self.C, self.F)
        return value / 2

    @property
    def slope(self) -> np.ndarray:
        """∂ℓ/∂ψ_a, shape (m,)."""
        return np.tensordot(self.likelihood.structure.elements, self.gradient, 2)

    @cached_property
    def curvature(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β and σ² at their best, shape (m, m)."""
        return self._second(profiled=True)

    @cached_property
    def information(self) -> np.ndarray:
        """The joint observed information of β and ψ, σ² profiled out: shape (p + m, p + m)."""
        E, p = self.likelihood.structure.elements, self.likelihood.p
        cross = np.einsum("gqp,aqs,gs->pa", self.F, E, self.u) / self.scale
        full = np.empty((p + len(E), p + len(E)))
        full[:p, :p] = self.XWX / self.scale
        full[:p, p:], full[p:, :p] = cross, cross.T
        full[p:, p:] = -self._second(profiled=False)
        return full

    def _second(self, profiled: bool) -> np.ndarray:
        E, count = self.likelihood.structure.elements, self.likelihood.count
        Eu = np.einsum("aqs,gs->agq", E, self.u)
        first = np.einsum("gq,agq->a", self.u, Eu)
        bend = np.einsum("agq,gqs,bgs->ab", Eu, self.M, Eu)
        value: np.ndarray = -bend / self.scale + np.outer(first, first) / (
            2 * count * self.scale**2
        )
        if profiled:
            pull = np.einsum("gqp,agq->ap", self.F, Eu)
            value += pull @ self.C @ pull.T / self.scale
        EM = np.einsum("aqs,gst->agqt", E, self.M)
        value += 0.5 * np.einsum("agqt,bgtq->ab", EM, EM)
        if self.likelihood.reml:
            P = np.einsum("gqp,aqs,gsr->apr", self.F, E, self.F)
            CP = self.C @ P
            twice = np.einsum("gqp,agqt,btu,gur->abpr", self.F, EM, E, self.F)
            twice = twice + twice.transpose(1, 0, 2, 3)
            value -= 0.5 * np.einsum("pr,abrp->ab", self.C, twice)
            value += 0.5 * np.einsum("apr,brp->ab", CP, CP)
        return value

    @property
    def singular(self) -> bool:
        """Whether Ψ is on its boundary, judged without units: a variance that matters to no row,
        or a correlation of ±1.
        """
        share = self._weights()
        scaled = np.sqrt(share)[:, None] * self.psi * np.sqrt(share)
        return bool(np.linalg.eigvalsh(scaled).min() < 1e-8)

    def _weights(self) -> np.ndarray:
        """Mean squares of the columns of Z."""
        total = self.likelihood.A.sum(axis=0).diagonal() / self.likelihood.n
        return np.where(total > 0, total, 1)

    def effects(self) -> np.ndarray:
        """Predicted random effects (G, q): Ψ Zᵀ W (y - Xβ)."""
        effects: np.ndarray = self.u @ self.psi
        return effects

    def effects_covariance(self) -> np.ndarray:
        """Their conditional covariances given β and variances: σ² (Ψ - Ψ M Ψ), (G, q, q)."""
        covariance: np.ndarray = self.scale * (self.psi - self.psi @ self.M @ self.psi)
        return covariance
