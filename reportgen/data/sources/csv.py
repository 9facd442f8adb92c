"""A CSV or TSV file, read strictly: what a cell holds is decided here, and nothing shifts."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem
from reportgen.core.limits import most, raising
from reportgen.data.paths import find
from reportgen.data.sources._file import FileSource, bounded, expanded, unique, wrong

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from reportgen.data.sources._csvblocks import Sheet

BINARY = (b"\x89PNG", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"PAR1", b"\xff\xd8", b"GIF8")
DIGITS = 20
"""The most digits and signs that a 64-bit integer has."""

HEAD = 1_000_000
"""Bytes in which a header must end."""


class Csv(FileSource):
    """A file of values separated by commas or tabs, with a header; it may be compressed (`.gz`)."""

    def columns(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """The names in the header."""
        start = _bytes(find(options.path, reach.roots), options.path, HEAD)
        return _header(_text(start.rpartition(b"\n")[0] or start, options.path), options.path)

    def read(self, options: FileSource.Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns (all if none are named), each numeric where all its values are."""
        path, name = find(options.path, reach.roots), options.path
        quick = self._quick(options, reach, columns)
        if quick is not None:
            return quick
        bound = _bound(path)
        content = _bytes(path, name, bound + 1)
        if len(content) > bound:
            message = f"`{name}` is larger than {bound:,} bytes"
            raise wrong("too-large", message, raising("bytes"))
        text = _text(content, name)
        header = _header(text, name)
        wanted = [each for each in header if not columns or each in columns]
        return Loaded(_table(text, header, wanted, name))

    def alike(self, options: FileSource.Options, reach: Reach) -> tuple[str, ...]:
        """All columns of a file that Arrow reads: their types are those of all rows, whichever
        are kept.
        """
        from reportgen.data.sources import _quickcsv

        sheet = self._sheet(options, reach)
        return sheet.header if sheet is not None and _quickcsv.ordinary(sheet) else ()

    def read_rows(
        self, options: FileSource.Options, reach: Reach, columns: Sequence[str], rows: np.ndarray
    ) -> Loaded:
        """The wanted columns for some rows, by their places in ascending order."""
        quick = self._quick(options, reach, columns, rows)
        if quick is not None:
            return quick
        whole = self.read(options, reach, columns).table
        return Loaded(whole.take(rows).reset_index(drop=True))

    def _quick(
        self, options: FileSource.Options, reach: Reach, columns: Sequence[str],
        rows: np.ndarray | None = None,
    ) -> Loaded | None:  # fmt: skip
        """The same by Arrow; None for what it may not read, and for every error."""
        from reportgen.data.sources import _quickcsv
        from reportgen.data.sources._csvblocks import OddError

        sheet = self._sheet(options, reach)
        if sheet is None:
            return None
        wanted = [each for each in sheet.header if not columns or each in columns]
        with suppress(OddError, DataError):
            return Loaded(_quickcsv.columns(
                sheet, wanted, lambda column: lambda texts: typed(texts, column, sheet.name), rows
            ))  # fmt: skip
        return None

    def _sheet(self, options: FileSource.Options, reach: Reach) -> Sheet | None:
        """The file as Arrow is told of it; None if it is small, or odd from the start."""
        from reportgen.data.sources import _quickcsv
        from reportgen.data.sources._csvblocks import Sheet

        path, name = find(options.path, reach.roots), options.path
        if not _quickcsv.worth(path):
            return None
        with suppress(DataError):
            header = self.columns(options, reach)
            start = _text(_bytes(path, name, HEAD).rpartition(b"\n")[0], name)
            return Sheet(path, name, _separator(start, name), header, MARKS, _bound(path))
        return None


def _bound(path: Path) -> int:
    """The most bytes that a file may hold, once it is expanded."""
    zipped = path.suffix.lower() == ".gz"
    return expanded(path.stat().st_size) if zipped else most("bytes")


def _bytes(path: Path, name: str, bound: int) -> bytes:
    """The first bytes of a file; of what it holds where it is compressed, never more than asked."""
    if path.suffix.lower() != ".gz":
        with path.open("rb") as file:
            return file.read(bound)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(bound)
    except (OSError, EOFError, zlib.error) as error:
        raise wrong("not-gzip", f"`{name}` is not a complete gzip file") from error


def _text(content: bytes, name: str) -> str:
    if content.startswith(BINARY) or b"\0" in content:
        raise wrong("not-csv", f"`{name}` is not a CSV file: it holds binary data")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise wrong(
            "encoding", f"`{name}` is not UTF-8 (line {line})", "save it as CSV in UTF-8"
        ) from error


