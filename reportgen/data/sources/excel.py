"""A sheet of an Excel workbook, its first row the header. Formulas count as their last values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import option
from reportgen.data.paths import find
from reportgen.data.sources._file import (
    FileSource,
    bounded,
    expanded,
    expands,
    foreign,
    library,
    unique,
    wrong,
)
from reportgen.data.sources.csv import typed


class Excel(FileSource):
    """A sheet of an Excel workbook (`.xlsx`)."""

    @dataclass(frozen=True, kw_only=True)
    class Options(FileSource.Options):
        """Keys of a `source` that is a workbook."""

        sheet: str | None = option(None, doc="The sheet to read; the first if left out.")

    def columns(self, options: Options, reach: Reach) -> tuple[str, ...]:
        """The texts of the first row."""
        with _rows(options, find(options.path, reach.roots)) as rows:
            return _header(next(rows, ()), options.path)

    def read(self, options: Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns (all if none are named), typed as those of a CSV file are."""
        import pandas as pd

        with _rows(options, find(options.path, reach.roots)) as rows:
            header = _header(next(rows, ()), options.path)
            names = [name for name in header if not columns or name in columns]
            places = [header.index(name) for name in names]
            cells: list[list[str]] = [[] for _ in names]
            for number, row in enumerate(rows, 1):
                bounded(number, len(names), options.path)
                if any(value is not None for value in row):
                    for values, place in zip(cells, places, strict=True):
                        values.append(_text(row[place] if place < len(row) else None))
        if not cells or not cells[0]:
            raise wrong("no-rows", f"`{options.path}` has a header and no rows")
        return Loaded(pd.DataFrame({
            name: typed(values, name, options.path)
            for name, values in zip(names, cells, strict=True)
        }))  # fmt: skip


@contextmanager
def _rows(options: Excel.Options, path: Path) -> Iterator[Iterator[tuple[Any, ...]]]:
    openpyxl = library("openpyxl", "excel", "an Excel workbook")
    _bounded(path, options.path)
    broken = foreign("not-excel", f"`{options.path}` is not a complete Excel workbook")
    with (
        path.open("rb") as handle,
        broken,
        closing(openpyxl.load_workbook(handle, read_only=True, data_only=True)) as book,
    ):
        if options.sheet is not None and options.sheet not in book.sheetnames:
            raise DataError(Problem(
                "no-sheet", f"`{options.path}` has no sheet `{options.sheet}`", ("sheet",),
                help=f"sheets: {', '.join(book.sheetnames)}",
            ))  # fmt: skip
        yield book[options.sheet or book.sheetnames[0]].iter_rows(values_only=True)


def _bounded(path: Path, name: str) -> None:
    """DataError for an archive that says it expands beyond all measure, before it does."""
    try:
        with ZipFile(path) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except (BadZipFile, OSError) as error:
        raise wrong("not-excel", f"`{name}` is not an Excel workbook (.xlsx)") from error
    expands(size, name, expanded(path.stat().st_size))


def _header(row: Sequence[Any], name: str) -> tuple[str, ...]:
    texts = [_text(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    if not texts or not all(texts):
        raise wrong("no-header", f"`{name}` has no header: its first row must name every column")
    return unique(texts, name)


def _text(value: Any) -> str:
    """A cell as a CSV file would hold it."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
