"""The texts of a whole column of levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.core.types import level_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def level_texts(column: pd.Series[Any]) -> pd.Series[Any]:
    """The canonical text (see `level_text`) of every value; what is missing stays missing.

    Each different value is put into words once: a column has few, and millions of rows.
    """
    if column.dtype == "str":
        return column
    if column.dtype.kind not in "biuf":
        # A column of objects may hold 1 and True, which are one key of a mapping.
        return column.map(level_text, na_action="ignore")
    texts = {value: level_text(value) for value in column.dropna().unique().tolist()}
    return column.map(texts).astype("str")


def level_codes(column: pd.Series[Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    """A column as codes (n,) of the texts of its levels, -1 for what is missing.

    The texts are in the order in which they occur, and no row has a text of its own in memory.
    """
    if column.dtype.kind == "O":
        # 1 and True are one key where values are counted, and two levels.
        column = level_texts(column)
    found, values = column.factorize()
    texts = [level_text(value) for value in values.tolist()]
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    for number, text in enumerate(texts):
        if place[text] != number:
            found[found == number] = place[text]
    return found, tuple(place)
