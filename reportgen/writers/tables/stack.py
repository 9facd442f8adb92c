"""A narrower table: every interval under its estimate instead of beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.writers.tables.grid import Grid, GridCell, GridColumn, GridRow

INTERVALS = {"ci": "estimate", "ratio_ci": "ratio"}
"""The roles of intervals, and of the estimates that they stand under."""


def stacked(grid: Grid) -> Grid:
    """The table with intervals under estimates; the same where no interval has an estimate."""
    under = _pairs(grid.columns)
    if not under:
        return grid
    kept = [place for place in range(len(grid.columns)) if place not in under.values()]

    def row(each: GridRow) -> GridRow:
        if not each.cells:
            return each
        return replace(each, cells=tuple(_cell(each.cells, place, under) for place in kept))

    return replace(
        grid,
        columns=tuple(_column(grid.columns, place, under) for place in kept),
        blocks=tuple(
            replace(block, rows=tuple(row(each) for each in block.rows)) for block in grid.blocks
        ),
    )


def _pairs(columns: Sequence[GridColumn]) -> dict[int, int]:
    """The place of each estimate and of the interval that belongs to it: the next of its model."""
    found: dict[int, int] = {}
    for place, column in enumerate(columns):
        if column.role in INTERVALS:
            estimates = [
                number
                for number in range(place)
                if columns[number].role == INTERVALS[column.role]
                and columns[number].spanner == column.spanner
                and number not in found
            ]
            if estimates:
                found[estimates[-1]] = place
    return found


def _column(columns: Sequence[GridColumn], place: int, under: dict[int, int]) -> GridColumn:
    column = columns[place]
    return replace(column, below=columns[under[place]].label) if place in under else column


def _cell(cells: Sequence[GridCell], place: int, under: dict[int, int]) -> GridCell:
    """An estimate without a defined interval keeps its one line."""
    cell = cells[place]
    if place not in under:
        return cell
    below = cells[under[place]]
    return cell if below.empty is not None else replace(cell, below=below.text)
