"""The observed information of a multilevel model, in closed form: by Laplace's method, and with
`glmm_nodes` by quadrature where there is one random effect and no dispersion.

By row s, w, b, c are the slope of log p in η and minus its second to fourth derivatives, and h is
zΛKΛᵀzᵀ, K = ½H⁻¹. By the implicit function theorem modes move with φ as H û_k = ∂f′/∂φ_k, and so

    D_k = dη/dφ_k = x_k + zV_k,   V_k = Λ_k û + Λ û_k,   S_k = dS/dφ_k = Σ b D_k zᵀz,
    H_k = dH/dφ_k = Λ_kᵀSΛ + ΛᵀSΛ_k + ΛᵀS_kΛ,            W_k = -d(Σ s zᵀ)/dφ_k = Σ w D_k zᵀ,

with Λ_k = ∂Λ/∂θ_k and S = Σ w zᵀz. In the second derivative of f(û) - ½ log |H| the û_kl have the
factor f′ = 0, and where log |H| moves with û they are, by f′ = 0 differentiated twice, sums of what
stands here: with m the slope of -½ log |H| in û times H⁻¹, and e = Σ zᵀ dℓ/dη of the gradient,

    ℓ_kl = - Σ (w + ch + b zΛm) D_k D_l - û_k·û_l + ½ tr(H⁻¹H_k H⁻¹H_l) - 2 tr(KΛ_kᵀSΛ_l)
           + e·Λ_k û_l - Λ_k m·W_l - 2 tr(KΛ_kᵀS_lΛ)   and these three once more, k for l.

(Kristensen, Nielsen, Berg, Skaug and Bell 2016, J Stat Softw 70(5), eq. 4–8, differentiate the same
objective by machine.) The root of a dispersion, √α, is one φ more, which moves log p itself.
"""

from __future__ import annotations

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.clusters import inverse
from reportgen.models.engines.effects.glmm import Likelihood, Told
from reportgen.models.engines.effects.glmm_nodes import moved, of_nodes
from reportgen.models.engines.effects.responses import NegativeBinomial


@dataclass(frozen=True)
class Curvature:
    """The observed information about φ (k, k), and how the modes move with φ: (G, k, q)."""

    information: np.ndarray
    modes: np.ndarray


@dataclass(frozen=True)
class Motion:
    """Derivatives in φ by cluster: of modes û_k, of effects V_k and of sums W_k (G, k, q), and of
    the matrices S_k and H_k (G, k, q, q).
    """

    modes: np.ndarray
    effects: np.ndarray
    falls: np.ndarray
    matrices: np.ndarray
    curvatures: np.ndarray


@dataclass(frozen=True)
class Dispersion:
    """Derivatives in √α by row (n,): of the slope of log p and of its weight; and of ℓ, with η held
    fast: of dℓ/dη (n,), and twice in √α.
    """

    slope: np.ndarray
    weight: np.ndarray
    crossed: np.ndarray
    twice: float


def closed(likelihood: Likelihood) -> bool:
    """Whether the information has a closed form here."""
    own = likelihood
    return own.nodes == 1 or (own.q == 1 and not own.dispersed)


def curvature(likelihood: Likelihood, phi: np.ndarray) -> Curvature:
    """At φ, of a likelihood whose information has a closed form."""
    told = likelihood.told(phi)
    own, at, rows = likelihood, told.at, likelihood.clusters
    turns = np.zeros((len(phi), own.q, own.q))  # Λ_k, 0 of all but θ
    turns[own.p : own.p + len(own.structure.elements)] = own.structure.directions
    shift = rows.spread_z(told.carried.modes @ at.factor.T)  # zΛm
    spread = _dispersion(own, told, shift)
    motion = _motion(own, told, turns, spread)

    weight, more = at.weight, np.zeros((len(phi), len(phi)))
    if own.nodes > 1:
        by = moved(told, turns, motion.modes, motion.effects, motion.curvatures)
        weight, more = of_nodes(own, told, by)
    heavy = weight + told.carried.turn * told.carried.half + told.carried.bend * shift
    found = more + _crossed(own, heavy, motion)
    found += _summed(motion.modes, motion.modes)
    found -= _by_factor(own, told, turns, motion)
    if spread is not None:
        crossed = _wide(own.X.T @ spread.crossed, len(phi))
        crossed += np.einsum("ga,gka->k", rows.gather_z(spread.crossed), motion.effects)
        crossed[-1] += spread.twice / 2
        found[-1] -= crossed
        found[:, -1] -= crossed
    return Curvature(found, motion.modes)


