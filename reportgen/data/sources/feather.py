"""A Feather (Arrow) file: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.data.paths import find
from reportgen.data.sources import _arrow
from reportgen.data.sources._file import FileSource, bounded, expands, foreign, library


class Feather(FileSource):
    """A Feather file, version 2."""

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names in the file's schema."""
        with _opened(options, reach) as (open_file, _):
            return tuple(open_file().schema.names)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns, a part of the rows after the other, bounded as they come."""
        with _opened(options, reach) as (open_file, gather):
            names = list(open_file().schema.names)
            kept = [names.index(name) for name in _arrow.wanted(names, columns, options.path)]
            file, parts, size, rows = open_file(kept), [], 0, 0
            for number in range(file.num_record_batches):
                parts.append(file.get_batch(number))
                size, rows = size + parts[-1].nbytes, rows + parts[-1].num_rows
                expands(size, options.path)
                bounded(rows, len(kept), options.path)
            table = gather(parts, file.schema)
            return _arrow.loaded(zip(table.column_names, table.columns, strict=True), options.path)


Opener = Callable[..., Any]


@contextmanager
def _opened(options: FileSource.Options, reach: Reach) -> Iterator[tuple[Opener, Opener]]:
    """A way to open the file (with some of its fields), and one to gather parts of its rows."""
    path = find(options.path, reach.roots)
    pyarrow = library("pyarrow", "parquet", "a Feather file")
    ipc = library("pyarrow.ipc", "parquet", "a Feather file")
    with path.open("rb") as handle, foreign("not-feather", f"`{options.path}` {_arrow.DAMAGED}"):

        def opened(fields: Sequence[int] | None = None) -> Any:
            handle.seek(0)
            return ipc.open_file(handle, options=ipc.IpcReadOptions(included_fields=fields))

        yield opened, pyarrow.Table.from_batches
