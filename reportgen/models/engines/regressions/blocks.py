"""The columns of a design, a block of rows at a time: of millions of rows none holds them all.

A matrix of fewer numbers than `WHOLE` is one block, made once and kept: then everything here is
what numpy makes of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from scipy.linalg import qr, solve_triangular

WHOLE = 1 << 22
"""Numbers up to which a matrix is one block: 32 MB."""
ROWS = 1 << 15
"""The rows of a block of a larger one."""
APART = 1e-8
"""The least eigenvalue of the products of columns of length 1 that are far from depending on each
other.
"""
SAFE = 1e-3
"""The least diagonal of a Cholesky factor, of columns of length 1, that is taken for R."""
FEW = 8
"""Columns that are multiplied one by one."""

Rows = slice | np.ndarray


class Blocks:
    """X (n, p). `make` gives the block of some rows (k, p), or of all."""

    def __init__(self, n: int, p: int, make: Callable[[Rows], np.ndarray]) -> None:
        self.shape = (n, p)
        self._make = make
        self.single = n * p <= WHOLE or n <= ROWS

    @classmethod
    def of(cls, X: np.ndarray) -> Blocks:
        """A matrix that is there already."""
        made = cls(len(X), X.shape[1], lambda rows: X[rows])
        made.__dict__["whole"] = X
        made.single = True
        return made

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Every block with the rows that it holds."""
        for rows in self.slices():
            yield rows, self.whole if self.single else self._make(rows)

    def slices(self) -> list[slice]:
        """The rows of each block."""
        n = len(self)
        step = n if self.single else ROWS
        return [slice(first, min(first + step, n)) for first in range(0, n, step or 1)]

    @cached_property
    def whole(self) -> np.ndarray:
        """All of it, kept from then on."""
        return np.asarray(self._make(slice(0, len(self))))

    def at(self, rows: Rows) -> np.ndarray:
        """Some rows, (k, p)."""
        return self.whole[rows] if self.single else self._make(rows)

    def column(self, place: int) -> np.ndarray:
        """One column, (n,), a constant without its copies."""
        if self.single:
            return np.asarray(self.whole[:, place])
        made = np.empty(len(self))
        for rows, block in self:
            made[rows] = block[:, place]
        return np.broadcast_to(made[0], len(made)) if (made == made[0]).all() else made

    def scaled(self, root: np.ndarray) -> Blocks:
        """The same with each row multiplied by a number, `root` (n,)."""
        if self.single:
            return Blocks.of(self.whole * root[:, None])
        return Blocks(*self.shape, lambda rows: self._make(rows) * root[rows, None])

    def columns(self, places: np.ndarray) -> Blocks:
        """Some of the columns; itself where these are all."""
        if np.array_equal(places, np.arange(self.shape[1])):
            return self
        if self.single:
            return Blocks.of(self.whole[:, places])
        return Blocks(len(self), len(places), lambda rows: self._make(rows)[:, places])

    def mean(self) -> np.ndarray:
        """The mean of each column, (p,)."""
        if self.single:
            return np.asarray(self.whole.mean(axis=0))
        return np.asarray(self._moments[1] / len(self))

    def deviation(self) -> np.ndarray:
        """The standard deviation of each column, (p,), of all that there is."""
        if self.single:
            return np.asarray(self.whole.std(axis=0))
        mean = self.mean()
        squares = np.sum([((block - mean) ** 2).sum(axis=0) for _, block in self], axis=0)
        return np.asarray(np.sqrt(squares / len(self)))

    def dot(self, b: np.ndarray) -> np.ndarray:
        """Xb, shape (n,)."""
        if self.single:
            return np.asarray(self.whole @ b)
        made = np.empty(len(self))
        for rows, block in self:
            made[rows] = block @ b
        return made

    def against(self, y: np.ndarray) -> np.ndarray:
        """Xᵀy, shape (p,)."""
        if self.single:
            return np.asarray(self.whole.T @ y)
        return np.asarray(np.sum([block.T @ y[rows] for rows, block in self], axis=0))

    @cached_property
    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        """XᵀX (p, p) and the sums of the columns (p,), by one pass."""
        p = self.shape[1]
        products, sums = np.zeros((p, p)), np.zeros(p)
        for _, block in self:
            products += block.T @ block
            sums += block.sum(axis=0)
        return products, sums

    @cached_property
    def lengths(self) -> np.ndarray:
        """The length of each column, (p,); 1 for a column of zeros."""
        lengths = np.sqrt(np.diag(self.squares))
        return np.where(lengths > 0, lengths, 1.0)

    @cached_property
    def triangle(self) -> np.ndarray:
        """R (min(n, p), p) of X = QR with its columns scaled to length 1.

        The Cholesky factor of XᵀX, where that loses few digits; else, of several blocks, the R of
        each block and those before it (Demmel, Grigori, Hoemmen and Langou 2012, SIAM J Sci
        Comput 34, A206–A239).
        """
        try:
            scaled = self.squares / np.outer(self.lengths, self.lengths)
            R = np.asarray(np.linalg.cholesky(scaled).T)
            if np.diag(R).min() > SAFE:
                return R
        except np.linalg.LinAlgError:
            pass  # columns that depend on each other, nearly at least: with all digits, then
        R = np.empty((0, self.shape[1]))
        for _, block in self:
            R = qr(np.vstack([R, block / self.lengths]), mode="r")[0][: self.shape[1]]
        return R

    @cached_property
    def squares(self) -> np.ndarray:
        """XᵀX (p, p)."""
        return _squares(self.whole) if self.single else self._moments[0]

    @cached_property
    def nonzero(self) -> np.ndarray:
        """Which columns (p,) have a number other than 0."""
        return np.asarray(np.any([(block != 0).any(axis=0) for _, block in self], axis=0))

    @cached_property
    def basis(self) -> Orthogonal:
        """An orthonormal basis of the columns, which must be independent."""
        return Orthogonal(self)


