"""How well variances are known: their covariance from the observed information, and what follows.

On the boundary the covariance is that along it: what is estimated as zero, or as a correlation of
±1, is taken as known.
"""

from __future__ import annotations

import numpy as np

from reportgen.core.clusters import Spread
from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.lmm import SINGULAR, Point
from reportgen.models.engines.laws import norm

FLAT = 1e-9


UNKNOWN = Spread()


@dataclass(frozen=True)
class Precision:
    """The covariance of the variance parameters at a point.

    `ratio` (m + 1, m + 1) is of (ψ, σ²), `own` of the covariances of the effects themselves and σ²,
    on their own scale. `inside` is False on the boundary, where `own` says nothing of them.
    """

    point: Point
    ratio: np.ndarray
    own: np.ndarray
    inside: bool

    def scale(self, confidence: float) -> Spread:
        """The residual variance: its interval is made on the logarithmic scale."""
        return _positive(self.point.scale, float(self.own[-1, -1]), confidence)

    def variance(self, element: int, confidence: float) -> Spread:
        """The variance that is the free element of that number; interval on the log scale."""
        if not self.inside:
            return UNKNOWN
        value = float(self._elements[element])
        return _positive(value, float(self.own[element, element]), confidence)

    def covariance(self, element: int, confidence: float) -> Spread:
        """A covariance; its interval is symmetric."""
        if not self.inside:
            return UNKNOWN
        value = float(self._elements[element])
        se = float(np.sqrt(self.own[element, element]))
        half = _quantile(confidence) * se
        return Spread(se, value - half, value + half)

    def correlation(self, row: int, column: int, confidence: float) -> Spread:
        """The correlation of two effects by the delta method; interval on Fisher's z scale."""
        if not self.inside:
            return UNKNOWN
        places = {pair: number for number, pair in enumerate(self.point.likelihood.layout.pairs)}
        at = [places[row, column], places[row, row], places[column, column]]
        both, one, other = self._elements[at]
        size = float(np.sqrt(one * other))
        value = float(both) / size
        gradient = np.array([1 / size, -value / (2 * one), -value / (2 * other)])
        se = float(np.sqrt(gradient @ self.own[np.ix_(at, at)] @ gradient))
        half = _quantile(confidence) * se / (1 - value**2)
        middle = np.arctanh(value)
        return Spread(se, float(np.tanh(middle - half)), float(np.tanh(middle + half)))

    @property
    def _elements(self) -> np.ndarray:
        return self.point.likelihood.layout.elements(self.point.covariance)


def precision(point: Point) -> Precision | None:
    """The precision at a point; None where the likelihood is flat in some direction."""
    m = len(point.psi)
    J, bent = _along(point)
    information = J.T @ point.information @ J - bent
    root = np.sqrt(np.abs(np.diag(information)))
    if not root.all():
        return None
    values, vectors = np.linalg.eigh(information / root[:, None] / root)
    redundant = _rotations(point)
    if values[redundant] < FLAT or (redundant and values[redundant - 1] < -FLAT):
        return None
    kept = vectors[:, redundant:] / root[:, None]
    ratio = J @ (kept / values[redundant:]) @ kept.T @ J.T
    own, back = np.eye(m + 1), point.likelihood.back
    own[:m, :m], own[:m, m] = point.scale * back, back @ point.psi
    return Precision(point, ratio, own @ ratio @ own.T, not point.singular)


def _along(point: Point) -> tuple[np.ndarray, np.ndarray]:
    """∂(ψ, σ²)/∂φ for parameters φ that stay inside, or move along the boundary: of the block
    BBᵀ with the rank it has, and of the components that are not zero. And what the curvature of
    ψ in φ adds to the second derivatives of ℓ.
    """
    layout, m = point.likelihood.layout, len(point.psi)
    if not point.singular:
        return np.eye(m + 1), np.zeros((m + 1, m + 1))
    k, unit, B = layout.correlated, np.eye(layout.size), _factor(point)
    ways = [
        layout.elements(np.outer(unit[row], b) + np.outer(b, unit[row]))
        for b in B.T
        for row in range(k)
    ]
    ways += [
        layout.elements(np.outer(unit[column], unit[column]))
        for column in range(k, layout.size)
        if not point.vanishes(column)
    ]
    J = np.zeros((m + 1, len(ways) + 1))
    for column, way in enumerate(ways):
        J[:m, column] = way
    J[m, -1] = 1
    bent = np.zeros((J.shape[1], J.shape[1]))
    slope = layout.gradient(point.slope)[:k, :k]
    for number in range(B.shape[1]):
        place = slice(number * k, (number + 1) * k)
        bent[place, place] = 2 * slope
    return J, bent


def _factor(point: Point) -> np.ndarray:
    """B (q, r) with BBᵀ the correlated block of Ψ and r its rank."""
    layout = point.likelihood.layout
    k = layout.correlated
    values, vectors = np.linalg.eigh(layout.matrix(point.psi)[:k, :k])
    kept = values > SINGULAR
    B = np.zeros((layout.size, int(kept.sum())))
    B[:k] = vectors[:, kept] * np.sqrt(values[kept])
    return B


def _rotations(point: Point) -> int:
    """Directions in which B turns and BBᵀ stays."""
    if not point.singular:
        return 0
    rank = int(_factor(point).shape[1])
    return rank * (rank - 1) // 2


def _positive(value: float, variance: float, confidence: float) -> Spread:
    if value <= 0 or variance <= 0:
        return UNKNOWN
    se = float(np.sqrt(variance))
    factor = float(np.exp(_quantile(confidence) * se / value))
    return Spread(se, value / factor, value * factor)


def _quantile(confidence: float) -> float:
    return float(norm.ppf(0.5 + confidence / 2))


# ── degrees of freedom ───────────────────────────────────────────────────────────────────────


def satterthwaite(known: Precision, contrast: np.ndarray) -> float:
    """Degrees of freedom of lᵀβ: 2 (lᵀCl)² / Var(lᵀCl), C = σ² (XᵀWX)⁻¹.

    Giesbrecht and Burns 1985, Biometrics 41, 477–486; Kuznetsova and others 2017, JSS 82(13).
    """
    point = known.point
    moved = point.C @ contrast
    variance = point.scale * float(contrast @ moved)
    gradient = np.append(
        point.scale * np.einsum("p,apr,r->a", moved, point.fixed, moved), contrast @ moved
    )
    spread = float(gradient @ known.ratio @ gradient)
    return float(2 * variance**2 / spread)


def satterthwaite_joint(known: Precision, rows: np.ndarray) -> float | None:
    """Denominator degrees of freedom of the F test of Lβ = 0, L (r, p), from those of r independent
    contrasts (Fai and Cornelius 1996, J Stat Comput Simul 54, 363–378); None for none.
    """
    point = known.point
    _, vectors = np.linalg.eigh(rows @ point.C @ rows.T)
    each = np.array([satterthwaite(known, way @ rows) for way in vectors.T])
    if len(each) == 1:
        return float(each[0])
    if np.ptp(each) < 1e-8 * each.max():
        return float(each.mean())
    total = float(np.sum(each[each > 2] / (each[each > 2] - 2)))
    return 2 * total / (total - len(each)) if total > len(each) else None
