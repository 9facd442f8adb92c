"""Indicators in pairs that all have one odds ratio (Plackett 1965, JASA 60, 516–522). Heavy."""

from __future__ import annotations

import numpy as np

from reportgen.core.dataclass import dataclass

LOST, AT_ONCE = 1e-14, 20_000


def excess(mean: np.ndarray, other: np.ndarray, log: float) -> np.ndarray:
    """P(both) - μν for an odds ratio ψ = exp(log): P = (S - √(S² - 4ψ(ψ-1)μν)) / 2(ψ-1) with
    S = 1 + (ψ-1)(μ+ν), here as 2ψμν / (S + √…), which has no difference of nearly equal numbers.
    """
    product, ratio = mean * other, np.exp(log)
    total = 1 + np.expm1(log) * (mean + other)
    root = np.sqrt(total**2 - 4 * ratio * np.expm1(log) * product)
    return np.asarray(2 * ratio * product / (total + root) - product)


@dataclass(frozen=True)
class Kernel:
    """The excess of all pairs at once: Σᵣ λᵣ fᵣ(μ) fᵣ(ν), to 13 digits.

    It is interpolated in both means at Chebyshev's points, whose number follows from how near the
    excess has a singularity: with Bernstein's ellipse of ϱ = 1 + 2/√ψ an error of ϱ⁻ᵐ (Trefethen
    2013, Approximation Theory and Approximation Practice, ch. 5 and 8). Few of the
    eigenvalues `values` (r,) of that matrix are not lost in rounding.
    """

    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, log: float) -> Kernel:
        """The kernel of an odds ratio exp(log)."""
        size = int(np.ceil(30 / np.log1p(2 / np.exp(abs(log) / 2)))) + 8
        points = (_points(size)[0] + 1) / 2
        values, vectors = np.linalg.eigh(excess(points[:, None], points, log))
        kept = np.abs(values) > LOST * np.abs(values).max()
        return cls(values[kept], vectors[:, kept])

    def features(self, mean: np.ndarray) -> np.ndarray:
        """fᵣ of means of any shape (…), shape (…, r)."""
        flat = mean.ravel()
        parts = np.array_split(flat, max(1, -(-len(flat) // AT_ONCE)))
        made = np.concatenate([_interpolation(part, len(self.vectors)) @ self.vectors
                               for part in parts])  # fmt: skip
        return np.asarray(made.reshape(*mean.shape, -1))


def _points(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev's points in (-1, 1) and their barycentric weights."""
    angle = (2 * np.arange(size) + 1) * np.pi / (2 * size)
    return np.cos(angle), (-1.0) ** np.arange(size) * np.sin(angle)


def _interpolation(mean: np.ndarray, size: int) -> np.ndarray:
    """What values at the points make at means (n,): the matrix (n, size) (Berrut and Trefethen
    2004, SIAM Review 46, 501–517).
    """
    points, weights = _points(size)
    apart = 2 * mean[:, None] - 1 - points
    same = apart == 0
    part = weights / np.where(same, 1.0, apart)
    whole = part / part.sum(axis=1, keepdims=True)
    return np.asarray(np.where(same.any(axis=1, keepdims=True), same, whole))
