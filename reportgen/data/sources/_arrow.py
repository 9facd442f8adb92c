"""What Parquet and Feather files share: columns are projected while the file is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from reportgen.core.contracts import Loaded
from reportgen.core.types import Variable
from reportgen.data.sources._file import plain_column, unique

if TYPE_CHECKING:
    import pandas as pd

DAMAGED = "is not a complete file of its format"


def wanted(header: Sequence[str], columns: Sequence[str], name: str) -> list[str]:
    """The columns to read, in the order of the file: all where none are named."""
    return [each for each in unique(header, name) if not columns or each in columns]


def loaded(columns: Iterable[tuple[str, Any]], name: str) -> Loaded:
    """Arrow columns, one after the other, as plain ones: of a large file two copies of one column
    are the most there is. The order of a dictionary's values is that of the levels.
    """
    import pandas as pd
    import pyarrow as pa

    made: dict[str, pd.Series[Any]] = {}
    variables: dict[str, Variable] = {}
    for column, values in columns:
        series = _series(values)
        if isinstance(series.dtype, pd.CategoricalDtype) and series.cat.ordered:
            levels = {str(each): str(each) for each in series.cat.categories}
            variables[column] = Variable(column, column, levels=levels)
        made[column] = plain_column(series, column, name)
        del values, series
        pa.default_memory_pool().release_unused()  # what a column took, for the next
    return Loaded(pd.DataFrame(made, copy=False), variables)


def _series(values: Any) -> pd.Series[Any]:
    """An Arrow column as pandas has it."""
    import pandas as pd
    import pyarrow as pa

    if values.null_count == 0 and str(values.type) in ("int64", "int32", "int16", "int8", "double"):
        return pd.Series(values.to_numpy(), copy=False)
    # Integers with gaps would become floats, which merge identifiers beyond 2⁵³.
    exact = {"int64": pd.Int64Dtype(), "uint64": pd.UInt64Dtype()}
    table = pa.table({"values": values})
    made: pd.Series[Any] = table.to_pandas(
        ignore_metadata=True, types_mapper=lambda kind: exact.get(str(kind))
    )["values"]
    return made