class Orthogonal:
    """Q (n, p) of X = QR diag(`lengths`), as XR⁻¹; of one block that would lose many digits so, as
    a whole.
    """

    def __init__(self, X: Blocks) -> None:
        self.X, self.lengths, self.r = X, X.lengths, X.triangle
        self._whole: np.ndarray | None = None
        if X.single and np.abs(np.diag(self.r)).min() <= SAFE:
            self._whole, self.r = np.linalg.qr(X.whole / X.lengths)

    @cached_property
    def back(self) -> np.ndarray:
        """What makes Q of X, (p, p)."""
        return np.asarray(solve_triangular(self.r, np.eye(len(self.r))) / self.lengths[:, None])

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Some rows of Q, given as a mask or by their places: (k, p)."""
        if self._whole is not None:
            return np.asarray(self._whole[rows])
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        return np.asarray(self.X.at(places) @ self.back)

    @cached_property
    def leverage(self) -> np.ndarray:
        """The squared length of each row of Q, (n,)."""
        if self._whole is not None:
            return np.asarray((self._whole**2).sum(axis=1))
        made = np.empty(len(self.X))
        for rows, block in self.X:
            q = block @ self.back
            made[rows] = np.einsum("ij,ij->i", q, q)
        return made


def _squares(X: np.ndarray) -> np.ndarray:
    """XᵀX (p, p); of few columns one by one, which is several times faster than BLAS's product of
    a tall matrix with itself.
    """
    p = X.shape[1]
    if p > FEW:
        return np.asarray(X.T @ X)
    squares = np.empty((p, p))
    for place in range(p):
        squares[place, : place + 1] = X[:, : place + 1].T @ X[:, place]
        squares[: place + 1, place] = squares[place, : place + 1]
    return squares


def nearest(X: Blocks, y: np.ndarray) -> np.ndarray:
    """The coefficients (p,) of least squares, to about half of the digits: a place to begin."""
    if X.single:
        squares = X.squares
        length = np.sqrt(np.diag(squares))
        if np.isfinite(length).all() and length.all():
            correlation = squares / length[:, None] / length
            if np.linalg.eigvalsh(correlation)[0] > APART:
                return np.asarray(np.linalg.solve(correlation, X.against(y) / length) / length)
        return np.asarray(np.linalg.lstsq(X.whole, y, rcond=None)[0])
    inward = solve_triangular(X.triangle, X.against(y) / X.lengths, trans="T")
    return np.asarray(solve_triangular(X.triangle, inward) / X.lengths)


def blocks_of(X: np.ndarray | Blocks) -> Blocks:
    """A matrix as blocks, if it is not so already."""
    return X if isinstance(X, Blocks) else Blocks.of(X)
