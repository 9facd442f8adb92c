"""A large CSV file read by Arrow, where it holds nothing that two readers could read differently.

Every file is read by `csv.py` alone unless its lines are plain (`_csvblocks.py`) and what Arrow
calls a number has the letters of one (`_csvcolumn.py`). Whatever is odd, and every error, is for
the careful reader. A block of rows is read at a time, and of it only what is wanted is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.data.sources._csvblocks import OddError, Sheet, blocks, examined
from reportgen.data.sources._csvcolumn import Column
from reportgen.data.sources._file import bounded

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMALL, ZIPPED = 4_000_000, 1_000_000
"""Bytes below which it is not worth while; of a compressed file."""

Careful = Callable[[list[str]], "pd.Series[Any]"]


def worth(path: Path) -> bool:
    """Whether a file is so large, and Arrow there."""
    least = ZIPPED if path.suffix.lower() == ".gz" else SMALL
    return path.stat().st_size > least and find_spec("pyarrow") is not None


def ordinary(sheet: Sheet) -> bool:
    """Whether the lines of a file are plain."""
    try:
        return any([bool(block) for block in examined(sheet)])
    except OddError:
        return False


def columns(
    sheet: Sheet,
    wanted: Sequence[str],
    careful: Callable[[str], Careful],
    rows: np.ndarray | None = None,
) -> pd.DataFrame:
    """The wanted columns, of all rows or of `rows` of an ordinary file, by their places in
    ascending order. `careful` gives for a column what types all its texts where these are odd.

    OddError where the careful reader must read it all.
    """
    import pandas as pd

    marks = sorted(sheet.marks)
    first = {name: Column(marks, rows) for name in wanted}
    _fill(sheet, first, examined(sheet) if rows is None else blocks(sheet))
    types = {name: column.type() for name, column in first.items()}
    again = {
        name: Column(marks, rows if types[name] == "again" else None, text=True)
        for name in wanted
        if types[name] in ("again", "careful")
    }
    if again:
        first |= again  # what was kept of them is free
        _fill(sheet, again, blocks(sheet))
    made: dict[str, pd.Series[Any]] = {}
    for name in wanted:
        column = first.pop(name)
        again.pop(name, None)
        if types[name] == "careful":
            values = careful(name)(column.texts().fill_null("").to_pylist())
            made[name] = values if rows is None else values.take(rows).reset_index(drop=True)
        elif types[name] in ("text", "again"):
            made[name] = _series(column.texts())
        else:
            made[name] = column.numbers(types[name] == "whole")
    return pd.DataFrame(made, copy=False)


def _fill(sheet: Sheet, filled: Mapping[str, Column], lines: Iterable[bytes]) -> None:
    """Gives each column its texts, a block after the other. OddError for a file without rows."""
    import pyarrow as pa

    rows, pool = 0, pa.default_memory_pool()
    for block in lines:
        if block.isspace() and not block.strip(b"\r\n"):
            continue
        batch = _parsed(block, sheet, list(filled))
        rows += batch.num_rows
        bounded(rows, len(filled), sheet.name)
        for name, column in filled.items():
            column.add(batch.column(name).combine_chunks())
    pool.release_unused()
    if not rows:
        raise OddError


def _parsed(block: bytes, sheet: Sheet, names: Sequence[str]) -> Any:
    """Some columns of some lines, as texts."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        return csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=list(sheet.header), block_size=len(block) + 1),
            csv.ParseOptions(
                delimiter=sheet.separator, quote_char='"' if b'"' in block else False,
                double_quote=False, escape_char=False, newlines_in_values=False,
            ),
            csv.ConvertOptions(
                include_columns=list(names), strings_can_be_null=True, null_values=[""],
                column_types={name: pa.string() for name in names},
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise OddError from error


def _series(texts: Any) -> pd.Series[Any]:
    """Arrow texts as pandas has them."""
    import pyarrow as pa

    made: pd.Series[Any] = pa.table({"values": texts}).to_pandas()["values"]
    return made
