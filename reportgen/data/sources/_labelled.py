"""What files of SAS, Stata and SPSS share: labels of variables and of values come with the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.types import Variable, level_text
from reportgen.data.paths import find
from reportgen.data.sources._file import FileSource, bounded, foreign, library, plain, wrong


class Labelled(FileSource):
    """A file that pyreadstat reads; `readers` maps an ending to the name of its function."""

    readers: ClassVar[Mapping[str, str]] = {}

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names of the variables, from the header alone."""
        _, meta = self._read(find(options.path, reach.roots), options.path, metadataonly=True)
        return tuple(meta.column_names)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted variables (all if none are named) with the labels that the file gives them."""
        path = find(options.path, reach.roots)
        _, meta = self._read(path, options.path, metadataonly=True)
        names = [name for name in meta.column_names if not columns or name in columns]
        bounded(meta.number_rows or 0, len(names), options.path)
        table, meta = self._read(path, options.path, usecols=names)
        bounded(len(table), len(names), options.path)
        if not set(names) <= set(table):
            raise wrong("not-readable", f"`{options.path}` is not a complete {path.suffix} file")
        table = plain(table[names], options.path, whole=True)
        return Loaded(table, {name: _variable(name, meta, table) for name in names})

    def _read(self, path: Path, name: str, **how: Any) -> tuple[Any, Any]:
        pyreadstat = library("pyreadstat", "labelled", f"a file like `{path.suffix}`")
        reader = getattr(pyreadstat, self.readers[path.suffix.lower()])
        with foreign("not-readable", f"`{name}` is not a complete {path.suffix} file"):
            return reader(str(path), **how)  # type: ignore[no-any-return]


def _variable(name: str, meta: Any, table: Any) -> Variable:
    """The label of a variable; its levels where every value that occurs has one."""
    label = (meta.column_names_to_labels.get(name) or "").strip() or name
    named = {
        level_text(code): str(text)
        for code, text in (meta.variable_value_labels.get(name) or {}).items()
    }
    occurring = {level_text(value) for value in table[name].dropna().unique()}
    return Variable(name, label, levels=named if named and occurring <= set(named) else {})
