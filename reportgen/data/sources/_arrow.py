"""What Parquet and Feather files share: columns are projected while the file is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.core.contracts import Loaded
from reportgen.core.types import Variable
from reportgen.data.sources._file import bounded, plain, unique

DAMAGED = "is not a complete file of its format"


def wanted(header: Sequence[str], columns: Sequence[str], name: str) -> list[str]:
    """The columns to read, in the order of the file: all where none are named."""
    return [each for each in unique(header, name) if not columns or each in columns]


def loaded(table: Any, name: str) -> Loaded:
    """An Arrow table as plain columns; the order of a dictionary's values is that of the levels."""
    import pandas as pd

    bounded(table.num_rows, table.num_columns, name)
    # Integers with gaps would become floats, which merge identifiers beyond 2⁵³.
    exact = {"int64": pd.Int64Dtype(), "uint64": pd.UInt64Dtype()}
    made = table.to_pandas(ignore_metadata=True, types_mapper=lambda kind: exact.get(str(kind)))
    variables = {
        column: Variable(column, column, levels={str(each): str(each) for each in levels})
        for column in made
        if isinstance(made[column].dtype, pd.CategoricalDtype)
        for levels in (made[column].cat.categories,)
        if made[column].cat.ordered
    }
    return Loaded(plain(made, name), variables)