def _motion(own: Likelihood, told: Told, turns: np.ndarray, spread: Dispersion | None) -> Motion:
    at, rows, k, bend = told.at, own.clusters, len(turns), told.carried.bend
    S, sums = rows.gather_zz(at.weight), rows.gather_z(at.slope)
    crossed = _wide(rows.gather_xz(own.X, at.weight), k)
    turned = np.einsum("kab,gb->gka", turns, at.u)
    moved = np.zeros((own.G, k, own.q))  # of Σ s zᵀ with η held fast
    if spread is not None:
        moved[:, -1] = rows.gather_z(spread.slope)
    force = (moved - crossed - np.einsum("gab,gkb->gka", S, turned)) @ at.factor
    force += np.einsum("kba,gb->gka", turns, sums)
    modes = np.einsum("gab,gkb->gka", inverse(at.H), force)
    effects = turned + modes @ at.factor.T
    falls = crossed + np.einsum("gab,gkb->gka", S, effects) - moved
    thirds = rows.gather_xzz(np.column_stack(rows.columns), bend)
    matrices = _wide(rows.gather_xzz(own.X, bend), k)
    matrices += np.einsum("gcab,gkc->gkab", thirds, effects)
    if spread is not None:
        matrices[:, -1] += rows.gather_zz(spread.weight)
    halves = np.einsum("kba,gbc->gkac", turns, S @ at.factor)
    curvatures = halves + halves.swapaxes(2, 3) + at.factor.T @ matrices @ at.factor
    return Motion(modes, effects, falls, matrices, curvatures)


def _crossed(own: Likelihood, heavy: np.ndarray, motion: Motion) -> np.ndarray:
    """Σ heavy D_k D_l over rows."""
    rows, V = own.clusters, motion.effects
    mixed = _summed(_wide(rows.gather_xz(own.X, heavy), V.shape[1]), V)
    mixed += _summed(V, np.einsum("gab,gkb->gka", rows.gather_zz(heavy), V)) / 2
    mixed[: own.p, : own.p] += (heavy * own.X.T) @ own.X / 2
    return np.asarray(mixed + mixed.T)


def _by_factor(own: Likelihood, told: Told, turns: np.ndarray, motion: Motion) -> np.ndarray:
    """What of ℓ_kl is of H, and what of it and of f moves with Λ."""
    at, rows = told.at, own.clusters
    S = rows.gather_zz(at.weight)
    RH = np.einsum("gab,gkbc->gkac", inverse(at.H), motion.curvatures)
    pulled = np.einsum("kba,gb->gka", turns, rows.gather_z(told.carried.by_eta))
    mixed = _summed(RH, RH.swapaxes(2, 3)) / 4
    mixed += _summed(pulled, motion.modes)
    mixed -= _summed(np.einsum("kab,gb->gka", turns, told.carried.modes), motion.falls)
    turned = np.einsum("kab,gbc->gkac", turns, told.carried.K)
    mixed -= _summed(turned, np.einsum("gab,kbc->gkac", S, turns))
    mixed -= 2 * _summed(turned @ at.factor.T, motion.matrices)
    return mixed + mixed.T


def _dispersion(own: Likelihood, told: Told, shift: np.ndarray) -> Dispersion | None:
    at, root, half = told.at, told.phi[-1], told.carried.half
    if not isinstance(at.own, NegativeBinomial):
        return None
    value, slope, weight, bend = map(own.weighed, at.own.by_alpha(at.eta))
    once = np.sum(value + slope * shift - weight * half)
    value, *second = map(own.weighed, at.own.twice_by_alpha(at.eta))
    twice = np.sum(value + second[0] * shift - second[1] * half)
    by = 2 * root
    crossed = by * (slope - bend * half - weight * shift)
    return Dispersion(by * slope, by * weight, crossed, float(by**2 * twice + 2 * once))


def _wide(values: np.ndarray, k: int) -> np.ndarray:
    """What there is for each of β, for each of φ: zero for the others. The axis is the second, or
    the only one.
    """
    axis = min(1, values.ndim - 1)
    made = np.zeros((*values.shape[:axis], k, *values.shape[axis + 1 :]))
    made[(slice(None),) * axis + (slice(values.shape[axis]),)] = values
    return made


def _summed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Σ of the products of elements k of one and l of the other, over all other axes: (k, k)."""
    rest = [axis for axis in range(one.ndim) if axis != 1]
    return np.asarray(np.tensordot(one, other, axes=(rest, rest)))
