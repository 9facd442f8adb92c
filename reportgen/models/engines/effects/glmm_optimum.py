"""The highest point of a multilevel model's likelihood, and the curvature there.

A point counts as the highest only by its score: with the observed information J and the gradient
g the likelihood could still rise by ½ gᵀJ⁻¹g, which is given as `left`. Where the information has
no closed form (`glmm_curvature`) it is taken by central differences of the exact gradient, each in
the size of its own standard error.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.clusters import inverse
from reportgen.models.engines.effects.glmm import Likelihood
from reportgen.models.engines.effects.glmm_curvature import Curvature, closed, curvature
from reportgen.models.engines.effects.glmm_start import (
    size_by_moments,
    start_alpha,
    starting,
    without_effects,
)

SIZES = (0.05, 0.25, 0.7, 1.5)
NEGLIGIBLE, CLEAR, SAME = 1e-3, 0.1, 1e-7
QUICK_STEPS, NEARLY, STEPS = 15, 2e-6, 12
DIFFERENCE, POLISHED, SETTLED = 1e-3, 1e-12, 1e-10


@dataclass(frozen=True)
class Optimum:
    """A highest point: φ, the log-likelihood, how much it could still rise, the information
    (k, k), and which parameters are free: those on their boundary (a variance of zero) are not.
    """

    likelihood: Likelihood
    phi: np.ndarray
    llf: float
    left: float
    information: np.ndarray
    free: np.ndarray

    @property
    def beta(self) -> np.ndarray:
        """Fixed effects, shape (p,)."""
        return self.likelihood.split(self.phi)[0]

    @property
    def psi(self) -> np.ndarray:
        """The covariance of the random effects, shape (q, q)."""
        factor = self.likelihood.split(self.phi)[1]
        return np.asarray(factor @ factor.T)

    @property
    def alpha(self) -> float:
        """The dispersion of a negative binomial; 0 for other families."""
        return self.likelihood.split(self.phi)[2]

    @property
    def singular(self) -> bool:
        """Whether the covariance of the random effects is on its boundary."""
        own = self.likelihood
        return not self.free[own.p : own.p + len(own.structure.elements)].all()

    @cached_property
    def covariance(self) -> np.ndarray | None:
        """The covariance of φ, with NaN for parameters on their boundary; None where the
        information of the free ones is not positive definite.
        """
        inner = self.information[np.ix_(self.free, self.free)]
        if not (np.isfinite(inner).all() and np.linalg.eigvalsh(_scaled(inner)).min() > 0):
            return None
        whole, inverse = np.full_like(self.information, np.nan), np.linalg.inv(inner)
        whole[np.ix_(self.free, self.free)] = inverse
        # Of columns that all but depend on each other the inverse may be no covariance at all.
        return whole if (np.diag(inverse) > 0).all() else None

    def variance_errors(self) -> np.ndarray | None:
        """Standard errors of the free elements of Ψ by the delta method; None on the boundary."""
        if self.covariance is None or self.singular:
            return None
        own = self.likelihood
        inside = slice(own.p, own.p + len(own.structure.elements))
        jacobian = self.psi_jacobian()
        return np.sqrt(np.diag(jacobian @ self.covariance[inside, inside] @ jacobian.T))

    def psi_jacobian(self) -> np.ndarray:
        """How the free elements of Ψ = ΛΛᵀ move with θ: (m, m)."""
        structure, factor = self.likelihood.structure, self.likelihood.split(self.phi)[1]
        rows = []
        for direction in structure.directions:
            moved = direction @ factor.T
            rows.append(structure.free(moved + moved.T))
        return np.array(rows).T

    def alpha_error(self) -> float | None:
        """The standard error of the dispersion, by the delta method from that of its root."""
        if self.covariance is None or not self.likelihood.dispersed or not self.free[-1]:
            return None
        return float(2 * abs(self.phi[-1]) * np.sqrt(self.covariance[-1, -1]))

    def effects(self) -> tuple[np.ndarray, np.ndarray]:
        """Conditional modes Λû (G, q) and their conditional covariances Λ H⁻¹ Λᵀ (G, q, q)."""
        at = self.likelihood.told(self.phi).at
        return at.u @ at.factor.T, at.factor @ inverse(at.H) @ at.factor.T


def climb(likelihood: Likelihood, beta: np.ndarray | None = None) -> Optimum:
    """The highest point found: from the best of several sizes of the random effects, and from a
    second one where there are several effects or the first ended on the boundary.
    """
    with np.errstate(all="ignore"):
        beta = without_effects(likelihood) if beta is None else beta
        alpha = start_alpha(likelihood, beta)
        found = _direct(likelihood, beta, alpha)
        if found is not None:
            return found
        tried = sorted(
            ((likelihood(starting(likelihood, beta, alpha, size))[0], size) for size in SIZES),
            key=lambda pair: -pair[0] if np.isfinite(pair[0]) else np.inf,
        )
        found = _ascend(likelihood, beta, alpha, tried[0][1])
        if likelihood.q > 1 or found.singular or found.covariance is None:
            other = _ascend(likelihood, beta, alpha, tried[1][1])
            found = max(found, other, key=lambda each: (np.isfinite(each.llf), each.llf))
    return found


def _direct(likelihood: Likelihood, beta: np.ndarray, alpha: float) -> Optimum | None:
    """The highest point inside, from a size by moments, where the likelihood is so near to a
    parabola that few steps lead there; None where there are several effects, or it is not.
    """
    size = size_by_moments(likelihood, beta)
    if size is None:
        return None
    likelihood.modes = np.zeros_like(likelihood.modes)
    start = starting(likelihood, beta, alpha, size)
    units, phi = np.eye(len(start)), start
    if not closed(likelihood):
        units = _units(likelihood, start)
        quick = _quick(likelihood, start, units)
        if quick is None:
            return None
        phi = quick
    found = _polished(likelihood, phi, np.ones(len(phi), dtype=bool), units)
    fine = found.left < POLISHED and found.covariance is not None
    return found if fine and _told(likelihood, found.phi) > CLEAR else None


def _told(likelihood: Likelihood, phi: np.ndarray) -> float:
    """The variance of one random effect next to its sampling variance in a cluster."""
    at = likelihood.told(phi).at
    within = likelihood.clusters.gather_zz(at.weight).mean()
    return float(at.factor[0, 0] ** 2 * within)


def _quick(likelihood: Likelihood, start: np.ndarray, units: np.ndarray) -> np.ndarray | None:
    """Near the top by quasi-Newton steps (BFGS), whole ones in coordinates whose curvature is about
    1; None where one does not climb.
    """
    x, metric = np.zeros(len(start)), np.eye(len(start))
    value, slope = likelihood(start)
    slope = units.T @ slope
    for _ in range(QUICK_STEPS):
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return None
        if np.abs(slope).max() < NEARLY:
            return np.asarray(start + units @ x)
        step = metric @ slope
        after, turned = likelihood(start + units @ (x + step))
        if not after > value:
            return None
        moved = slope - units.T @ turned
        by = float(step @ moved)
        if not by > 0:
            return None
        along = np.eye(len(x)) - np.outer(step, moved) / by
        metric = along @ metric @ along.T + np.outer(step, step) / by
        x, value, slope = x + step, after, slope - moved
    return None


# ── from a start to the highest point ────────────────────────────────────────────────────────


def _ascend(likelihood: Likelihood, beta: np.ndarray, alpha: float, size: float) -> Optimum:
    likelihood.modes = np.zeros_like(likelihood.modes)
    start = starting(likelihood, beta, alpha, size)
    units = _units(likelihood, start)

    def cost(step: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = likelihood(start + units @ step)
        fine = np.isfinite(value) and np.isfinite(slope).all()
        return (-value, -units.T @ slope) if fine else (np.inf, 0 * step)

    done = minimize(
        cost, np.zeros(len(start)), jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500}
    )
    phi = start + units @ done.x
    phi, free = _on_boundary(likelihood, phi)
    return _polished(likelihood, phi, free, units)


def _units(likelihood: Likelihood, phi: np.ndarray) -> np.ndarray:
    """Coordinates in which the curvature is about 1: (k, k). For β the root of its covariance
    given the random effects, for the others a share of their size.
    """
    own, p, at = likelihood, likelihood.p, likelihood.at(phi)
    cross = own.clusters.gather_xz(own.X, at.weight) @ at.factor
    information = (own.X * at.weight[:, None]).T @ own.X
    information -= np.einsum("gpq,gqr,gsr->ps", cross, inverse(at.H), cross)
    values, vectors = np.linalg.eigh(information)
    units = np.zeros((len(phi), len(phi)))
    units[:p, :p] = vectors / np.sqrt(np.clip(values, 1e-12 * values.max(), None))
    theta = phi[p : p + len(own.structure.elements)]
    sizes = own.structure.units(theta) / np.sqrt(2 * own.G)
    if own.q == 1:  # of a normal outcome with these weights: the log-variance of 1 + ψW is known
        share = 1 - 1 / at.H[:, 0, 0]
        sizes = np.abs(theta) / np.sqrt(2 * np.sum(share**2))
    if own.dispersed:
        sizes = np.append(sizes, phi[-1] / np.sqrt(own.clusters.n))
    units[p:, p:] = np.diag(sizes)
    return units


def _on_boundary(likelihood: Likelihood, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """φ with what is negligible put to zero, where the likelihood loses nothing by it; and which
    parameters stay free. Negligible is a variance next to the sampling variance in a cluster.
    """
    own, p = likelihood, likelihood.p
    here = own(phi)[0]
    for without in (_without_dispersion, _without_small):
        changed = without(own, phi)
        if (changed != phi).any() and own(changed)[0] > here - SAME:
            phi = changed
    free = np.ones(len(phi), dtype=bool)
    free[p:] = phi[p:] != 0
    return phi, free


def _without_dispersion(likelihood: Likelihood, phi: np.ndarray) -> np.ndarray:
    changed = phi.copy()
    if likelihood.dispersed and abs(phi[-1]) < np.sqrt(NEGLIGIBLE):
        changed[-1] = 0
    return changed


def _without_small(likelihood: Likelihood, phi: np.ndarray) -> np.ndarray:
    own, structure, at = likelihood, likelihood.structure, likelihood.at(phi)
    within = own.clusters.gather_zz(at.weight).mean(axis=0)
    k, inside = structure.correlated, len(structure.elements)
    theta = phi[own.p : own.p + inside].copy()
    blocks = k * (k + 1) // 2
    for place, columns in enumerate(structure.components, start=blocks):
        told = np.mean([within[column, column] for column in columns])
        if theta[place] ** 2 * told < NEGLIGIBLE:
            theta[place] = 0
    if k:
        theta[:blocks] = _reduced(at.factor[:k, :k], within[:k, :k])[np.tril_indices(k)]
    changed = phi.copy()
    changed[own.p : own.p + inside] = theta
    return changed


def _reduced(factor: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Λ without the directions whose variance is negligible beside what a cluster tells; as it
    was where there is none.
    """
    scale = np.sqrt(np.clip(np.diag(within), 1e-300, None))
    values, vectors = np.linalg.eigh(scale[:, None] * (factor @ factor.T) * scale)
    if values.min() >= NEGLIGIBLE:
        return factor
    kept = vectors * np.where(values < NEGLIGIBLE, 0, values)
    return _semidefinite_root(kept @ vectors.T / np.outer(scale, scale))


