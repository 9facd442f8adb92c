"""Whether the columns of a design can be told apart. Heavy: imported where rows are.

All columns are first scaled to length 1, so that units play no part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import qr, solve_triangular

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_coefs, say
from reportgen.core.types import Note
from reportgen.models.engines.regressions.blocks import Blocks, blocks_of
from reportgen.models.health.codes import finding

RANK, CONDITION, ALONE, PART = 1e-9, 1e6, 1e-8, 1e-5


@dataclass(frozen=True)
class Basis:
    """The columns that are fitted, by their places, and what was found about them.

    Coefficients that cannot be estimated whichever columns are fitted are named by the notes;
    those of the others do not depend on the choice.
    """

    kept: np.ndarray
    notes: tuple[Note, ...]


def basis(X: np.ndarray | Blocks, names: Sequence[str]) -> Basis:
    """The leftmost columns of X (n, p) that are linearly independent.

    With R of the pivoted QR of the scaled columns, a column is dependent where |r_jj| / |r_11| is
    below 1e-9 (Golub and Van Loan 2013, §5.4). A coefficient is estimable if and only if the null
    space of X has no part in its direction (Searle 1971, §5.4). A condition above 1e6 is noted.
    FitError where rows are fewer than columns, or no coefficient but the intercept is estimable.
    """
    blocks = blocks_of(X)
    n, p = blocks.shape
    if n < p:
        raise unfit(say("too-few-rows", rows=n, coefficients=p), ("formula",))
    triangle = blocks.triangle
    # Pivoting R pivots X: the columns of both have the same lengths and angles.
    spread = np.abs(np.diag(qr(triangle, mode="r", pivoting=True)[0]))
    missing = int((spread[:p] < RANK * spread[0]).sum())
    kept = _leftmost(triangle, p - missing)
    notes = _dependent(~blocks.nonzero, names, triangle, kept) if missing else ()
    own = [names[place] for place in kept.tolist()]
    return Basis(kept, notes + _condition(triangle[:, kept], own))


def resting_on_one(
    X: np.ndarray | Blocks, codes: np.ndarray, names: Sequence[str]
) -> tuple[str, ...]:
    """The coefficients that cannot be estimated without some one cluster (`codes`, 0 … G - 1).

    Without cluster g the columns are dependent where Q_gᵀQ_g has an eigenvalue of 1. The traces
    of these matrices add up to p, so that few need a look. With every row its own cluster: rows
    of leverage 1.
    """
    orthogonal = blocks_of(X).basis
    weight = np.bincount(codes, orthogonal.leverage)
    found = np.zeros(len(names), dtype=bool)
    for cluster in np.flatnonzero(weight >= 1 - ALONE):
        own = orthogonal.of(codes == cluster)
        values, vectors = np.linalg.eigh(own.T @ own)
        alone = vectors[:, values > 1 - ALONE]
        if alone.size:
            found |= _involved(solve_triangular(orthogonal.r, alone))
    return tuple(name for name, each in zip(names, found, strict=True) if each)


def independent(X: np.ndarray) -> np.ndarray:
    """The places of the leftmost independent columns of X (n, p); n may be less than p."""
    padded = np.vstack([unit(X)[0], np.zeros((X.shape[1], X.shape[1]))])
    _, triangle = np.linalg.qr(padded)
    values = np.linalg.svd(triangle, compute_uv=False)
    return _leftmost(triangle, int((values > RANK * values[0]).sum()))


def unit(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """X (n, p) with columns of length 1, and the lengths; a column of zeros stays as it is."""
    lengths = np.linalg.norm(X, axis=0)
    lengths = np.where(lengths > 0, lengths, 1.0)
    return X / lengths, lengths


def estimable(X: np.ndarray) -> np.ndarray:
    """Which coefficients of X (n, p) can be estimated: a mask (p,)."""
    scaled, _ = unit(X)
    padded = np.vstack([scaled, np.zeros((X.shape[1], X.shape[1]))])
    _, triangle = np.linalg.qr(padded)
    mask: np.ndarray = np.logical_not(_involved(_null_space(triangle)))
    return mask


def _leftmost(triangle: np.ndarray, rank: int) -> np.ndarray:
    """The first `rank` columns of R that are independent of those before them."""
    p = triangle.shape[1]
    if rank == p:
        return np.arange(p)
    kept: list[int] = []
    for place in range(p):
        rest = triangle[:, place]
        if kept:
            q, _ = np.linalg.qr(triangle[:, kept])
            rest = rest - q @ (q.T @ rest)
            rest = rest - q @ (q.T @ rest)
        if np.linalg.norm(rest) > RANK and len(kept) < rank:
            kept.append(place)
    return np.array(kept)


def _null_space(triangle: np.ndarray) -> np.ndarray:
    _, values, vectors = np.linalg.svd(triangle)
    null: np.ndarray = vectors[values < RANK * max(values[0], 1.0)].T
    return null


def _involved(directions: np.ndarray) -> np.ndarray:
    """Which coordinates (of p) some direction (a column) has a part in."""
    if not directions.size:
        return np.zeros(directions.shape[0], dtype=bool)
    lengths = np.abs(directions).max(axis=0)
    mask: np.ndarray = (np.abs(directions) > PART * lengths).any(axis=1)
    return mask


def _dependent(
    empty: np.ndarray, names: Sequence[str], triangle: np.ndarray, kept: np.ndarray
) -> tuple[Note, ...]:
    """What is said of dependent columns; `empty` (p,) are those of zeros."""
    lost = _involved(_null_space(triangle))
    terms = [place for place, name in enumerate(names) if name != "Intercept"]
    dropped = [place for place in range(len(names)) if place not in kept and not empty[place]]
    said = named_coefs(names[place] for place in dropped)
    if lost[terms].all():
        raise unfit(
            say("rank-deficient_all", names=said), ("formula",), help="leave it out of the formula"
        )
    notes = []
    if empty.any():
        without = [names[place] for place in np.flatnonzero(empty).tolist()]
        notes.append(finding(say("empty-column", names=named_coefs(without)), without))
    if dropped:
        tied = [names[place] for place in np.flatnonzero(lost & ~empty).tolist()]
        told = say("rank-deficient", names=said, tied=named_coefs(tied))
        notes.append(finding(told, tied))
    return tuple(notes)


def _condition(triangle: np.ndarray, names: Sequence[str]) -> tuple[Note, ...]:
    """Belsley, Kuh and Welsch 1980, ch. 3: the condition of columns of length 1."""
    _, values, vectors = np.linalg.svd(triangle)
    if values[-1] * CONDITION > values[0]:
        return ()
    share = np.abs(vectors[-1])
    near = [name for name, each in zip(names, share, strict=True) if each > 0.1 * share.max()]
    return (finding(say("ill-conditioned", names=named_coefs(near)), near),)
