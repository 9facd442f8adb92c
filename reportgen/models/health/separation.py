"""Terms that predict an outcome without error, found by linear programmes. Heavy.

Such terms have infinite estimates: along a direction of recession d the likelihood never falls,
and any finite number printed is an artefact of stopping (Albert and Anderson 1984, Biometrika 71,
1–10; Konis 2007, DPhil thesis, Oxford, ch. 4; for counts Correia, Guimarães and Zylkin 2019).
What is left when the rows that d predicts are set aside has finite estimates, and they are the
limits of the estimates from all rows (Geyer 2009, Electron J Stat 3, 259–289).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import Sentence, named_coefs, named_column, say
from reportgen.core.types import Note
from reportgen.models.engines.regressions.separation import direction
from reportgen.models.formulas.design import Design
from reportgen.models.health.codes import finding
from reportgen.models.health.columns import estimable, independent, unit
from reportgen.models.health.outcome import one_sided_levels

TOLERANCE = 1e-5


@dataclass(frozen=True)
class Separation:
    """`rows` (n,): those with something left to explain; `finite` (p,): estimates that exist."""

    rows: np.ndarray
    finite: np.ndarray


def separation(y: np.ndarray, X: np.ndarray, *, counts: bool) -> Separation | None:
    """What is left of a model of shares (y from 0 to 1) or of counts (log link); None for all.

    The direction d maximises the sum of the moves of all rows, Σ sᵢ xᵢᵀd with -1 ≤ d ≤ 1, where no
    row may move away from its outcome: sᵢ xᵢᵀd ≥ 0, s = 1 for an outcome of 1 and -1 for one of
    0, and xᵢᵀd = 0 for an outcome between. Of counts those of 0 may move and the others not.
    """
    scaled, _ = unit(X)
    scaled = scaled * np.sqrt(len(X))
    sign = np.where(y == 0, -1.0, 0.0) if counts else np.where(y == 0, -1.0, 1.0 * (y == 1))
    rows = np.ones(len(y), dtype=bool)
    while rows.any():
        moved = _moved(sign[rows], scaled[rows])
        if not moved.any():
            break
        rows[np.flatnonzero(rows)[moved]] = False
    if rows.all():
        return None
    finite = estimable(X[rows]) if rows.any() else np.zeros(X.shape[1], dtype=bool)
    return Separation(rows, finite)


def _moved(sign: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The rows (n,) that a direction of recession moves, the direction that moves them most."""
    found = direction(X, sign > 0, sign < 0)
    if found is None:
        return np.zeros(len(sign), dtype=bool)
    moved: np.ndarray = sign * (X @ found) > TOLERANCE * np.abs(X).max()
    return moved


@dataclass(frozen=True)
class Remainder:
    """What can be fitted of a separated outcome: `rows` (n,), `columns` by their places, and the
    finding that withholds the other coefficients.
    """

    rows: np.ndarray
    columns: np.ndarray
    notes: tuple[Note, ...]


def remainder(
    design: Design, X: np.ndarray, names: Sequence[str], *, counts: bool
) -> Remainder | None:
    """What is left of the columns X (n, p) of a design; None where nothing is separated.

    FitError where no coefficient but the intercept has a finite estimate.
    """
    found = separation(design.y, X, counts=counts)
    if found is None:
        return None
    infinite = [name for name, each in zip(names, found.finite, strict=True) if not each]
    said = _said(design, found, infinite, counts=counts)
    if all(name == "Intercept" or name in infinite for name in names):
        help = "leave the term out, or join the level with another"
        raise unfit(said, ("formula",), help=help)
    columns = independent(X[found.rows])
    return Remainder(found.rows, columns, (finding(said, infinite),))


def _said(design: Design, found: Separation, infinite: list[str], *, counts: bool) -> Sentence:
    levels = tuple(one_sided_levels(design, counts=counts))
    if levels:
        return say("separation_levels", levels=levels, names=named_coefs(infinite))
    return say(
        "separation", names=named_coefs(infinite), outcome=named_column(design.outcome),
        rows=int((~found.rows).sum()), of=len(found.rows),
    )  # fmt: skip
