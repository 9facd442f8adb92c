"""A Parquet file: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.data.paths import find
from reportgen.data.sources import _arrow
from reportgen.data.sources._file import FileSource, bounded, expands, foreign, library


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
