"""Signs at the solution that its numbers are not what they look like. Heavy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import Sentence, named_coefs, named_column, say
from reportgen.core.types import Note
from reportgen.models.health.codes import finding

PERFECT, ZERO, EXTREME, DECREMENT = 1e-16, 1e-8, 15.0, 1e-6


def not_converged(iterations: int, notes: Iterable[Note] = ()) -> FitError:
    """The error for a fit whose last step was still a step. Columns that nearly depend on each
    other are named as its reason, where `notes` (of before the fit) tell of any.
    """
    for note in notes:
        if note.code == "ill-conditioned":
            return unfit(
                say("not-converged_collinear", names=named_coefs(note.coefs)), ("formula",),
                help="leave one of them out of the formula",
            )  # fmt: skip
    return unfit(
        say("not-converged", iterations=iterations), ("formula",),
        help="look for separated or nearly collinear predictors, or begin with `start`",
    )  # fmt: skip


def perfect_fit(residual: float, total: float, outcome: str) -> tuple[Note, ...]:
    """Least squares that leave nothing: a residual of less than 1e-8 of the outcome's spread.
    Both arguments are sums of squares.
    """
    if residual > PERFECT * total:
        return ()
    return (finding(say("perfect-fit", outcome=named_column(outcome))),)


def no_residual_df(n: int) -> tuple[Note, ...]:
    """As many coefficients as rows."""
    return (finding(say("no-residual-df", rows=n)),)


def errors(
    names: Sequence[str], se: np.ndarray, spread: np.ndarray, scale: float
) -> tuple[Note, ...]:
    """Standard errors (p,) that are not finite, or 0 but for rounding: below 1e-8 of the outcome's
    scale (1 on a log or logit scale) for one standard deviation of the term (`spread`, p).
    """
    notes = []
    broken = [name for name, each in zip(names, se, strict=True) if not np.isfinite(each)]
    if broken:
        notes.append(finding(say("no-error", names=named_coefs(broken)), broken))
    small = np.isfinite(se) & (se * np.where(spread > 0, spread, 1.0) < ZERO * scale)
    zero = [name for name, each in zip(names, small, strict=True) if each]
    if zero:
        notes.append(finding(say("zero-error", names=named_coefs(zero)), zero))
    return tuple(notes)


def extreme(
    names: Sequence[str], estimate: np.ndarray, spread: np.ndarray, what: Sentence
) -> tuple[Note, ...]:
    """|b|·sd(x) above 15 on a log or logit scale; `what` it multiplies."""
    far = np.isfinite(estimate) & (np.abs(estimate) * spread > EXTREME)
    found = [name for name, each in zip(names, far, strict=True) if each]
    if not found:
        return ()
    return (finding(say("extreme-coefficient", names=named_coefs(found), what=what), found),)


def fitted_extremes(eta: np.ndarray) -> tuple[Note, ...]:
    """Linear predictors beyond ±15: fitted probabilities of 0 or 1."""
    share = float(np.mean(np.abs(eta) > EXTREME))
    if share == 0:
        return ()
    return (finding(say("fitted-extremes", share=100 * share)),)
