"""Columns that a formula takes as levels though they hold numbers or dates. Light."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from reportgen.core.limits import most, raising
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, named_term, say
from reportgen.core.types import Note, level_text
from reportgen.models.health.codes import finding

if TYPE_CHECKING:
    import pandas as pd

MOST_CODES = 12
"""Levels up to which text that reads as numbers may be codes."""


def check_count(levels: int, factor: str) -> None:
    """FitError for a category of more levels than can be meant."""
    if levels > most("levels"):
        raise unfit(
            say("too-many-levels", name=named_term(factor), levels=levels, most=most("levels")),
            ("formula",),
            help=f"identifiers belong in `groups`, not in a formula; {raising('levels')}",
        )


def check_size(rows: int, columns: int) -> None:
    """FitError for a design matrix that is too large to be made, before it is."""
    if rows * columns > most("design"):
        raise unfit(
            say("large-design", columns=columns, rows=rows, most=most("design")), ("formula",),
            help=f"look for interactions of categories of many levels; {raising('design')}",
        )  # fmt: skip


def check_levels(column: pd.Series[Any]) -> None:
    """FitError for dates, and for text of more than 12 levels at least half of which are numbers.

    To be asked of a column that nobody called a category: one typing error turns a column of
    numbers into text, and each of its values into a level with a coefficient of its own.
    """
    name = str(column.name)
    if column.dtype.kind == "M":
        raise unfit(
            say("date-column", name=named_column(name)), ("formula",),
            help=f"recode it to a number, or write C({name}) for a level a date",
        )  # fmt: skip
    levels = column.dropna().astype(str).unique().tolist()
    share = sum(map(_is_number, levels)) / max(len(levels), 1)
    if len(levels) > MOST_CODES and share >= 0.5:
        raise unfit(
            say(
                "numbers-as-text",
                name=named_column(name),
                values=len(levels),
                share=round(100 * share),
            ),
            ("formula",),
            help=f"declare what stands for a missing number, or write C({name}) if these are codes",
        )


def mixed_levels(column: pd.Series[Any]) -> tuple[Note, ...]:
    """The finding of a column in which a level is a number in some rows and text in others."""
    if column.dtype.kind != "O":
        return ()
    present = column.dropna().unique().tolist()
    if len({level_text(value) for value in present}) == len(present):
        return ()
    return (finding(say("mixed-levels", name=named_column(column.name))),)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace(",", "")))
    except ValueError:
        return False
