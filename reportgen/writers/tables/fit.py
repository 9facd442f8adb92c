"""Tables that fit: how wide a table will be, and what to do where that is more than the page.

On paper nothing may be cut off and nothing be set below 7.5 pt. So, in this order: smaller type,
a landscape page, and at last several sheets side by side, each with the stub.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil, floor

from reportgen.core.dataclass import dataclass
from reportgen.writers.paper.paging import FEWEST_ROWS
from reportgen.writers.tables.grid import Grid, GridBlock, GridCell, GridColumn, GridRow
from reportgen.writers.tables.metrics import ems
from reportgen.writers.tables.stack import stacked

FULL = 8.9
SMALLEST = 7.5
"""Type sizes in points."""

PORTRAIT = 448.0
LANDSCAPE = 717.0
"""Widths of the text on the two kinds of page, in points."""

STUB = 15.0
"""The stub may be broken into lines beyond this width, in em."""

STUB_SHARE = 0.4
"""What the stub takes of a table of sentences, at most."""

SENTENCE = 16.0
"""A cell of text may be broken into lines beyond this width, in em; a number never is."""

GAP = 1.03
"""The white space to the left of a column, in em."""

WHOLE = 26
"""A table up to this many lines is not divided between pages, unless that leaves a hole."""

LINES_ASIDE = 34
"""About so many lines of the smallest type fit on a page that lies on its side."""


@dataclass(frozen=True)
class Spanner:
    """A cell of the upper header row: a heading over `span` columns, or one column's own."""

    text: str
    span: int
    columns: tuple[GridColumn, ...]

    @property
    def mark(self) -> str:
        """The letters of the notes about its columns."""
        return next((column.mark for column in self.columns if column.mark), "")


@dataclass(frozen=True)
class Sheet:
    """A table, or as much of it as fits on a page: some of the columns, all rows."""

    grid: Grid
    first: int
    last: int
    size: float = FULL
    landscape: bool = False

    @property
    def columns(self) -> tuple[GridColumn, ...]:
        """The columns of this sheet."""
        return self.grid.columns[self.first : self.last]

    @property
    def spanners(self) -> tuple[Spanner, ...]:
        """The upper row of the header; empty where no column stands under a spanner."""
        if not any(column.spanner for column in self.columns):
            return ()
        groups = (tuple(group) for _, group in groupby(self.columns, lambda c: c.spanner))
        return tuple(
            spanner
            for group in groups
            for spanner in (
                [Spanner(group[0].spanner, len(group), group)]
                if group[0].spanner
                else [Spanner("", 1, (column,)) for column in group]
            )
        )

    @property
    def unbroken(self) -> bool:
        """Whether the stub has room for its labels in one line: headings are broken sooner, but
        sentences need the room themselves.
        """
        rows = [row for block in self.blocks for row in block.rows]
        if any(self.wraps(cell) for row in rows for cell in self.cells(row)):
            return False
        room = (LANDSCAPE if self.landscape else PORTRAIT) / self.size
        columns = _column_widths(self.grid)[self.first : self.last]
        return _natural_stub(self.grid) + sum(columns) < room

    @property
    def widths(self) -> tuple[float, ...]:
        """How wide the stub and each column are in points; together as wide as the page."""
        room = LANDSCAPE if self.landscape else PORTRAIT
        columns = [self.size * each for each in _column_widths(self.grid)[self.first : self.last]]
        least = self.size * (_stub_width(self.grid) + GAP)
        wordy = self._wordy()
        natural = self.size * (_natural_stub(self.grid) + GAP)
        stub = max(min(natural, room * STUB_SHARE if any(wordy) else room - sum(columns)), least)
        # What is left goes to those that can use it: sentences, or else all alike.
        takers = (False, *wordy) if any(wordy) else (True,) * (len(columns) + 1)
        spare = max(0.0, room - stub - sum(columns)) / sum(takers)
        widths = zip((stub, *columns), takers, strict=True)
        return tuple(width + spare * taker for width, taker in widths)

    def _wordy(self) -> tuple[bool, ...]:
        """For each column: whether it holds sentences."""
        rows = [self.cells(row) for block in self.blocks for row in block.rows]
        return tuple(
            any(self.wraps(row[place]) for row in rows if place < len(row))
            for place in range(len(self.columns))
        )

    @property
    def rows(self) -> int:
        """How many rows there are, titles of blocks among them."""
        return sum(len(block.rows) + bool(block.title) for block in self.grid.blocks)

    @property
    def whole(self) -> bool:
        """Whether it is short enough to stand undivided on a page where that leaves no hole."""
        return _lines(self.grid) <= WHOLE

    @property
    def blocks(self) -> tuple[GridBlock, ...]:
        """The blocks of rows."""
        return tuple(self.grid.blocks)

    def ties(self, block: int, row: int) -> str:
        """The class of a row (-1: the block's title) that a page may not end after, or begin with.

        The first rows of a table stand together, and so do the last; no row of a block stands
        alone on a page.
        """
        above = self.blocks[:block]
        number = sum(len(each.rows) + bool(each.title) for each in above)
        number += row + bool(self.blocks[block].title)
        tied = " ties-next" if number < FEWEST_ROWS - 1 else ""
        lonely = row > 0 and row == len(self.blocks[block].rows) - 1
        return tied + (" ties-above" if lonely or number > self.rows - FEWEST_ROWS else "")

    def cells(self, row: GridRow) -> tuple[GridCell, ...]:
        """A row's cells in this sheet."""
        return tuple(row.cells[self.first : self.last])

    def wraps(self, cell: GridCell) -> bool:
        """Whether a cell holds a sentence, to be broken into lines."""
        return cell.role == "text" and ems(cell.text) > SENTENCE

    def breaks(self, cell: GridCell) -> bool:
        """Whether a cell holds a word that is itself as long as a line, to be broken anywhere."""
        return self.wraps(cell) and _longest(cell.text) > SENTENCE


