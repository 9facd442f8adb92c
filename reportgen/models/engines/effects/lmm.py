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
from scipy.linalg import lapack

from reportgen.models.engines.effects.columns import Apart, Batch, Columns
from reportgen.models.engines.effects.eliminated import Eliminated
from reportgen.models.engines.effects.gather import batches
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.effects.slim import Slim
from reportgen.models.engines.effects.sweep import Sweep
from reportgen.models.engines.regressions.blocks import Blocks, blocks_of, nearest

SINGULAR = 1e-8
LEAST = 0.1
"""The share of σ² that a step of scoring leaves at least."""


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
        r = blocks.dot(self.origin)
        np.subtract(y, r, out=r)
        self.root = np.linalg.cholesky(columns.squares).T
        self.turn = np.linalg.inv(self.root)
        if isinstance(columns, Grouped):
            self.batches: tuple[Batch | Apart, ...] = (columns.batch(self.root, blocks, r),)
        else:
            self.batches = batches(columns.turned(self.turn), blocks.whole, r)
        self.products = _beside(blocks.squares, blocks.against(r), float(r @ r))

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
    """The likelihood at one Ψ: estimates, their precision, and the derivatives in ψ.

    Of the k = p + 1 columns V = [X, r], y - Xβ is Vt.
    """

    def __init__(self, likelihood: Likelihood, psi: np.ndarray) -> None:
        own = likelihood
        self.likelihood, self.psi = likelihood, psi
        self.sweeps = [_swept(batch, psi) for batch in own.batches]
        weighted = own.products - _total(sweep.explained for sweep in self.sweeps)
        self.XWX, XWr = weighted[:-1, :-1], weighted[:-1, -1]
        self.C, self._logdet = inverted(self.XWX)
        shift = self.C @ XWr
        self.beta = own.origin + shift
        self.t = np.ones(len(shift) + 1)
        self.t[:-1] = -shift
        self.Q = float(weighted[-1, -1] - shift @ XWr)
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
            value += self._logdet
        return -value / 2 if math.isfinite(value) else -math.inf

    # ── derivatives ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def _outer(self) -> np.ndarray:
        """Σ FᵀE_a F, shape (m, k, k): minus the derivatives of VᵀWV."""
        return _total(sweep.outer() for sweep in self.sweeps)

    @cached_property
    def square(self) -> np.ndarray:
        """Minus the derivative of Q, shape (m,)."""
        value: np.ndarray = self._outer @ self.t @ self.t
        return value

    @property
    def fixed(self) -> np.ndarray:
        """Minus the derivatives of XᵀWX, shape (m, p, p)."""
        return self._outer[:, :-1, :-1]

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
        R = self._weights(scale)
        value: np.ndarray = (self._outer.reshape(len(self.psi), -1) @ R.ravel() - self.trace) / 2
        return value

    def _weights(self, scale: float) -> np.ndarray:
        """What the elements of VᵀWV weigh in minus twice the log-likelihood's slope, (k, k)."""
        R: np.ndarray = self.t[:, None] * (self.t / scale)
        if self.likelihood.reml:
            R[:-1, :-1] += self.C
        return R

    @cached_property
    def slope(self) -> np.ndarray:
        """∂ℓ/∂ψ_a with β and σ² at their best, shape (m,)."""
        return self.slope_at(self.scale)

    @cached_property
    def curvature(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β and σ² at their best, shape (m, m)."""
        outer = self.square[:, None] * self.square
        value: np.ndarray = self.bare + outer / (2 * self.likelihood.count * self.scale**2)
        return value

    @property
    def scoring(self) -> tuple[np.ndarray, float]:
        """The step in ψ (m,) to where Fisher's scoring of σ² and σ²Ψ leads, and what it is to gain
        in 2ℓ. Of balanced data it ends at the optimum, wherever it began (Anderson 1973, Ann Stat
        1, 135–141). The information is that of the likelihood, and nearly of the restricted one.
        """
        count, scale = self.likelihood.count, self.scale
        trace = self.square / scale - 2 * self.slope
        step = solved((self.traces - trace[:, None] * trace / count) / 2, self.slope)
        if step is None:
            raise np.linalg.LinAlgError("the information is not positive definite")
        kept = 1 - float(trace @ step) / count  # the new σ² over the old
        return step / max(kept, LEAST), float(step @ self.slope)

    @cached_property
    def newton(self) -> tuple[np.ndarray, float] | None:
        """Newton's step in ψ (m,), and what it is to gain in 2ℓ; None where ℓ is not concave."""
        step = solved(-self.curvature, self.slope)
        return None if step is None else (step, float(step @ self.slope))

    @cached_property
    def bare(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β at its best and σ² held, shape (m, m)."""
        cross = self.cross
        value: np.ndarray = self._held + cross.T @ self.C @ cross / self.scale
        return value

    @cached_property
    def cross(self) -> np.ndarray:
        """Minus the derivatives of XᵀW(y - Xβ), shape (p, m)."""
        value: np.ndarray = (self._outer[:, :-1] @ self.t).T
        return value

    @cached_property
    def _held(self) -> np.ndarray:
        """∂²ℓ/∂ψ_a∂ψ_b with β and σ² held, shape (m, m)."""
        R = self._weights(self.scale)
        value: np.ndarray = self.traces / 2 - _total(sweep.bent(R) for sweep in self.sweeps)
        if self.likelihood.reml:
            CP, m = self.C @ self.fixed, len(self.psi)
            value += CP.reshape(m, -1) @ CP.swapaxes(1, 2).reshape(m, -1).T / 2
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
        root = np.sqrt(np.abs(full.diagonal()))
        scaled = unitless(full)
        if not root.all() or np.linalg.eigvalsh(scaled)[0] <= 0:
            return None
        inverse: np.ndarray = np.linalg.inv(scaled)[:p, :p] / np.outer(root[:p], root[:p])
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

    @cached_property
    def singular(self) -> bool:
        """Whether Ψ is on its boundary: a variance that matters to no row, or a correlation of
        ±1.
        """
        return self.likelihood.layout.least(self.psi) < SINGULAR

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
            taken[at] = own[:, :-1]
        return taken

    def effects(self) -> tuple[np.ndarray, np.ndarray]:
        """Predicted random effects (Q,) and their conditional variances given β and the variances,
        shape (Q,), in the order of the columns of Z.
        """
        size = len(self.likelihood.columns.kind)
        mean, variance = np.zeros(size), np.zeros(size)
        for sweep in self.sweeps:
            at, means, variances = sweep.effects(self.likelihood.turn, self.t)
            mean[at], variance[at] = means, variances * self.scale
        return mean, np.clip(variance, 0, None)


def _swept(batch: Batch | Apart, psi: np.ndarray) -> Sweep | Slim | Eliminated:
    if isinstance(batch, Apart):
        return Eliminated(batch, psi)
    return (Slim if batch.slim else Sweep)(batch, psi)


def _beside(squares: np.ndarray, against: np.ndarray, length: float) -> np.ndarray:
    """The products of [X, r] with itself, (p + 1, p + 1), from XᵀX, Xᵀr and rᵀr."""
    products = np.empty((len(squares) + 1, len(squares) + 1))
    products[:-1, :-1], products[-1, -1] = squares, length
    products[:-1, -1] = products[-1, :-1] = against
    return products


def inverted(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """The inverse of a small symmetric matrix, and the logarithm of its determinant; by Cholesky's
    factor, which asks LAPACK for less than `inv` does, where there is one.
    """
    root, failed = lapack.dpotrf(matrix, lower=True)
    if failed:
        return np.linalg.inv(matrix), float(np.linalg.slogdet(matrix)[1])
    inverse = lapack.dtrtri(root, lower=True)[0]
    return inverse.T @ inverse, 2 * float(np.log(root.diagonal()).sum())


def solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """The solution (m,) with a symmetric matrix; None where it is not positive definite."""
    _, solution, failed = lapack.dposv(matrix, right)
    return None if failed else np.asarray(solution)


def _total(values: Iterable[np.ndarray]) -> np.ndarray:
    return reduce(np.add, values)


def unitless(matrix: np.ndarray) -> np.ndarray:
    """A symmetric matrix with the units of its rows divided out, as a correlation has them."""
    root = np.sqrt(np.abs(matrix.diagonal()))
    root[root == 0] = 1
    scaled: np.ndarray = matrix / root[:, None] / root
    return scaled
