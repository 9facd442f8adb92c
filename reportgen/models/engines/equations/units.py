"""Rows that belong together: clusters, or units nested within them. Rows are sorted by unit."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass

SMALL = 2_000
"""A unit of so many products is as soon multiplied by itself as summed with all others."""


@dataclass(frozen=True)
class Sorted:
    """What sorts rows by their unit: `order` (n,), or None where they are sorted."""

    units: Units
    order: np.ndarray | None

    @classmethod
    def of(cls, codes: np.ndarray) -> Sorted:
        """By codes 0 … U - 1 (n,)."""
        if np.all(codes[1:] >= codes[:-1]):
            return cls(Units(codes), None)
        order = np.argsort(codes, kind="stable")
        return cls(Units(codes[order]), order)

    def rows(self, values: np.ndarray) -> np.ndarray:
        """Values (n, …) in that order."""
        return values if self.order is None else np.asarray(values[self.order])


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
        if len(one) * one.shape[1] * other.shape[1] > SMALL * len(self):
            return np.array([one[rows].T @ other[rows] for rows in self.slices()])
        found = np.empty((len(self), one.shape[1], other.shape[1]))
        for row, left in enumerate(one.T):
            for column, right in enumerate(other.T):
                found[:, row, column] = self.sums(left * right)
        return found

    def squares(self, values: np.ndarray) -> np.ndarray:
        """The sum over each unit of the products of a row (n, p) with itself: (U, p, p)."""
        size = values.shape[1]
        if len(values) * size * (size + 1) > 2 * SMALL * len(self):
            return self.outer(values, values)
        found = np.empty((len(self), size, size))
        for row, left in enumerate(values.T):
            for column, right in enumerate(values.T[: row + 1]):
                found[:, row, column] = found[:, column, row] = self.sums(left * right)
        return found

    def slices(self) -> list[slice]:
        """The rows of each unit."""
        ends = self.starts + self.sizes
        return [slice(start, end) for start, end in zip(self.starts, ends, strict=True)]
