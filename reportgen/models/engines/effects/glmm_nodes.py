"""What quadrature adds to the observed information of a model with one random effect.

The nodes u_j = û + z_j/√H move with φ as u_jk = û_k + z_j τ_k, τ_k the derivative of H^(-½), and η
there as D_jk = x_k + zV_jk, V_jk = V_k + z_j T_k, T_k = λ_k/√H + λτ_k, where λ is Λ, a number here.
The logarithm of a sum has the mean of second derivatives and the variance of first ones, by the
shares π_j of nodes:

    Σ_j π_j [-Σ w_j D_jk D_jl + r_j (λ_k u_jl + λ_l u_jk) - u_jk u_jl] + ¾ turn H_k H_l/H²
    + Cov_j(f_jk, f_jl),    f_jk = ∂f(u_j)/∂φ_k = Σ s_j x_k + λ_k r_j u_j + f′_j u_jk,

with r_j = Σ s_j z; ¾ is of the second derivative of H^(-½). `glmm_curvature` has what is left of it
where all z_j are zero.
"""

from __future__ import annotations

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.glmm import Likelihood, Told


@dataclass(frozen=True)
class Moved:
    """Derivatives in φ by cluster (G, k): of û and of H^(-½), V_k, T_k, H_k/H; and λ_k (k,)."""

    modes: np.ndarray
    root: np.ndarray
    effects: np.ndarray
    tilts: np.ndarray
    relative: np.ndarray
    turns: np.ndarray


@dataclass(frozen=True)
class Shared:
    """Sums over nodes by their shares: the weights of rows times 1, z and z² (3, n), by cluster z,
    z² and z r (3, G); and the covariance of ∂f(u_j)/∂φ between nodes, of all clusters (k, k).
    """

    weights: np.ndarray
    moments: np.ndarray
    covariance: np.ndarray


def of_nodes(own: Likelihood, told: Told, by: Moved) -> tuple[np.ndarray, np.ndarray]:
    """The mean over nodes of the weights of rows (n,), and what nodes add to the information
    (k, k) of a mode with such weights.
    """
    rows, sums = own.clusters, _shared(own, told, by)
    weight, tilted, squared = sums.weights
    mean, square, pulled = sums.moments
    V, T = by.effects, by.tilts
    added = _crossed(by.root, square, by.root) + _crossed(T, rows.gather_zz(squared)[:, 0, 0], T)
    added -= _crossed(by.relative, 0.75 * told.integral.turn[:, 0, 0], by.relative)
    mixed = _crossed(by.modes, mean, by.root) + _crossed(V, rows.gather_zz(tilted)[:, 0, 0], T)
    mixed[: own.p] += rows.gather_xz(own.X, tilted)[:, :, 0].T @ T
    mixed -= np.outer(by.turns, pulled @ by.root)
    return weight, added - sums.covariance + mixed + mixed.T


def moved(
    told: Told, turns: np.ndarray, modes: np.ndarray, effects: np.ndarray, curvatures: np.ndarray
) -> Moved:
    """From λ_k (k, 1, 1), û_k and V_k (G, k, 1) and H_k (G, k, 1, 1)."""
    relative, tau = curvatures[:, :, 0, 0] / told.at.H[:, :, 0], told.at.lower[:, :, 0]
    root, turned = -tau * relative / 2, turns[:, 0, 0]
    tilts = tau * turned + told.at.factor[0, 0] * root
    return Moved(modes[:, :, 0], root, effects[:, :, 0], tilts, relative, turned)


def _shared(own: Likelihood, told: Told, by: Moved) -> Shared:
    at, rows, factor = told.at, own.clusters, told.at.factor[0, 0]
    G, k = by.modes.shape
    weights, moments = np.zeros((3, own.clusters.n)), np.zeros((3, G))
    mean, squares, first = np.zeros((G, k)), np.zeros((k, k)), 0
    for z, _ in own.grid:
        share, first = told.integral.shares[first : first + len(z)], first + len(z)
        u = at.u[:, 0] + z * at.lower[:, 0, 0]
        eta = rows.spread_z(u[:, :, None] * factor)
        eta += at.fixed
        slope, weight = map(own.weighed, at.own.slopes(eta))
        r = rows.gather_z(slope)[:, :, 0]
        step = (factor * r - u)[:, :, None] * (by.modes + z[:, :, None] * by.root)
        step += (r * u)[:, :, None] * by.turns
        for column, x in enumerate(own.X.T):
            step[:, :, column] += rows.gather(slope * x)
        mean += np.einsum("jg,jgk->gk", share, step)
        squares += _crossed(step.reshape(-1, k), share.ravel(), step.reshape(-1, k))
        weight *= rows.spread(share)
        powers = z.T ** np.arange(3)[:, None]
        weights += powers @ weight
        moments[:2] += powers[1:] @ share
        moments[2] += np.sum(z * share * r, axis=0)
    return Shared(weights, moments, squares - mean.T @ mean)


def _crossed(one: np.ndarray, weights: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Σ weights one_k other_l, (k, k), over all but the last axis."""
    return np.asarray((one * weights[:, None]).T @ other)
