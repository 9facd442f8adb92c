"""Generalised linear models by Fisher scoring in numpy, to the same point as `irls.py`. Heavy.

Covered are yes/no outcomes and counts, and normal outcomes with the identity link, without
weights; for what is not covered there is statsmodels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import special
from scipy.linalg import cho_factor, cho_solve

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.regressions.blocks import Blocks, Rows
from reportgen.models.engines.regressions.families import Family, Power
from reportgen.models.engines.regressions.irls import ITERATIONS, TOLERANCE, Solution
from reportgen.models.engines.sandwich import Influence

SAMPLE = 1 << 16
"""The rows, evenly spread, from which the first estimates of many rows are made."""
SUMMED = 1 << 20
"""Rows over which something is summed at a time."""
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
    X: np.ndarray | Blocks,
    family: Family,
    given: Mapping[str, np.ndarray],
    *,
    start: np.ndarray | None = None,
) -> Solution | None:
    """The maximum, by scoring until no coefficient moves by 1e-10; None where that is never."""
    offset = given.get("offset", np.broadcast_to(0.0, len(y)))
    if "exposure" in given:
        offset = offset + np.log(given["exposure"])
    if isinstance(X, Blocks):
        if not X.single:
            return _by_blocks(y, X, family, offset, start)
        X = X.whole
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
    null: np.ndarray | None = np.broadcast_to(y.mean(), len(y))
    if np.any(offset):
        one, first = np.ones((len(y), 1)), np.array([family.link(y.mean())])
        alone = _climbed(y, one, family, offset, first)
        null = None if alone is None else alone.mean
    whole = _whole(y, X.shape[1], family, peak.mean, null)
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


def _by_blocks(
    y: np.ndarray, X: Blocks, family: Family, offset: np.ndarray, start: np.ndarray | None
) -> Solution | None:
    """The same a block of rows at a time."""
    b = _scored(y, X, family, offset, _begun(y, X, family, offset) if start is None else start)
    if b is None:
        return None
    eta, mean = _means(X, family, offset, b)
    root, score = np.empty(len(y)), np.empty(len(y))
    for rows in X.slices():
        slope, variance = family.link.inverse_deriv(eta[rows]), family.variance(mean[rows])
        root[rows] = slope / np.sqrt(variance)
        score[rows] = (y[rows] - mean[rows]) * slope / variance
    basis = X.scaled(root).basis
    unscaled = basis.back @ basis.back.T
    null: np.ndarray | None = np.broadcast_to(y.mean(), len(y))
    if np.any(offset):
        one = Blocks(len(y), 1, lambda rows: np.ones((len(y[rows]), 1)))
        alone = _scored(y, one, family, offset, np.array([family.link(y.mean())]))
        null = None if alone is None else _means(one, family, offset, alone)[1]
    whole = _whole(y, X.shape[1], family, mean, null)
    if not np.isfinite(whole.llf):
        return None

    def influences(rows: Rows) -> np.ndarray:
        return np.asarray(X.at(rows) @ unscaled * score[rows, None])

    influence = Influence(Blocks(*X.shape, influences), basis=basis)
    return Solution(b, unscaled, whole.scale, eta, mean, influence, whole, ())


def _begun(y: np.ndarray, X: Blocks, family: Family, offset: np.ndarray) -> np.ndarray | None:
    """The maximum for some of the rows, (p,); None where they have none."""
    places = np.arange(0, len(y), max(1, len(y) // SAMPLE))
    some = X.at(places)
    lengths = np.linalg.norm(some, axis=0) / np.sqrt(len(some))
    if not lengths.all():
        return None
    peak = _climbed(y[places], some / lengths, family, offset[places], None)
    return None if peak is None else peak.b / lengths


def _scored(
    y: np.ndarray, X: Blocks, family: Family, offset: np.ndarray, b: np.ndarray | None
) -> np.ndarray | None:
    """The coefficients (p,) where scoring from `b` (or the family's own first means) ends: each
    step solves XᵀWX by the score, whose rounding errors alone are left. None where it does
    not end.
    """
    lengths = X.lengths / np.sqrt(len(y))
    for _ in range(ITERATIONS):
        products, score = np.zeros((len(lengths), len(lengths))), np.zeros(len(lengths))
        for rows, block in X:
            if b is None:
                eta = family.link(family.starting_mu(y[rows]))
            else:
                eta = block @ b + offset[rows]
            with np.errstate(all="ignore"):
                mean, slope = family.link.inverse(eta), family.link.inverse_deriv(eta)
                weight = slope**2 / family.variance(mean)
                left = (y[rows] - mean) / slope
            target = left if b is not None else left + eta - offset[rows]
            products += block.T @ (block * weight[:, None])
            score += block.T @ (target * weight)
        if not (np.isfinite(products).all() and np.isfinite(score).all()):
            return None
        try:
            factor = cho_factor(products / np.outer(lengths, lengths))
        except np.linalg.LinAlgError:
            return None
        step = cho_solve(factor, score / lengths) / lengths
        moved = step if b is None else b + step
        if b is not None and np.allclose(
            moved * lengths, b * lengths, rtol=TOLERANCE, atol=TOLERANCE
        ):
            return np.asarray(moved)
        b = moved
    return None


def _means(
    X: Blocks, family: Family, offset: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The linear predictor and the means, each (n,)."""
    eta, mean = X.dot(b), np.empty(len(X))
    for rows in X.slices():
        eta[rows] += offset[rows]
        mean[rows] = family.link.inverse(eta[rows])
    return eta, mean


def _whole(
    y: np.ndarray, p: int, family: Family, mean: np.ndarray, null: np.ndarray | None
) -> Whole:
    """Statistics of the whole model with these means (n,); `null` are those of the intercept alone,
    None where there are none.
    """
    n, null = len(y), np.broadcast_to(np.nan, len(y)) if null is None else null
    squares = _summed(n, lambda rows: (y[rows] - mean[rows]) ** 2)
    scale = squares / (n - p) if family.name == "gaussian" and n > p else 1.0
    return Whole(
        _likelihood(y, mean, family, squares / n), _likelihood(y, null, family, scale),
        _summed(n, lambda rows: family.deviance(y[rows], mean[rows])),
        _summed(n, lambda rows: family.deviance(y[rows], null[rows])),
        scale, n, p,
    )  # fmt: skip


def _summed(n: int, each: Callable[[slice], np.ndarray]) -> float:
    """The sum of what `each` gives for some of n rows."""
    parts = (slice(first, first + SUMMED) for first in range(0, n, SUMMED))
    return float(sum(each(rows).sum() for rows in parts))


def _likelihood(y: np.ndarray, mean: np.ndarray, family: Family, scale: float) -> float:
    """The log-likelihood of all rows; `scale` is σ² of a normal outcome."""
    each: Callable[[np.ndarray, np.ndarray], np.ndarray] = {
        "gaussian": lambda y, mean: -((y - mean) ** 2 / scale + np.log(2 * np.pi * scale)) / 2,
        "binomial": lambda y, mean: special.xlogy(y, mean) + special.xlog1py(1 - y, -mean),
        "poisson": lambda y, mean: special.xlogy(y, mean) - mean - special.gammaln(y + 1),
    }[family.name]
    with np.errstate(all="ignore"):
        return _summed(len(y), lambda rows: each(y[rows], mean[rows]))