def _separator(text: str, name: str) -> str:
    """A comma; a tab or a semicolon where the header has these and no comma."""
    first = text.split("\n", 1)[0]
    if ".tsv" in name.lower():
        return "\t"
    return next((sign for sign in "\t;" if sign in first and "," not in first), ",")


def _header(text: str, name: str) -> tuple[str, ...]:
    rows = csv.reader(io.StringIO(text), delimiter=_separator(text, name))
    try:
        header = tuple(next(rows, ()))
    except csv.Error as error:
        raise wrong("not-csv", f"`{name}` has no header that can be read: {error}") from error
    if not any(header):
        raise wrong("not-csv", f"`{name}` is not a CSV file: it has no header")
    if text.lstrip()[:1] in ("{", "[", "<"):
        raise wrong("not-csv", f"`{name}` is not a CSV file: it begins like JSON or HTML")
    return unique(header, name)


def _table(text: str, header: Sequence[str], wanted: Sequence[str], name: str) -> pd.DataFrame:
    import pandas as pd

    separator = _separator(text, name)
    bounded(max(0, text.count("\n") - 1), len(wanted), name)
    places = [header.index(column) for column in wanted]
    cells: list[list[str]] = [[] for _ in wanted]
    for row in _rows(text, separator, len(header), name):
        for values, place in zip(cells, places, strict=True):
            values.append(row[place])
    if not cells or not cells[0]:
        raise wrong("no-rows", f"`{name}` has a header and no rows")
    return pd.DataFrame(
        {column: typed(values, column, name) for column, values in zip(wanted, cells, strict=True)}
    )


def _rows(text: str, separator: str, width: int, name: str) -> Iterator[list[str]]:
    """Every row that is not blank. DataError for one that is longer or shorter than the header."""
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    next(rows)
    try:
        for row in rows:
            if len(row) == width:
                yield row
            elif row:
                raise wrong(
                    "row-length",
                    f"`{name}` line {rows.line_num} has {len(row)} values under {width} headings",
                    "a value that contains the separator must stand in quotes",
                )
    except csv.Error as error:
        raise wrong("not-csv", f"`{name}` line {rows.line_num}: {error}") from error


def typed(values: list[str], column: str, name: str) -> pd.Series:
    """The cells of a column as whole numbers, numbers or text; an empty cell is missing.

    The usual marks of a missing number (NA, NaN, ".") are missing in a column of numbers and values
    in a column of text: NA is a country. A column of numbers with a few cells that are none is an
    error, since one typing mistake would turn it into categories. Whole numbers beyond 2⁶³ are ids,
    and stay text: as numbers some would become equal.
    """
    import pandas as pd

    from reportgen.data.sources._csvcolumn import is_text

    text = pd.Series(values, dtype=object).str.strip()
    filled = text[(text != "") & ~text.isin(MARKS)]
    numbers = pd.to_numeric(filled, errors="coerce")
    bad = int(numbers.isna().sum())
    if is_text(bad, len(filled)):
        return text.where(text != "").astype("str")
    if bad:
        line = int(numbers[numbers.isna()].index[0]) + 2
        raise DataError(
            Problem(
                "not-a-number",
                f"`{name}` column `{column}`: {bad} of {len(filled):,} values are not numbers, "
                f"the first on line {line}",
                ("columns", column),
                help="mend the file, list the code under `missing`, or say `type: text`; "
                f"{told(filled[numbers.isna()])}",
                key=True,
            )
        )
    if filled.str.fullmatch(r"[+-]?[0-9]+").all():
        whole = _whole(filled)
        if whole is None:
            return text.where(text != "").astype("str")  # identifiers that no number holds exactly
        return whole if len(whole) == len(text) else _with_gaps(whole).reindex(text.index)
    return pd.to_numeric(filled).reindex(text.index).astype("float64")


def _whole(texts: pd.Series) -> pd.Series | None:
    """Texts of digits as numbers; None where one has more digits than a number holds."""
    if texts.str.len().max() > DIGITS:
        return None
    try:
        return texts.astype("int64")
    except OverflowError:
        return None


def _with_gaps(whole: pd.Series) -> pd.Series:
    """Whole numbers among which some are missing: floats, unless a float could not hold them."""
    exact = max(int(whole.max()), -int(whole.min())) < 2**53
    return whole.astype("float64" if exact else "Int64")


MARKS = frozenset({"NA", "N/A", "NaN", "nan", "NULL", "null", "."})
