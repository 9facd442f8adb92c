"""The texts of a whole column are those of its values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from reportgen.core.levels import level_texts
from reportgen.core.types import level_text

COLUMNS: dict[str, Any] = {
    "whole numbers": pd.Series([3, 1, 2, 1]),
    "numbers, some missing": pd.Series([1.0, float("nan"), 2.5, -0.0]),
    "whole numbers, some missing": pd.Series([1, None, 2**60], dtype="Int64"),
    "yes and no": pd.Series([True, False, True]),
    "text": pd.Series(["b", None, "1", "1.0"]),
    "objects that are equal and not the same": pd.Series([1, True, "1", None, 2.0], dtype=object),
    "categories": pd.Series(pd.Categorical(["x", None, "y"], ["y", "x"])),
    "nothing": pd.Series([], dtype="float64"),
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"), (np.True_, "True"), (np.False_, "False"), (1, "1"), (np.int8(1), "1"),
        (2.0, "2"), (np.float32(2.5), "2.5"), ("2", "2"), (2.0**60, str(2.0**60)),
    ],
)  # fmt: skip
def test_a_level_has_one_text(value: object, text: str) -> None:
    """Whatever library a truth or a number comes from."""
    assert level_text(value) == text


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_texts_of_a_column_are_those_of_its_values(column: pd.Series[Any]) -> None:
    found = level_texts(column)
    assert list(found.index) == list(column.index)
    for value, text in zip(column.tolist(), found.tolist(), strict=True):
        assert pd.isna(text) if pd.isna(value) else text == level_text(value)