def _semidefinite_root(psi: np.ndarray) -> np.ndarray:
    """The Cholesky factor of a matrix that may be singular, with columns of zeros for that."""
    root, rest = np.zeros_like(psi), psi.copy()
    for column in range(len(psi)):
        pivot = rest[column, column]
        if pivot > 1e-10 * psi[column, column]:
            root[column:, column] = rest[column:, column] / np.sqrt(pivot)
            rest = rest - np.outer(root[:, column], root[:, column])
    return root


def _polished(
    likelihood: Likelihood, phi: np.ndarray, free: np.ndarray, units: np.ndarray
) -> Optimum:
    """Newton's steps on the free parameters, until the likelihood could rise by nothing."""
    value, slope = likelihood(phi)
    found, left = _curved(likelihood, phi, units), np.inf
    for _ in range(STEPS):
        inner = found.information[np.ix_(free, free)]
        if not np.isfinite(inner).all() or np.linalg.eigvalsh(_scaled(inner)).min() <= 0:
            break
        step = np.zeros(len(phi))
        step[free] = np.linalg.solve(inner, slope[free])
        left = float(slope @ step) / 2
        if left < POLISHED:
            break
        likelihood.modes = likelihood.modes + np.einsum("gka,k->ga", found.modes, step)
        after, moved = likelihood(phi + step)
        if not after > value - SAME:
            break
        phi, value, slope = phi + step, after, moved
        if left > SETTLED:
            found = _curved(likelihood, phi, units)
    return Optimum(likelihood, phi, value, left, found.information, free)


def _curved(likelihood: Likelihood, phi: np.ndarray, units: np.ndarray) -> Curvature:
    """The observed information: in closed form, or minus the central differences of the gradient
    along `units`.
    """
    if closed(likelihood):
        return curvature(likelihood, phi)
    here = likelihood.told(phi).at.u
    rows = []
    for unit in units.T:
        likelihood.modes = here
        after = likelihood.slope(phi + DIFFERENCE * unit)
        likelihood.modes = 2 * here - likelihood.modes  # to second order
        rows.append(likelihood.slope(phi - DIFFERENCE * unit) - after)
    likelihood.modes = here
    whole = np.linalg.solve(units.T, np.array(rows) / (2 * DIFFERENCE))
    return Curvature((whole + whole.T) / 2, np.zeros((len(here), len(phi), here.shape[1])))


def _scaled(matrix: np.ndarray) -> np.ndarray:
    """A symmetric matrix with ones on its diagonal, as far as it is positive."""
    size = np.sqrt(np.abs(np.diag(matrix)))
    size[size == 0] = 1
    return np.asarray(matrix / np.outer(size, size))
