"""What the kinds share on the way from a live fit to a Result. numpy and scipy load late."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.clusters import GroupSize
from reportgen.core.types import Coef, Note, Term, level_text
from reportgen.models.health.codes import untested, withheld
from reportgen.models.known import column, once

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from reportgen.models.formulas.design import Design


HASHED = 1 << 20
"""The rows whose numbers are held at a time where they are named by a digest."""


def coefficients(
    names: Sequence[str],
    terms: Sequence[Term],
    estimate: Iterable[float],
    se: Iterable[float],
    *,
    df: float | Sequence[float | None] | None = None,
    confidence: float = 0.95,
) -> dict[str, Coef]:
    """Wald statistics, two-sided p and intervals: normal, or t with `df` degrees of freedom, which
    may be given for each coefficient.

    A standard error that is not finite and positive gives a coefficient without inference.
    """
    from reportgen.models.engines.laws import t

    home = {coef: term for term in terms for coef in term.coefs}
    each = [df] * len(names) if df is None or isinstance(df, (int, float)) else df
    found = {}
    for name, value, error, own in zip(
        names, map(float, estimate), map(float, se), each, strict=True
    ):
        variable, level, reference = _levels(home.get(name), name)
        if not (math.isfinite(error) and error > 0):
            found[name] = Coef(finite(value), variable=variable, level=level, reference=reference)
            continue
        df_ = math.inf if own is None else own
        statistic, half = value / error, float(t.ppf(0.5 + confidence / 2, df_)) * error
        p = 2 * float(t.sf(abs(statistic), df_))
        found[name] = Coef(
            value, error, statistic, own, p, value - half, value + half,
            variable, level, reference,
        )  # fmt: skip
    return found


def inference(
    names: Sequence[str],
    terms: Sequence[Term],
    estimate: Iterable[float],
    covariance: np.ndarray,
    *,
    notes: Iterable[Note] = (),
    df: float | None = None,
    confidence: float = 0.95,
) -> dict[str, Any]:
    """`coef` and `vcov` of a Result: coefficients with their tests, and their covariance (p, p).

    What the findings among `notes` make meaningless is None in the one and 0 in the other.
    """
    import numpy as np

    notes = tuple(notes)
    gone, blind = withheld(notes, names), untested(notes, names)
    known = np.array([name not in blind for name in names])
    matrix = np.where(np.outer(known, known), covariance, 0.0)
    variances = np.diag(matrix)
    se = np.sqrt(np.where(known & (variances >= 0), variances, np.nan))
    shown = [
        math.nan if name in gone else value for name, value in zip(names, estimate, strict=True)
    ]
    coef = coefficients(names, terms, shown, se, df=df, confidence=confidence)
    usable = bool(np.isfinite(matrix).all()) and bool((np.diag(matrix)[known] > 0).all())
    symmetric = (matrix + matrix.T) / 2
    vcov = tuple(map(tuple, symmetric.tolist())) if usable and known.any() else ()
    return {"coef": coef, "vcov": vcov}


def expanded(values: Any, kept: Any, size: int, fill: float = math.nan) -> np.ndarray:
    """Numbers about the `kept` columns (k,) or (k, k) among those about all `size` columns."""
    import numpy as np

    values = np.asarray(values, dtype=float)
    whole = np.full((size,) * values.ndim, fill)
    whole[np.ix_(*[kept] * values.ndim)] = values
    return whole


def covariance_of(matrix: Any) -> tuple[tuple[float, ...], ...]:
    """The covariance of the coefficients, (p, p), as plain data.

    Empty where it is no covariance: a number that is not finite, a variance that is not positive.
    """
    import numpy as np

    matrix = np.asarray(matrix, dtype=float)
    if not np.isfinite(matrix).all() or (np.diag(matrix) <= 0).any():
        return ()
    return tuple(tuple(row) for row in ((matrix + matrix.T) / 2).tolist())


def finite(value: Any) -> float | None:
    """A number, or None for what is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def finite_stats(stats: Mapping[str, Any]) -> dict[str, float | None]:
    """The statistics of a fit as plain numbers."""
    return {name: None if value is None else finite(value) for name, value in stats.items()}


