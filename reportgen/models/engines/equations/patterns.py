"""Clusters whose rows stand at the same times share one correlation matrix. Heavy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.equations.units import Units

SMALLEST_EIGENVALUE = 1e-2


@dataclass(frozen=True)
class Patterns:
    """The distinct patterns of times (m,), each with the rows (c, m) of the clusters it has."""

    found: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, units: Units, times: np.ndarray, *, relative: bool) -> Patterns:
        """Clusters by their whole-numbered `times` (n,); `relative` to the first of the cluster."""
        held: dict[bytes, tuple[np.ndarray, list[np.ndarray]]] = {}
        for rows in units.slices():
            own = times[rows] - times[rows.start] if relative else times[rows]
            held.setdefault(own.tobytes(), (own, []))[1].append(np.arange(rows.start, rows.stop))
        return cls(tuple((own, np.array(rows)) for own, rows in held.values()))

    def solve(
        self, correlation: Callable[[np.ndarray], np.ndarray], values: np.ndarray
    ) -> np.ndarray:
        """R⁻¹ `values` (n, k), where `correlation` gives R (m, m) for times (m,)."""
        solved = np.empty_like(values)
        for times, rows in self.found:
            solved[rows] = np.linalg.inv(nearest(correlation(times))) @ values[rows]
        return solved

    def impossible(self, correlation: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Whether some pattern's matrix is no correlation matrix."""
        return any(_least(correlation(times)) <= 0 for times, _ in self.found)


def nearest(R: np.ndarray) -> np.ndarray:
    """R where it is positive definite; else R with its eigenvalues raised to 0.01 and scaled back
    to ones on the diagonal, as statsmodels does.
    """
    if _least(R) > 0:
        return R
    values, vectors = np.linalg.eigh(R)
    raised = (vectors * np.maximum(values, SMALLEST_EIGENVALUE)) @ vectors.T
    spread = np.sqrt(np.diag(raised))
    return np.asarray(raised / np.outer(spread, spread))


def _least(R: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(R)[0])
