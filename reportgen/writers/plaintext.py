"""A table for the terminal: the same text as in the report, in columns of characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from reportgen.writers.tables.grid import Grid, GridRow

GAP = 2
NARROWEST = 40


def plain_text(grid: Grid, width: int) -> str:
    """Caption, rules, rows and notes; prose is broken at `width` characters."""
    width = max(width, NARROWEST)
    heads = [
        _head(column.label, column.mark if not column.spanner else "") for column in grid.columns
    ]
    spanners = [_head(column.spanner, column.mark) for column in grid.columns]
    rows = [row for block in grid.blocks for row in block.rows]
    stub = max([len(grid.stub), *(len(_label(row)) for row in rows)])
    widths = [
        max([len(head), *(len(_cell(row, place)) for row in rows)])
        for place, head in enumerate(heads)
    ]
    widths = _spread(widths, spanners)
    whole = stub + sum(each + GAP for each in widths)
    lines = [*textwrap.wrap(grid.caption, width), "─" * whole]
    if any(spanners):
        lines.append(" " * stub + _spanned(spanners, widths))
    lines.append(grid.stub.ljust(stub) + _line(heads, widths))
    for block in grid.blocks:
        lines.append("─" * whole)
        if block.title:
            lines.append(_head(block.title, block.mark))
        for row in block.rows:
            cells = [_cell(row, place) for place in range(len(widths))]
            lines.append((_label(row).ljust(stub) + _line(cells, widths)).rstrip())
    lines.append("─" * whole)
    return "\n".join([*lines, *_notes(grid, width)])


def _head(text: str, mark: str) -> str:
    return f"{text} [{mark}]" if text and mark else text


def _label(row: GridRow) -> str:
    return "  " * row.indent + row.label


def _cell(row: GridRow, place: int) -> str:
    if place >= len(row.cells):
        return ""
    cell = row.cells[place]
    return _head(cell.text, cell.mark)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(" " * GAP + text.rjust(width) for text, width in zip(cells, widths, strict=True))


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
