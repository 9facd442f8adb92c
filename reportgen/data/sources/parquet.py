"""A Parquet file: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.data.paths import find
from reportgen.data.sources import _arrow
from reportgen.data.sources._file import FileSource, bounded, expands, foreign, library

if TYPE_CHECKING:
    import numpy as np

ALIKE = frozenset({"double", "float", "string", "large_string"})
WHOLE = frozenset({"int8", "int16", "int32", "int64"})


class Parquet(FileSource):
    """A Parquet file."""

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names in the file's schema."""
        with _opened(options, reach) as file:
            return tuple(file.schema_arrow.names)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns; sizes are known from the footer before anything expands."""
        with _opened(options, reach) as file:
            names = _arrow.wanted(file.schema_arrow.names, columns, options.path)
            bounded(file.metadata.num_rows, len(names), options.path)
            _expanded(file.metadata, names, options.path)
            parts = ((each, file.read(columns=[each]).column(0)) for each in names)
            return _arrow.loaded(parts, options.path)

    def alike(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The columns whose values are read alike whichever rows are: decimals, texts, and whole
        numbers of which the file says that none is missing.
        """
        with _opened(options, reach) as file:
            kinds = {each.name: str(each.type) for each in file.schema_arrow}
            whole = {name for name, kind in kinds.items() if kind in WHOLE}
            sure = {name for name in whole if _complete(file.metadata, name)}
            return tuple(name for name, kind in kinds.items() if kind in ALIKE or name in sure)

    def read_rows(
        self, options: FileSource.Options, reach: Reach, columns: Sequence[str], rows: np.ndarray
    ) -> Loaded:
        """The wanted columns for some rows, by their places in ascending order. A group of rows
        without any of them is not read.
        """
        with _opened(options, reach) as file:
            names = _arrow.wanted(file.schema_arrow.names, columns, options.path)
            bounded(len(rows), len(names), options.path)
            _expanded(file.metadata, names, options.path)
            return _arrow.loaded(((name, _some(file, name, rows)) for name in names), options.path)


def _complete(metadata: Any, name: str) -> bool:
    """Whether every group of rows says that no value of a column is missing."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        columns = map(group.column, range(metadata.num_columns))
        known = next(each.statistics for each in columns if each.path_in_schema == name)
        if known is None or not known.has_null_count or known.null_count:
            return False
    return True


def _some(file: Any, name: str, rows: np.ndarray) -> Any:
    """One column for some rows."""
    import pyarrow as pa

    parts, first, metadata = [], 0, file.metadata
    for group in range(metadata.num_row_groups):
        last = first + metadata.row_group(group).num_rows
        own = rows[rows.searchsorted(first) : rows.searchsorted(last)] - first
        if len(own):
            parts.append(file.read_row_group(group, columns=[name]).column(0).take(pa.array(own)))
        first = last
    chunks = [chunk for part in parts for chunk in part.chunks]
    return pa.chunked_array(chunks, file.schema_arrow.field(name).type)


@contextmanager
def _opened(options: FileSource.Options, reach: Reach) -> Iterator[Any]:
    path = find(options.path, reach.roots)
    parquet = library("pyarrow.parquet", "parquet", "a Parquet file")
    with path.open("rb") as handle, foreign("not-parquet", f"`{options.path}` {_arrow.DAMAGED}"):
        yield parquet.ParquetFile(handle)


def _expanded(metadata: Any, names: Sequence[str], name: str) -> None:
    """DataError for a file that says its wanted columns expand beyond all measure."""
    size = sum(
        column.total_uncompressed_size
        for group in range(metadata.num_row_groups)
        for column in map(metadata.row_group(group).column, range(metadata.num_columns))
        if column.path_in_schema.split(".")[0] in names
    )
    expands(size, name)
