"""What can be wrong with a fit that looks clean: each finding is a Note in words, or an error.

Thresholds are stated where they are used; none depends on the units of the data.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reportgen.core.errors import DataError, FitError, Problem
from reportgen.core.types import Note

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design

FEW_CLUSTERS = 40
ALIASED, ILL_CONDITIONED = 1e-11, 1e-7
LARGEST_LINEAR_PREDICTOR = 15.0


@contextmanager
def listening() -> Iterator[list[str]]:
    """Everything libraries warn of while a model is fitted, each text once, kept for the report."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    for each in caught:
        text = " ".join(str(each.message).split())
        if text not in said and not issubclass(each.category, (DeprecationWarning, FutureWarning)):
            said.append(text)


def said_notes(said: Iterable[str]) -> tuple[Note, ...]:
    """Library warnings nobody translated, in the library's words."""
    return tuple(Note("warning", "library", f"statsmodels says: {text}") for text in said)


def check_rank(design: Design, X: np.ndarray | None = None) -> tuple[Note, ...]:
    """Columns that are combinations of others (FitError, named), and nearly so (a warning).

    Columns are scaled to length 1 first, so that units play no part: R of X = QR with column
    pivoting; |r_jj| / |r_11| below 1e-11 is aliased, below 1e-7 ill conditioned.
    """
    import numpy as np
    from scipy.linalg import qr

    X = design.X if X is None else X
    lengths = np.linalg.norm(X, axis=0)
    empty = [name for name, length in zip(design.names, lengths, strict=True) if length == 0]
    if empty:
        _aliased(empty)
    if design.n < len(design.names):
        raise FitError(Problem(
            "too-few-rows", f"{design.n:,} rows cannot give {len(design.names):,} coefficients",
            ("formula",),
        ))  # fmt: skip
    _, r, order = qr(X / lengths, mode="economic", pivoting=True)
    share = np.abs(np.diag(r)) / abs(r[0, 0])
    lost = [design.names[column] for column in order[share < ALIASED]]
    if lost:
        _aliased(lost)
    near = [design.names[column] for column in order[share < ILL_CONDITIONED]]
    if not near:
        return ()
    return (Note(
        "warning", "ill-conditioned",
        f"{_list(near)} can nearly be computed from the other terms, so the estimates rest on "
        "differences of nearly equal numbers",
    ),)  # fmt: skip


def _aliased(names: list[str]) -> None:
    verb = "is" if len(names) == 1 else "are"
    raise FitError(Problem(
        "rank-deficient",
        f"{_list(names)} {verb} determined by the other terms (or constant), so no estimate is "
        "unique", ("formula",), help="leave it out of the formula",
    ))  # fmt: skip


def separation(design: Design) -> tuple[Note, ...]:
    """Levels in which all or none have the event: their estimate is infinite (Albert and
    Anderson 1984), and any finite number printed for it is an artefact of stopping.
    """
    y, notes = design.y, []
    for column, name in enumerate(design.names):
        values = design.X[:, column]
        if name == "Intercept" or set(values.tolist()) != {0.0, 1.0}:
            continue
        inside = y[values == 1]
        if inside.min() == inside.max() and inside[0] in (0.0, 1.0):
            share = "all" if inside[0] else "none"
            notes.append(Note(
                "warning", "separation",
                f"{share} of the {len(inside):,} rows with {name} have the event, so its "
                "coefficient has no finite estimate and its standard error means nothing",
            ))  # fmt: skip
    return tuple(notes)


def large_predictor(eta: np.ndarray) -> tuple[Note, ...]:
    """Fitted probabilities of 0 or 1: the sign of separation by several columns together."""
    import numpy as np

    share = float(np.mean(np.abs(eta) > LARGEST_LINEAR_PREDICTOR))
    if share == 0:
        return ()
    return (Note(
        "warning", "fitted-extremes",
        f"fitted probabilities are 0 or 1 in {100 * share:.2g}% of the rows: the outcome may be "
        "separated by the predictors, and estimates then grow without limit",
    ),)  # fmt: skip


def check_groups(groups: str, n_groups: int, n: int) -> None:
    """DataError where clusters cannot show how alike their members are."""
    if n_groups < 2:
        raise DataError(Problem(
            "one-cluster", f"`{groups}` has one value in the rows used, so nothing can be said of "
            "how clusters differ", ("groups",),
        ))  # fmt: skip
    if n_groups == n:
        raise DataError(Problem(
            "singletons", f"every row is a cluster of its own: `{groups}` has {n:,} values in "
            f"{n:,} rows", ("groups",), help="name the column that members of a cluster share",
        ))  # fmt: skip


def few_clusters(n_groups: int) -> tuple[Note, ...]:
    """Fewer than 40 clusters: robust standard errors are too small (Mancl and DeRouen 2001)."""
    if n_groups >= FEW_CLUSTERS:
        return ()
    return (Note(
        "warning", "few-clusters",
        f"{n_groups} clusters are few for robust standard errors, which tend to be too small "
        f"below {FEW_CLUSTERS}",
    ),)  # fmt: skip


def not_converged(iterations: int) -> FitError:
    """The error for a fit whose last step was still a step."""
    return FitError(Problem(
        "not-converged", f"the fit did not converge in {iterations:,} iterations, so no number "
        "of it is shown", ("formula",),
        help="look for separated or nearly collinear predictors, or begin with `start`",
    ))  # fmt: skip


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:5]) + (" …" if len(names) > 5 else "")
