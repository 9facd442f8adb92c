"""Rows that belong together: clusters, or units nested within them. Rows are sorted by unit."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass

SHORT = 200
"""Units of fewer rows on the average are summed all at once."""


@dataclass(frozen=True)
class Units:
    """`codes` (n,) are 0 … U - 1 in the order of the rows, each unit in one run."""

    codes: np.ndarray

    @cached_property
    def starts(self) -> np.ndarray:
        """The first row of each unit, shape (U,)."""
        return np.flatnonzero(np.diff(self.codes, prepend=-1))

    @cached_property
    def sizes(self) -> np.ndarray:
        """The number of rows of each unit, shape (U,)."""
        return np.diff(self.starts, append=len(self.codes))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def pairs(self) -> float:
        """The number of pairs of rows within units."""
        return float(np.sum(self.sizes * (self.sizes - 1)) / 2)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """The sum of `values` (n, …) over each unit, shape (U, …)."""
        return np.add.reduceat(values, self.starts, axis=0)

    def products(self, values: np.ndarray) -> float:
        """The sum over all pairs of rows within units of the products of their `values` (n,)."""
        return float(np.sum(self.sums(values) ** 2) - np.sum(values**2)) / 2

    def outer(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The sum over each unit of the products of two rows, (n, p) and (n, q): (U, p, q)."""
        if len(self) * SHORT > len(one):  # many short units: all at once
            pairs = [self.sums(column[:, None] * other) for column in one.T]
            return np.stack(pairs, axis=1)
        return np.array([one[rows].T @ other[rows] for rows in self.slices()])

    def slices(self) -> list[slice]:
        """The rows of each unit."""
        ends = self.starts + self.sizes
        return [slice(start, end) for start, end in zip(self.starts, ends, strict=True)]
