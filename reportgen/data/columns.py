"""Source columns as their author declared them: codes for missing, levels, how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note, Variable, level_text, noted
from reportgen.data.dataset import ColumnOptions

if TYPE_CHECKING:
    import pandas as pd


def declared(
    values: pd.Series[Any], name: str, options: ColumnOptions
) -> tuple[pd.Series[Any], list[Note]]:
    """A column with its missing codes missing and its type as declared, and what was noted.

    DataError (path `("columns", name)`) for a code that the declared levels do not list.
    """
    notes: list[Note] = []
    if options.missing:
        gone = level_texts(values).isin({level_text(code) for code in options.missing})
        values = values.mask(gone)
        notes.append(missing_note(name, int(gone.sum())))
    levels = _codes(options.levels)
    if levels:
        codes = level_texts(values)
        unlisted = codes.notna() & ~codes.isin(list(levels))
        if unlisted.any():
            raise DataError(
                Problem(
                    "unlisted-code",
                    f"{int(unlisted.sum()):,} rows of `{name}`, the first of them row "
                    f"{int(unlisted.argmax()) + 1:,}, have codes that `levels` does not list",
                    ("columns", name, "levels"),
                    help=f"list them under `levels`, or under `missing`; {told(codes[unlisted])}",
                )
            )
    return _typed(values, name, options), notes


def missing_note(name: str, rows: int) -> Note:
    """How many rows were set missing by the author's own word."""
    return noted("info", say("set-missing", name=named_column(name), rows=rows))


def shown(
    name: str, options: ColumnOptions, values: pd.Series[Any], known: Variable | None
) -> Variable:
    """How a column is shown: as declared here, else as its file says, else by its name."""
    made = known or Variable(name, name)
    if options.label:
        made = replace(made, label=options.label)
    if options.unit:
        made = replace(made, unit=options.unit)
    if options.levels:
        made = replace(made, levels=_codes(options.levels))
    return replace(made, categorical=bool(made.levels) or is_text(values))


def is_text(values: pd.Series[Any]) -> bool:
    """Whether a column holds categories rather than numbers."""
    from pandas.api import types

    return not types.is_numeric_dtype(values.dtype) or types.is_bool_dtype(values.dtype)


def similar_levels(values: pd.Series[Any], name: str) -> list[Note]:
    """A note if levels differ only by blanks or by case ("Male", "male ")."""
    if not is_text(values):
        return []
    levels = values.drop_duplicates().dropna().astype(str).unique()
    if len({level.strip().casefold() for level in levels}) == len(levels):
        return []
    return [noted("warning", say("similar-levels", name=named_column(name)))]


def _codes(levels: Mapping[str, str] | tuple[str, ...]) -> dict[str, str]:
    if isinstance(levels, Mapping):
        return {level_text(code): text for code, text in levels.items()}
    return {level_text(code): str(code) for code in levels}


def _typed(values: pd.Series[Any], name: str, options: ColumnOptions) -> pd.Series[Any]:
    if options.type in ("category", "text"):
        return level_texts(values).astype("str").where(values.notna())
    if options.type == "number" and is_text(values):
        message = f"`{name}` is declared a number and holds text"
        problem = Problem("not-numeric", message, ("columns", name, "type"), help=_texts(values))
        raise DataError(problem)
    return values


def _texts(values: pd.Series[Any]) -> str:
    """The values of a column that are no numbers, or how to ask for them."""
    import pandas as pd

    return told(values[values.notna() & pd.to_numeric(values, errors="coerce").isna()])
