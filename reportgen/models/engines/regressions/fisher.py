"""Generalised linear models by Fisher scoring in numpy, to the same point as `irls.py`. Heavy.

Covered are yes/no outcomes and counts, and normal outcomes with the identity link, without
weights; for what is not covered there is statsmodels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.regressions.families import Family, Power
from reportgen.models.engines.regressions.irls import ITERATIONS, TOLERANCE, Solution
from reportgen.models.engines.sandwich import Influence

CANONICAL = {"binomial": "Logit", "poisson": "Log", "gaussian": "Power"}


@dataclass(frozen=True)
class Whole:
    """Statistics of the whole model, by statsmodels' names."""

    llf: float
    llnull: float
    deviance: float
    null_deviance: float
    scale: float
    n: int
    p: int

    @property
    def aic(self) -> float:
        """-2 ℓ + 2 p."""
        return 2 * self.p - 2 * self.llf

    @property
    def bic_llf(self) -> float:
        """-2 ℓ + p log n."""
        return float(np.log(self.n)) * self.p - 2 * self.llf

    @property
    def df_resid(self) -> int:
        """Rows less coefficients."""
        return self.n - self.p


@dataclass(frozen=True)
class Peak:
    """Where scoring ended: coefficients (p,) of scaled columns, linear predictor, mean, dμ/dη."""

    b: np.ndarray
    eta: np.ndarray
    mean: np.ndarray
    slope: np.ndarray


def covers(y: np.ndarray, family: Family, given: Mapping[str, np.ndarray], observed: bool) -> bool:
    """Whether this engine fits such a model; `observed`: errors by the observed information."""
    if set(given) - {"offset", "exposure"} or family.name not in CANONICAL:
        return False
    canonical = type(family.link).__name__ == CANONICAL[family.name]
    if family.name == "gaussian":
        return isinstance(family.link, Power) and family.link.power == 1
    if family.name == "binomial" and not bool(np.isin(y, (0, 1)).all()):
        return False
    return canonical or not observed


def solve(
    y: np.ndarray,
    X: np.ndarray,
    family: Family,
    given: Mapping[str, np.ndarray],
    *,
    start: np.ndarray | None = None,
) -> Solution | None:
    """The maximum, by scoring until no coefficient moves by 1e-10; None where that is never."""
    offset = given.get("offset", np.zeros(len(y)))
    if "exposure" in given:
        offset = offset + np.log(given["exposure"])
    lengths = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
    scaled = X / lengths
    peak = _climbed(y, scaled, family, offset, None if start is None else start * lengths)
    if peak is None:
        return None
    variance = family.variance(peak.mean)
    q, r = np.linalg.qr(scaled * (peak.slope / np.sqrt(variance))[:, None])
    root = np.linalg.inv(r)
    inverse = root @ root.T
    score = (y - peak.mean) * peak.slope / variance
    whole = _whole(y, X.shape[1], family, offset, peak)
    if not np.isfinite(whole.llf):
        return None
    return Solution(
        b=peak.b / lengths,
        unscaled=inverse / np.outer(lengths, lengths),
        scale=whole.scale,
        eta=peak.eta,
        mean=peak.mean,
        influence=Influence(scaled @ inverse / lengths * score[:, None], q, r * lengths),
        results=whole,
        said=(),
    )


def _climbed(
    y: np.ndarray, X: np.ndarray, family: Family, offset: np.ndarray, start: np.ndarray | None
) -> Peak | None:
    eta = family.link(family.starting_mu(y)) if start is None else X @ start + offset
    b = np.zeros(X.shape[1]) if start is None else start
    for _ in range(ITERATIONS):
        with np.errstate(all="ignore"):
            mean, slope = family.link.inverse(eta), family.link.inverse_deriv(eta)
            unit = slope / np.sqrt(family.variance(mean))
            target = (eta - offset + (y - mean) / slope) * unit
        if not (np.isfinite(unit).all() and np.isfinite(target).all()):
            return None
        before, (q, r) = b, np.linalg.qr(X * unit[:, None])
        try:
            b = np.linalg.solve(r, q.T @ target)
        except np.linalg.LinAlgError:
            return None
        eta = X @ b + offset
        if np.allclose(b, before, rtol=TOLERANCE, atol=TOLERANCE):
            return Peak(b, eta, family.link.inverse(eta), family.link.inverse_deriv(eta))
    return None


def _whole(y: np.ndarray, p: int, family: Family, offset: np.ndarray, peak: Peak) -> Whole:
    n, one = len(y), np.ones((len(y), 1))
    null = np.full(n, y.mean())
    if np.any(offset):
        found = _climbed(y, one, family, offset, np.array([family.link(y.mean())]))
        null = null * np.nan if found is None else found.mean
    squares = float(np.sum((y - peak.mean) ** 2))
    scale = squares / (n - p) if family.name == "gaussian" and n > p else 1.0
    return Whole(
        _likelihood(y, peak.mean, family, squares / n), _likelihood(y, null, family, scale),
        float(family.deviance(y, peak.mean).sum()), float(family.deviance(y, null).sum()),
        scale, n, p,
    )  # fmt: skip


def _likelihood(y: np.ndarray, mean: np.ndarray, family: Family, scale: float) -> float:
    """The log-likelihood of all rows; `scale` is σ² of a normal outcome."""
    with np.errstate(all="ignore"):
        each: Any = {
            "gaussian": lambda: -((y - mean) ** 2 / scale + np.log(2 * np.pi * scale)) / 2,
            "binomial": lambda: special.xlogy(y, mean) + special.xlog1py(1 - y, -mean),
            "poisson": lambda: special.xlogy(y, mean) - mean - special.gammaln(y + 1),
        }[family.name]()
    return float(each.sum())
