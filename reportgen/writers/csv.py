"""Tables and figures as CSV: raw values at full precision, for whoever computes on.

A text that a spreadsheet would take for a formula gets an apostrophe before it; characters that
cannot be seen are shown as escapes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from reportgen.core.document import Cell, Column, Figure, Table
from reportgen.core.types import Scalar
from reportgen.writers.texts.visible import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r")
PARTS = {
    "ci": ("low", "high"), "ratio_ci": ("low", "high"), "range": ("min", "max"),
    "mean_sd": ("mean", "SD"), "median_iqr": ("median", "Q1", "Q3"),
    "count_percent": ("n", "share"), "percent_se": ("share", "SE"),
}  # fmt: skip
"""What the parts of a cell of several values are called in the heading."""


def table_csv(table: Table) -> bytes:
    """A table: one row a row, the block's title and the row's header before its label."""
    widths = columns_of(table)
    heads = [
        ": ".join(text for text in (column.spanner, name) if text)
        for column, width in zip(table.columns, widths, strict=True)
        for name in heads_of(column, width)
    ]
    return _bytes([["", table.stub, *heads], *_rows(table, widths)])


def figure_csv(figure: Figure) -> bytes:
    """The numbers a figure was drawn from."""
    return _bytes([figure.columns, *figure.rows])


def _rows(table: Table, widths: Sequence[int]) -> Iterator[list[Scalar]]:
    for block in table.blocks:
        above = ""
        for row in block.rows:
            if row.header:
                above = row.label
                if not row.cells:
                    continue
            group = ": ".join(text for text in (block.title, above if row.indent else "") if text)
            values = [
                value
                for cell, width in zip(row.cells, widths, strict=False)
                for value in _values(cell, width)
            ]
            yield [group, row.label, *values]


def heads_of(column: Column, width: int) -> Iterator[str]:
    """The headings of the numbers that a column of the table holds, each in a column of its own."""
    if width == 1:
        yield column.label
        return
    parts = PARTS.get(column.role, ())
    for number in range(width):
        yield f"{column.label} ({parts[number] if number < len(parts) else number + 1})"


def columns_of(table: Table) -> list[int]:
    """How many columns the numbers of each column take: an interval two."""
    return [_width(table, number) for number in range(len(table.columns))]


def _width(table: Table, number: int) -> int:
    cells = (row.cells[number] for block in table.blocks for row in block.rows
             if number < len(row.cells))  # fmt: skip
    return max((len(cell.value) for cell in cells if isinstance(cell.value, tuple)), default=1)


def _values(cell: Cell, width: int) -> list[Scalar]:
    values = list(cell.value) if isinstance(cell.value, tuple) else [cell.value]
    return values + [None] * (width - len(values))


def _safe(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = visible(value)
        return f"'{text}" if text.startswith(FORMULA) else text
    return repr(value) if isinstance(value, float) else str(value)


def _bytes(rows: Iterable[Iterable[Scalar]]) -> bytes:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_safe(value) for value in row] for row in rows)
    return buffer.getvalue().encode()
