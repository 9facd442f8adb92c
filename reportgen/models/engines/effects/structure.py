"""The covariance of the random effects of one cluster: which of its elements are free."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Structure:
    """Which elements of Ψ (q, q) are free: the block of the first `correlated` columns, and for
    each later component one variance shared by its columns, given as a tuple of column numbers.
    """

    correlated: int
    components: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """The number of random effects q of a cluster."""
        return self.correlated + sum(map(len, self.components))

    @cached_property
    def elements(self) -> np.ndarray:
        """∂Ψ/∂ψ_a for each free element: shape (m, q, q), lower triangle first, row by row."""
        found = []
        for row in range(self.correlated):
            for column in range(row + 1):
                unit = np.zeros((self.size, self.size))
                unit[row, column] = unit[column, row] = 1
                found.append(unit)
        found.extend(
            np.diag(np.isin(np.arange(self.size), columns).astype(float))
            for columns in self.components
        )
        return np.array(found)

    @cached_property
    def directions(self) -> np.ndarray:
        """∂Λ/∂θ_a for each free element, in the same order: shape (m, q, q)."""
        return np.array([self.factor(unit) for unit in np.eye(len(self.elements))])

    def psi(self, theta: np.ndarray) -> np.ndarray:
        """Ψ from the Cholesky factor of its block and the standard deviations of components."""
        factor = self.factor(theta)
        psi: np.ndarray = factor @ factor.T
        return psi

    def theta(self, psi: np.ndarray) -> np.ndarray:
        """Parameters of a given positive semidefinite Ψ."""
        k = self.correlated
        values, vectors = np.linalg.eigh(psi[:k, :k])
        root = vectors * np.sqrt(np.clip(values, 0, None))
        lower = np.linalg.qr(root.T)[1].T if k else root
        sds = [np.sqrt(max(psi[columns[0], columns[0]], 0)) for columns in self.components]
        return np.concatenate([lower[np.tril_indices(k)], sds])

    def pull(self, slope: np.ndarray) -> np.ndarray:
        """The gradient in θ of a function whose gradient in the factor Λ is `slope` (q, q)."""
        k = self.correlated
        shared = [sum(slope[column, column] for column in columns) for columns in self.components]
        return np.concatenate([slope[:k, :k][np.tril_indices(k)], shared])

    def free(self, psi: np.ndarray) -> np.ndarray:
        """The free elements of Ψ in the order of `elements`."""
        k = self.correlated
        shared = [psi[columns[0], columns[0]] for columns in self.components]
        return np.concatenate([psi[:k, :k][np.tril_indices(k)], shared])

    def units(self, theta: np.ndarray) -> np.ndarray:
        """A size for each parameter: an off-diagonal element takes that of its row's diagonal."""
        unit, place = np.abs(theta), 0
        for row in range(self.correlated):
            unit[place : place + row] = unit[place + row]
            place += row + 1
        units: np.ndarray = np.maximum(unit, 1e-6 * max(1e-300, float(unit.max())))
        return units

    def factor(self, theta: np.ndarray) -> np.ndarray:
        """Λ (q, q) with Ψ = Λ Λᵀ."""
        factor = np.zeros((self.size, self.size))
        k = self.correlated
        factor[np.tril_indices(k)] = theta[: k * (k + 1) // 2]
        for sd, columns in zip(theta[k * (k + 1) // 2 :], self.components, strict=True):
            factor[columns, columns] = sd
        return factor
