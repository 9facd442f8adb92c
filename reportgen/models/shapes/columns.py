"""A column of numbers, in all rows or by the levels of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.core.description import Summary
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Frame
from reportgen.models.base import is_text
from reportgen.models.formulas.design import levels_of


def grouped(frame: Frame, column: str, by: str | None) -> dict[str, np.ndarray[Any, Any]]:
    """The values of a column by level of `by`, in display order; under "" where there is none.

    DataError where the column holds no numbers, FitError where it holds no value at all. A level
    without a value is left out.
    """
    values = frame.table[column]
    if is_text(values):
        raise DataError(Problem(
            "not-numeric", f"`{column}` holds text, and only numbers have such a picture",
            help="`table: describe` counts the levels of a category",
        ))  # fmt: skip
    if not values.notna().any():
        raise unfit(say("no-values", name=named_column(column)))
    if by is None:
        return {"": _numbers(values)}
    texts = level_texts(frame.table[by])
    variable = frame.facts.variables.get(by)
    found = {
        level: _numbers(values[texts == level]) for level in levels_of(frame.table[by], variable)
    }
    return {level: numbers for level, numbers in found.items() if len(numbers)}


def summaries(frame: Frame, column: str, by: str | None) -> tuple[Summary, ...]:
    """How many values each group has and lacks; the last, "", is everybody."""
    groups = grouped(frame, column, by)
    table = frame.table
    texts = None if by is None else level_texts(table[by])
    found = []
    for level, values in groups.items():
        own = table if texts is None else table[texts == level]
        found.append(Summary(column, level, len(values), len(own) - len(values)))
    if by is not None:
        n = int(table[column].notna().sum())
        found.append(Summary(column, "", n, len(table) - n))
    return tuple(found)


def _numbers(values: Any) -> np.ndarray[Any, Any]:
    kept = values.dropna().to_numpy(dtype=float)
    return np.sort(kept[np.isfinite(kept)])
