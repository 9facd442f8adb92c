"""The linear mixed model, from cross-products of independent blocks of random effects.

    y = Xβ + Zb + e,   b ~ N(0, σ² Ψ),   e ~ N(0, σ² I),   W = (I + ZΨZᵀ)⁻¹

β and σ² are profiled out; what is left is the likelihood, or restricted likelihood, of Ψ
(Harville 1977, JASA 72, 320–338; Lindstrom and Bates 1988, JASA 83, 1014–1022). Derivatives are
exact. Nested, crossed and repeated effects are all columns of one sparse Z; blocks that share no
row are swept apart (`gather.py`, `sweep.py`, `eliminated.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property, reduce

import numpy as np

from reportgen.models.engines.effects.columns import Apart, Batch, Columns
from reportgen.models.engines.effects.eliminated import Eliminated
from reportgen.models.engines.effects.gather import batches
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.effects.slim import Slim, fits
from reportgen.models.engines.effects.sweep import Sweep
from reportgen.models.engines.regressions.blocks import Blocks, blocks_of, nearest

SINGULAR = 1e-8


class Likelihood:
    """The (restricted) log-likelihood of one design: y (n,), X (n, p), random effects.

    Its Ψ is of effects turned so that the mean of z̃z̃ᵀ over rows is the identity, b = Tb̃: a
    variance of ψ then adds ψσ² to a row, whatever the units and origins of the columns.
    """

    def __init__(
        self, y: np.ndarray, X: np.ndarray | Blocks, columns: Columns | Grouped, *, reml: bool
    ) -> None:
        blocks = blocks_of(X)
        self.columns, self.reml, self.layout = columns, reml, columns.layout
        self.n, self.p = blocks.shape
        self.count = self.n - self.p if reml else self.n
        # Everything is about the residuals of least squares: no digits are lost to large means.
        self.origin = nearest(blocks, y)
        r = y - blocks.dot(self.origin)
        self.root = np.linalg.cholesky(columns.squares).T
        self.turn = np.linalg.inv(self.root)
        if isinstance(columns, Grouped):
            self.batches: tuple[Batch | Apart, ...] = (columns.batch(self.turn, blocks, r),)
        else:
            self.batches = batches(columns.turned(self.turn), blocks.whole, r)
        self.XX, self.Xr, self.rr = blocks.squares, blocks.against(r), float(r @ r)

    def at(self, psi: np.ndarray) -> Point:
        """Everything about one Ψ, given by its free elements (m,)."""
        return Point(self, psi)

    def turned(self, whole: np.ndarray) -> np.ndarray:
        """The free elements of Ψ (m,) from the covariance of the effects over σ², (q, q)."""
        return self.layout.elements(self.root @ whole @ self.root.T)

    @cached_property
    def back(self) -> np.ndarray:
        """∂(elements of TΨTᵀ)/∂ψ, shape (m, m)."""
        units = np.eye(self.layout.free)
        rows = [self.layout.elements(self._whole(unit)) for unit in units]
        return np.array(rows).T

    def _whole(self, psi: np.ndarray) -> np.ndarray:
        whole: np.ndarray = self.turn @ self.layout.matrix(psi) @ self.turn.T
        return whole


class Point:
    """The likelihood at one Ψ: estimates, their precision, and the derivatives in ψ."""

    def __init__(self, likelihood: Likelihood, psi: np.ndarray) -> None:
        own = likelihood
        self.likelihood, self.psi = likelihood, psi
        self.sweeps = [_swept(batch, psi) for batch in own.batches]
        self.XWX = own.XX - _total(sweep.BWB for sweep in self.sweeps)
        XWr = own.Xr - _total(sweep.BWc for sweep in self.sweeps)
        rWr = own.rr - sum(sweep.cWc for sweep in self.sweeps)
        self.C = np.linalg.inv(self.XWX)
        shift = self.C @ XWr
        self.beta = own.origin + shift
        self.Q = rWr - float(shift @ XWr)
        for sweep in self.sweeps:
            sweep.turn(shift)
        self.scale: float = self.Q / own.count
        self.logdet = sum(sweep.logdet for sweep in self.sweeps)
        self.llf = self.llf_at(self.scale)

    def llf_at(self, scale: float) -> float:
        """The log-likelihood at this Ψ and a given σ²; -inf where it is not a finite number."""
        if not (self.Q > 0 and scale > 0 and math.isfinite(self.logdet)):
            return -math.inf
        count = self.likelihood.count
        value = count * math.log(2 * math.pi * scale) + self.Q / scale + self.logdet
        if self.likelihood.reml:
            value += float(np.linalg.slogdet(self.XWX)[1])
        return -value / 2 if math.isfinite(value) else -math.inf

    # ── derivatives ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def square(self) -> np.ndarray:
        """Σ uᵀE_a u, shape (m,): minus the derivative of Q."""
        return _total(sweep.square() for sweep in self.sweeps)

    @cached_property
    def fixed(self) -> np.ndarray:
        """Σ FᵀE_a F, shape (m, p, p): minus the derivatives of XᵀWX."""
        return _total(sweep.fixed() for sweep in self.sweeps)

    @cached_property
    def trace(self) -> np.ndarray:
        """Σ tr(M E_a), shape (m,): the derivative of log |W|⁻¹."""
        return _total(sweep.trace() for sweep in self.sweeps)

    @cached_property
    def traces(self) -> np.ndarray:
        """Σ tr(E_a M E_b M), shape (m, m): minus its second derivatives."""
        return _total(sweep.traces() for sweep in self.sweeps)

    def slope_at(self, scale: float) -> np.ndarray:
        """∂ℓ/∂ψ_a at a given σ², shape (m,)."""
        value: np.ndarray = self.square / scale - self.trace
        if self.likelihood.reml:
            value += np.einsum("apr,rp->a", self.fixed, self.C)
        value /= 2
        return value

    @cached_property
    def slope(self) -> np.ndarray:
        """∂ℓ/∂ψ_a with β and σ² at their best, shape (m,)."""
        return self.slope_at(self.scale)

    @cached_property
    def curvature(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β and σ² at their best, shape (m, m)."""
        outer = np.outer(self.square, self.square)
        value: np.ndarray = self.bare + outer / (2 * self.likelihood.count * self.scale**2)
        return value

    @property
    def expected(self) -> np.ndarray:
        """The information of ψ, σ² profiled out, that data of this Ψ would be expected to have,
        shape (m, m): of the likelihood, and nearly of the restricted one.
        """
        value: np.ndarray = self.traces - np.outer(self.trace, self.trace) / self.likelihood.n
        value /= 2
        return value

    @cached_property
    def bare(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β at its best and σ² held, shape (m, m)."""
        cross = self.cross
        value: np.ndarray = self._held + cross.T @ self.C @ cross / self.scale
        return value

    @cached_property
    def cross(self) -> np.ndarray:
        """Σ FᵀE_a u, shape (p, m): minus the derivatives of XᵀW(y - Xβ)."""
        return _total(sweep.cross() for sweep in self.sweeps)

    @cached_property
    def _held(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β and σ² held, shape (m, m)."""
        value: np.ndarray = self.traces / 2
        value = value - _total(sweep.bend() for sweep in self.sweeps) / self.scale
        if self.likelihood.reml:
            twice = _total(sweep.twice() for sweep in self.sweeps)
            twice = twice + np.swapaxes(twice, 0, 1)
            CP = self.C @ self.fixed
            value = value - np.einsum("pr,abrp->ab", self.C, twice) / 2
            value = value + np.einsum("apr,brp->ab", CP, CP) / 2
        return value

    # ── what is known of the estimates ───────────────────────────────────────────────────────

    @cached_property
    def observed(self) -> np.ndarray | None:
        """The covariance of β (p, p) from the joint observed information of β, ψ and σ²; None where
        that is not positive definite.
        """
        p, m = self.likelihood.p, len(self.psi)
        outer = np.outer(self.square, self.square)
        full = np.empty((p + m, p + m))
        full[:p, :p] = self.XWX / self.scale
        full[:p, p:] = self.cross / self.scale
        full[p:, :p] = full[:p, p:].T
        full[p:, p:] = -self._held - outer / (2 * self.likelihood.count * self.scale**2)
        root = np.sqrt(np.abs(np.diag(full)))
        if not root.all() or np.linalg.eigvalsh(unitless(full)).min() <= 0:
            return None
        inverse: np.ndarray = np.linalg.inv(unitless(full))[:p, :p] / np.outer(root[:p], root[:p])
        return inverse

    @cached_property
    def information(self) -> np.ndarray:
        """The observed information of ψ and σ², β profiled out: shape (m + 1, m + 1)."""
        m = len(self.psi)
        full = np.empty((m + 1, m + 1))
        full[:m, :m] = -self.bare
        full[:m, m] = full[m, :m] = self.square / (2 * self.scale**2)
        full[m, m] = self.likelihood.count / (2 * self.scale**2)
        return full

    @property
    def covariance(self) -> np.ndarray:
        """The covariance of the effects themselves, σ²TΨTᵀ (q, q), one column a component."""
        covariance: np.ndarray = self.scale * self.likelihood._whole(self.psi)
        return covariance

    @property
    def added(self) -> float:
        """The mean variance that random effects add to a row: tr(ZΣZᵀ)/n."""
        return float(self.scale * self.likelihood.layout.matrix(self.psi).trace())

    @property
    def singular(self) -> bool:
        """Whether Ψ is on its boundary: a variance that matters to no row, or a correlation of
        ±1.
        """
        return bool(np.linalg.eigvalsh(self.likelihood.layout.matrix(self.psi)).min() < SINGULAR)

    def vanishes(self, column: int) -> bool:
        """Whether the variance of an effect matters to no row: it is zero but for rounding."""
        size = self.likelihood.columns.squares[column, column]
        return bool(self.covariance[column, column] * size < SINGULAR * self.scale)

    def weighted(self, X: np.ndarray) -> np.ndarray:
        """WX (n, p) of the design X: what of it random effects leave."""
        left: np.ndarray = X - self.likelihood.columns.Z @ self.taken()
        return left

    def taken(self) -> np.ndarray:
        """The effects (Q, p) that the columns of X would have as outcomes."""
        taken = np.zeros((len(self.likelihood.columns.kind), self.likelihood.p))
        for sweep in self.sweeps:
            at, own = sweep.absorbed(self.likelihood.turn)
            taken[at] = own
        return taken

    def effects(self) -> tuple[np.ndarray, np.ndarray]:
        """Predicted random effects (Q,) and their conditional variances given β and the variances,
        shape (Q,), in the order of the columns of Z.
        """
        size = len(self.likelihood.columns.kind)
        mean, variance = np.zeros(size), np.zeros(size)
        for sweep in self.sweeps:
            at, means, variances = sweep.effects(self.likelihood.turn)
            mean[at], variance[at] = means, variances * self.scale
        return mean, np.clip(variance, 0, None)


def _swept(batch: Batch | Apart, psi: np.ndarray) -> Sweep | Slim | Eliminated:
    if isinstance(batch, Apart):
        return Eliminated(batch, psi)
    return (Slim if fits(batch) else Sweep)(batch, psi)


def _total(values: Iterable[np.ndarray]) -> np.ndarray:
    return reduce(np.add, values)


def unitless(matrix: np.ndarray) -> np.ndarray:
    """A symmetric matrix with the units of its rows divided out, as a correlation has them."""
    root = np.sqrt(np.abs(np.diag(matrix)))
    root = np.where(root > 0, root, 1)
    scaled: np.ndarray = matrix / root[:, None] / root
    return scaled
