"""A table for the terminal: the same text as in the report, in columns of characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from reportgen.writers.tables.grid import Grid, GridRow

GAP = 2
NARROWEST = 40
LEAST = 24
"""Characters that a column of sentences has at least, and of what it leaves the stub half."""


def plain_text(grid: Grid, width: int) -> str:
    """Caption, rules, rows and notes; prose is broken at `width` characters.

    So are sentences in cells, and labels beside them; columns of numbers are as wide as they are.
    """
    width = max(width, NARROWEST)
    heads = [
        _head(column.label, column.mark if not column.spanner else "") for column in grid.columns
    ]
    spanners = [_head(column.spanner, column.mark) for column in grid.columns]
    stub, widths = _widths(grid, heads, spanners, width)
    whole = stub + sum(each + GAP for each in widths)
    aligns = [column.align for column in grid.columns]
    lines = [*textwrap.wrap(grid.caption, width), "─" * whole]
    if any(spanners):
        lines.append(" " * stub + _spanned(spanners, widths))
    lines += _lines(grid.stub, heads, aligns, stub, widths)
    for block in grid.blocks:
        lines.append("─" * whole)
        if block.title:
            lines.append(_head(block.title, block.mark))
        for row in block.rows:
            cells = [_cell(row, place) for place in range(len(widths))]
            lines += _lines(_label(row), cells, aligns, stub, widths)
    lines.append("─" * whole)
    return "\n".join([*lines, *_notes(grid, width)])


def _widths(
    grid: Grid, heads: Sequence[str], spanners: Sequence[str], width: int
) -> tuple[int, list[int]]:
    """Of the stub and of every column; sentences give way where `width` is too little."""
    rows = [row for block in grid.blocks for row in block.rows]
    stub = max([len(grid.stub), *(len(_label(row)) for row in rows)])
    widths = [
        max([len(head), *(len(_cell(row, place)) for row in rows)])
        for place, head in enumerate(heads)
    ]
    prose = [place for place, column in enumerate(grid.columns) if column.align == "left"]
    over = stub + sum(each + GAP for each in widths) - width
    if prose and over > 0:
        stub = min(stub, max(LEAST, width // 3))
        free = width - stub - sum(widths) - GAP * len(widths) + sum(widths[each] for each in prose)
        for place in prose:
            widths[place] = min(widths[place], max(LEAST, free // len(prose)))
    return stub, _spread(widths, spanners)


def _lines(
    label: str, cells: Sequence[str], aligns: Sequence[str], stub: int, widths: Sequence[int]
) -> Iterator[str]:
    """The lines of a row: one, unless its label or a sentence in it needs more."""
    indent = len(label) - len(label.lstrip())
    columns = [textwrap.wrap(label, stub, subsequent_indent=" " * indent) or [""]]
    for text, align, width in zip(cells, aligns, widths, strict=True):
        columns.append(textwrap.wrap(text, width) if align == "left" else [text])
    for first, *rest in zip_longest(*columns, fillvalue=""):
        placed = (
            text.ljust(width) if align == "left" else text.rjust(width)
            for text, align, width in zip(rest, aligns, widths, strict=True)
        )
        yield (first.ljust(stub) + "".join(" " * GAP + text for text in placed)).rstrip()


def _head(text: str, mark: str) -> str:
    return f"{text} [{mark}]" if text and mark else text


def _label(row: GridRow) -> str:
    return "  " * row.indent + row.label


def _cell(row: GridRow, place: int) -> str:
    if place >= len(row.cells):
        return ""
    cell = row.cells[place]
    return _head(cell.text, cell.mark)


def _runs(spanners: Sequence[str]) -> list[tuple[str, int, int]]:
    """Each spanner with the first column it stands over and the one after the last."""
    found: list[tuple[str, int, int]] = []
    for place, text in enumerate(spanners):
        if found and found[-1][0] == text:
            found[-1] = (text, found[-1][1], place + 1)
        else:
            found.append((text, place, place + 1))
    return found


def _spread(widths: list[int], spanners: Sequence[str]) -> list[int]:
    """Widths at which every spanner fits over its columns."""
    made = list(widths)
    for text, first, last in _runs(spanners):
        room = sum(made[first:last]) + GAP * (last - first - 1)
        made[last - 1] += max(0, len(text) - room)
    return made


def _spanned(spanners: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(
        " " * GAP + text.center(sum(widths[first:last]) + GAP * (last - first - 1))
        for text, first, last in _runs(spanners)
    ).rstrip()


def _notes(grid: Grid, width: int) -> Iterator[str]:
    for text in (*grid.notes, *(f"[{letter}] {note}" for letter, note in grid.marks)):
        yield from textwrap.wrap(text, width)
