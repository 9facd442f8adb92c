"""Signs at the solution that its numbers are not what they look like. Heavy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from reportgen.core.errors import FitError, Problem
from reportgen.core.types import Note
from reportgen.models.health.codes import finding, listed

PERFECT, ZERO, EXTREME, DECREMENT = 1e-16, 1e-8, 15.0, 1e-6


def not_converged(iterations: int, notes: Iterable[Note] = ()) -> FitError:
    """The error for a fit whose last step was still a step. Columns that nearly depend on each
    other are named as its reason, where `notes` (of before the fit) tell of any.
    """
    for note in notes:
        if note.code == "ill-conditioned":
            return FitError(Problem(
                "not-converged", f"the fit did not converge, as {listed(note.coefs)} can nearly be "
                "computed from each other, so no number of it is shown", ("formula",),
                help="leave one of them out of the formula",
            ))  # fmt: skip
    return FitError(Problem(
        "not-converged", f"the fit did not converge in {iterations:,} iterations, so no number "
        "of it is shown", ("formula",),
        help="look for separated or nearly collinear predictors, or begin with `start`",
    ))  # fmt: skip


def perfect_fit(residual: float, total: float, outcome: str) -> tuple[Note, ...]:
    """Least squares that leave nothing: a residual of less than 1e-8 of the outcome's spread.
    Both arguments are sums of squares.
    """
    if residual > PERFECT * total:
        return ()
    return (finding(
        "perfect-fit",
        f"the terms determine `{outcome}` exactly, as a copy of it would: no spread is left to "
        "measure an error by",
    ),)  # fmt: skip


def no_residual_df(n: int) -> tuple[Note, ...]:
    """As many coefficients as rows."""
    return (finding(
        "no-residual-df",
        f"{n:,} coefficients for {n:,} rows meet every row exactly: no spread is left to measure "
        "an error by",
    ),)  # fmt: skip


def errors(
    names: Sequence[str], se: np.ndarray, spread: np.ndarray, scale: float
) -> tuple[Note, ...]:
    """Standard errors (p,) that are not finite, or 0 but for rounding: below 1e-8 of the outcome's
    scale (1 on a log or logit scale) for one standard deviation of the term (`spread`, p).
    """
    notes = []
    broken = [name for name, each in zip(names, se, strict=True) if not np.isfinite(each)]
    if broken:
        text = f"the data say nothing of the precision of {listed(broken)}"
        notes.append(finding("no-error", text, broken))
    small = np.isfinite(se) & (se * np.where(spread > 0, spread, 1.0) < ZERO * scale)
    zero = [name for name, each in zip(names, small, strict=True) if each]
    if zero:
        text = f"the standard error of {listed(zero)} is 0 but for rounding, which no data can give"
        notes.append(finding("zero-error", text, zero))
    return tuple(notes)


def extreme(
    names: Sequence[str], estimate: np.ndarray, spread: np.ndarray, what: str
) -> tuple[Note, ...]:
    """|b|·sd(x) above 15 on a log or logit scale."""
    far = np.isfinite(estimate) & (np.abs(estimate) * spread > EXTREME)
    found = [name for name, each in zip(names, far, strict=True) if each]
    if not found:
        return ()
    return (finding(
        "extreme-coefficient",
        f"one standard deviation of {listed(found)} multiplies {what} by more than exp(15): "
        "look at its unit, or for an outcome that it determines",
        found,
    ),)  # fmt: skip


def fitted_extremes(eta: np.ndarray) -> tuple[Note, ...]:
    """Linear predictors beyond ±15: fitted probabilities of 0 or 1."""
    share = float(np.mean(np.abs(eta) > EXTREME))
    if share == 0:
        return ()
    return (finding(
        "fitted-extremes",
        f"fitted probabilities are 0 or 1 in {100 * share:.2g}% of the rows: the outcome may be "
        "separated by the predictors, and estimates then grow without limit",
    ),)  # fmt: skip
