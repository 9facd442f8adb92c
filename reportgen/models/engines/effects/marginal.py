"""Population-averaged coefficients of a multilevel model.

The mean outcome in the population at a row x is m(x) = E h(xβ + zb), b ~ N(0, Ψ): an integral in
one dimension, for zb ~ N(0, v) with v = zΨzᵀ. The population-averaged coefficients are those that
come nearest to it on the scale of the link: β* = (XᵀX)⁻¹ Xᵀ g(m) (Hedeker, du Toit, Demirtas and
Gibbons 2018, Biometrics 74, 354–361), each row counted as often as it stands for a trial.
"""

from __future__ import annotations

import numpy as np

from reportgen.models.engines.effects.glmm_optimum import Optimum

NODES = 40
SMALLEST = 1e-12


def averaged(optimum: Optimum) -> tuple[np.ndarray, np.ndarray]:
    """β* (p,) and its covariance (p, p) by the delta method from that of (β, θ); variances on
    their boundary are taken as known.
    """
    own = optimum.likelihood
    phi, X, structure = optimum.phi, own.X, own.structure
    beta, factor, _ = own.split(phi)
    outcomes, fixed = own.response(0.0), X @ beta
    Z = np.column_stack(own.clusters.columns)
    Zf = Z @ factor
    variance = np.sum(Zf**2, axis=1)
    root = np.sqrt(np.maximum(variance, SMALLEST))
    mean, by_fixed, by_root = np.zeros(len(X)), np.zeros(len(X)), np.zeros(len(X))
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    for z, weight in zip(points, weights / weights.sum(), strict=True):
        eta = fixed + root * z
        rise = outcomes.rise(eta)
        mean += weight * outcomes.mean(eta)
        by_fixed += weight * rise
        by_root += weight * z * rise
    predictor = outcomes.predictor(mean)
    heavy = np.sqrt(np.broadcast_to(own.weights, len(X)))
    solve = np.linalg.pinv(X * heavy[:, None]) * heavy
    steep = outcomes.rise(predictor)
    jacobian = np.zeros((own.p, len(phi)))
    jacobian[:, : own.p] = solve @ (X * (by_fixed / steep)[:, None])
    for place, unit in enumerate(np.eye(len(structure.elements)), start=own.p):
        moved = np.sum(Zf * (Z @ structure.factor(unit)), axis=1) / root
        jacobian[:, place] = solve @ (by_root / steep * moved)
    assert optimum.covariance is not None
    moving, free = jacobian[:, optimum.free], np.ix_(optimum.free, optimum.free)
    return solve @ predictor, moving @ optimum.covariance[free] @ moving.T