def status_of(notes: Iterable[Note]) -> Literal["ok", "warning"]:
    """Whether a reader must be warned."""
    return "warning" if any(note.level != "info" for note in notes) else "ok"


def is_text(column: pd.Series[Any]) -> bool:
    """Whether a column holds levels: text, categories or booleans."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_bool_dtype(column) or not is_numeric_dtype(column)


def codes_of(groups: np.ndarray | pd.Series[Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Clusters as whole numbers 0 … G - 1, and their names, in sorted order."""
    import numpy as np
    import pandas as pd

    found, different = pd.factorize(groups)
    values = np.asarray(different)
    if (found < 0).any():  # what is missing is the last, as numpy has it
        values = np.append(values, np.nan)
    labels, places = np.unique(values, return_inverse=True)
    return places[found], tuple(map(level_text, labels.tolist()))


def group_size(codes: np.ndarray) -> GroupSize:
    """The sizes of clusters given as codes 0 … G - 1."""
    import numpy as np

    counts = np.bincount(codes)
    return GroupSize(int(counts.min()), float(counts.mean()), int(counts.max()))


def rows_of(design: Design, groups: str | None = None) -> dict[str, Any]:
    """What every Result says of the rows it rests on, by the names of Result's fields."""
    known: dict[str, Any] = {
        "formula": design.formula.text,
        "outcome": design.formula.outcome.text if design.formula.outcome else None,
        "n": design.n,
        "n_read": design.n_read,
        "rows": once(design.rows, "digest", lambda: _rows_digest(design)),
        "missing": design.missing,
        "columns": design.columns,
        "terms": design.terms,
        "center": dict(zip(design.names, map(float, design.blocks.mean()), strict=True)),
        "ranges": dict(_ranges(design)),
    }
    if _is_binary(design.y):
        known["events"] = int(design.y.sum())
    if groups is not None:
        codes, labels = design.clusters(groups)
        known |= {"n_groups": len(labels), "group_size": group_size(codes)}
    return known


def event_of(design: Design, family: str) -> str | None:
    """Which value of the outcome a model of a yes/no outcome is about."""
    if design.event is not None:
        return design.event
    return "1" if family == "binomial" and _is_binary(design.y) else None


def _is_binary(y: np.ndarray) -> bool:
    """Whether an outcome is 0 or 1 in every row."""
    return bool(((y == 0) | (y == 1)).all())


def _rows_digest(design: Design) -> str:
    """Which rows of their dataset are used: equal for two designs that use the same."""
    import hashlib

    import numpy as np

    index, digest = design.rows.index, hashlib.sha256()
    index = index if index.is_monotonic_increasing else index.sort_values()
    if index.dtype.kind not in "iu":
        return hashlib.sha256(repr(index.tolist()).encode()).hexdigest()[:16]
    for first in range(0, len(index), HASHED):
        digest.update(np.asarray(index[first : first + HASHED]).tobytes())
    return digest.hexdigest()[:16]


def _ranges(design: Design) -> Iterable[tuple[str, tuple[float, float]]]:
    for name in design.formula.columns:
        found = _range(design.rows, name)
        if found is not None:
            yield name, found


def _range(rows: pd.DataFrame, name: str) -> tuple[float, float] | None:
    """The least and the largest of a column of numbers."""

    def find() -> tuple[float, float] | None:
        found = column(rows, name)
        if is_text(found):
            return None
        values = found.to_numpy(dtype=float)
        return float(values.min()), float(values.max())

    return once(rows, ("range", name), find)


def _levels(term: Term | None, name: str) -> tuple[str | None, str | None, str | None]:
    """What a coefficient is about: its variable, and its level and reference where it has them."""
    if term is None or len(term.variables) != 1:
        return None, None, None
    level = next((level for level, coef in term.levels.items() if coef == name), None)
    return term.variables[0], level, term.reference