def whole(grid: Grid) -> tuple[Sheet, ...]:
    """One sheet with everything: a screen scrolls."""
    return (Sheet(grid, 0, len(grid.columns), landscape=_width(grid) > PORTRAIT / FULL),)


def sheets(grid: Grid) -> tuple[Sheet, ...]:
    """The sheets that a table takes on paper: one, wherever one is enough.

    Upright; upright with intervals under estimates; on its side; on its side with intervals under
    estimates; divided.
    """
    narrow = stacked(grid)
    for room in (PORTRAIT, LANDSCAPE):
        for made in dict.fromkeys((grid, narrow)):
            size = _size(_width(made), room)
            if size >= SMALLEST:
                return (Sheet(made, 0, len(made.columns), size, room == LANDSCAPE),)
    made, ranges = min(
        ((each, _divide(each)) for each in (grid, narrow)),
        key=lambda pair: len(pair[1]) * ceil(_lines(pair[0]) / LINES_ASIDE),
    )
    return tuple(Sheet(made, first, last, SMALLEST, landscape=True) for first, last in ranges)


def _lines(grid: Grid) -> int:
    """How many lines its rows take, titles of blocks among them."""
    rows = [row for block in grid.blocks for row in block.rows]
    stacked_ = sum(any(cell.below for cell in row.cells) for row in rows)
    return len(rows) + stacked_ + sum(bool(block.title) for block in grid.blocks)


def _size(width: float, room: float) -> float:
    """The largest type size at which `width` em fit into `room` points, at most the full one."""
    return min(FULL, floor(10 * room / width) / 10)


def _width(grid: Grid) -> float:
    return _stub_width(grid) + sum(_column_widths(grid))


def _divide(grid: Grid) -> list[tuple[int, int]]:
    """Ranges of columns that fit beside the stub, as few as possible and of like widths, broken
    between spanners where that is possible.
    """
    room = LANDSCAPE / SMALLEST - _stub_width(grid)
    widths = _column_widths(grid)
    found = _filled(grid.columns, widths, room)
    even = sum(widths) / len(found)
    for share in range(10):
        balanced = _filled(grid.columns, widths, min(room, even + share * (room - even) / 10))
        if len(balanced) == len(found):
            return balanced
    return found


def _filled(
    columns: Sequence[GridColumn], widths: Sequence[float], room: float
) -> list[tuple[int, int]]:
    """Ranges of columns, each filled before the next begins."""
    ranges: list[tuple[int, int]] = []
    first = 0
    for start, end in _groups(columns):
        if sum(widths[first:end]) > room and start > first:
            ranges.append((first, start))
            first = start
        for column in range(start, end):
            if sum(widths[first : column + 1]) > room and column > first:
                ranges.append((first, column))
                first = column
    return [*ranges, (first, len(widths))]


def _groups(columns: Sequence[GridColumn]) -> list[tuple[int, int]]:
    groups = []
    for _, found in groupby(range(len(columns)), lambda i: columns[i].spanner or i):
        members = list(found)
        groups.append((members[0], members[-1] + 1))
    return groups


def _stub_width(grid: Grid) -> float:
    rows = [row for block in grid.blocks for row in block.rows]
    word = max((1.4 * row.indent + _longest(row.label) for row in rows), default=0.0)
    return max(min(_natural_stub(grid), STUB), word)


def _natural_stub(grid: Grid) -> float:
    """How wide the stub is in em where no label is broken; headers of groups span the table."""
    rows = [row for block in grid.blocks for row in block.rows if row.cells]
    return max((1.4 * row.indent + ems(row.label) for row in rows), default=0.0)


def _column_widths(grid: Grid) -> list[float]:
    """The least width of each column in em: its cells unbroken, its heading's longest word."""
    widths = []
    for index, column in enumerate(grid.columns):
        cells = [
            _cell_width(row.cells[index])
            for block in grid.blocks
            for row in block.rows
            if index < len(row.cells)
        ]
        heading = max(_longest(column.label), _longest(column.below))
        widths.append(GAP + max([heading, *cells]))
    return widths


def _cell_width(cell: GridCell) -> float:
    width = max(ems(cell.text + cell.mark), ems(cell.below))
    return min(width, SENTENCE) if cell.role == "text" else width


def _longest(text: str) -> float:
    return max((ems(word) for word in text.split(" ")), default=0.0)
