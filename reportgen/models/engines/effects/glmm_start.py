"""Where the search for the highest point of a multilevel model's likelihood begins."""

from __future__ import annotations

import numpy as np

from reportgen.models.engines.effects.glmm import Likelihood

STEPS, AT_TOP, OVERSHOT = 100, 1e-10, 0.9


def without_effects(likelihood: Likelihood) -> np.ndarray:
    """β of the model without random effects (and dispersion): Newton's method on concave log p,
    where a step that overshoots (its slope turns round) is halved until it does not.
    """
    own, X, offset, weighed = (
        likelihood.response(0.0), likelihood.X, likelihood.offset, likelihood.weighed,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        average = np.average(own.y, weights=np.broadcast_to(likelihood.weights, own.y.shape))
        near = own.predictor((own.y + average) / 2) - offset
        beta = _solved(_squares(X, likelihood.weights), X.T @ weighed(near))
        slope, weight = (weighed(each) for each in own.slopes(X @ beta + offset))
        before = 0.0
        for _ in range(STEPS):
            gradient = X.T @ slope
            step = _solved(_squares(X, weight), gradient)
            gain = gradient @ step
            # To the last digit: separated data show by going far, which takes their last step.
            if not gain > AT_TOP:
                break
            if gain * (gain / before) ** 2 < AT_TOP:  # what the next step would gain
                beta = beta + step
                break
            while True:
                slope, weight = (weighed(each) for each in own.slopes(X @ (beta + step) + offset))
                if slope @ (X @ step) >= -OVERSHOT * gain or np.abs(step).max() < 1e-12:
                    break
                step, gain = step / 2, gain / 2
            beta, before = beta + step, gain
    return np.asarray(beta)


def _squares(X: np.ndarray, weights: np.ndarray | float) -> np.ndarray:
    """XᵀWX (p, p)."""
    return np.asarray((weights * X.T) @ X)


def _solved(squares: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The shortest solution (p,): columns may depend on each other."""
    return np.asarray(np.linalg.lstsq(squares, right, rcond=None)[0])


def size_by_moments(likelihood: Likelihood, beta: np.ndarray) -> float | None:
    """The size of one random effect for each cluster, in its typical row, from what the scores at
    zero have beyond their information: Σ (s² - W) / ΣW² (Lin 1997, Biometrika 84, 309–326).
    """
    own = likelihood
    if own.q > 1:
        return None
    slope, weight = own.response(0.0).slopes(own.X @ beta + own.offset)
    score = own.clusters.gather_z(own.weighed(slope))[:, 0]
    within = own.clusters.gather_zz(own.weighed(weight))[:, 0, 0]
    variance = float(np.sum(score**2 - within) / np.sum(within**2))
    if not variance > 0:
        return None
    return float(np.sqrt(variance * np.mean(own.clusters.columns[0] ** 2)))


def starting(likelihood: Likelihood, beta: np.ndarray, alpha: float, size: float) -> np.ndarray:
    """φ with random effects that move η by `size` in their typical rows."""
    columns = likelihood.clusters.columns
    scale = np.array([1 / np.sqrt(max(np.mean(column**2), 1e-300)) for column in columns])
    theta = likelihood.structure.theta(np.diag((size * scale) ** 2))
    root = [np.sqrt(alpha)] if likelihood.dispersed else []
    return np.concatenate([beta, theta, root])


def start_alpha(likelihood: Likelihood, beta: np.ndarray) -> float:
    """The dispersion by moments, between 0.01 and 5; 0 of a family without."""
    if not likelihood.dispersed:
        return 0.0
    mean = likelihood.response(0.0).mean(likelihood.X @ beta + likelihood.offset)
    excess = np.mean((likelihood.y - mean) ** 2 - mean) / np.mean(mean**2)
    return float(np.clip(excess, 0.01, 5))
