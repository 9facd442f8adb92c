"""A Feather (Arrow) file: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.data.paths import find
from reportgen.data.sources import _arrow
from reportgen.data.sources._file import FileSource, library, wrong


class Feather(FileSource):
    """A Feather file, version 2."""

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names in the file's schema."""
        with find(options.path, reach.roots).open("rb") as handle:
            return tuple(_opened(handle, options.path).schema.names)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns."""
        with find(options.path, reach.roots).open("rb") as handle:
            names = list(_opened(handle, options.path).schema.names)
            kept = [names.index(name) for name in _arrow.wanted(names, columns, options.path)]
            return _arrow.loaded(_opened(handle, options.path, kept).read_all(), options.path)


def _opened(handle: Any, name: str, fields: Sequence[int] | None = None) -> Any:
    pyarrow = library("pyarrow", "parquet", "a Feather file")
    ipc = library("pyarrow.ipc", "parquet", "a Feather file")
    handle.seek(0)
    options = ipc.IpcReadOptions(included_fields=list(fields) if fields is not None else None)
    try:
        return ipc.open_file(handle, options=options)
    except (pyarrow.ArrowException, OSError) as error:
        raise wrong("not-feather", f"`{name}` is not a Feather file (version 2)") from error
