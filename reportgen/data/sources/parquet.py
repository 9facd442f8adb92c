"""A Parquet file: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.data.paths import find
from reportgen.data.sources import _arrow
from reportgen.data.sources._file import FileSource, bounded, library, wrong


class Parquet(FileSource):
    """A Parquet file."""

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names in the file's schema."""
        with find(options.path, reach.roots).open("rb") as handle:
            return tuple(_file(handle, options.path).schema_arrow.names)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns; sizes are known from the footer before anything expands."""
        with find(options.path, reach.roots).open("rb") as handle:
            file = _file(handle, options.path)
            names = _arrow.wanted(file.schema_arrow.names, columns, options.path)
            bounded(file.metadata.num_rows, len(names), options.path)
            return _arrow.loaded(file.read(columns=names), options.path)


def _file(handle: Any, name: str) -> Any:
    pyarrow = library("pyarrow", "parquet", "a Parquet file")
    parquet = library("pyarrow.parquet", "parquet", "a Parquet file")
    try:
        return parquet.ParquetFile(handle)
    except (pyarrow.ArrowException, OSError) as error:
        raise wrong("not-parquet", f"`{name}` is not a Parquet file") from error
