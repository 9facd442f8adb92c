"""Long tables on paper: their first rows, and where the others are.

A page of rows costs as much as the rest of a report, and nobody reads the twentieth: what is long
is attached to the file whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.core import numbers
from reportgen.core.words import Words
from reportgen.writers.tables.grid import Grid, GridBlock
from reportgen.writers.texts.visible import typeset

SHOWN = 30
"""So many rows of a long block of rows are printed: they fit on a page with a heading and notes."""


def rows_of(grid: Grid) -> int:
    """How many rows a table has."""
    return sum(len(block.rows) for block in grid.blocks)


def excerpt(grid: Grid, most: int, file: str, words: Words) -> Grid:
    """The table as it is printed: whole with up to `most` rows (0: always), else the first rows of
    each of its long blocks, with a note that says so and names the attached `file`.
    """
    whole = rows_of(grid)
    if not most or whole <= most:
        return grid
    shown = tuple(_within(grid.blocks, most))
    cut = replace(grid, blocks=shown)
    note = words(
        "document.excerpt", shown=numbers.count(rows_of(cut)), rows=numbers.count(whole), file=file
    )
    return replace(cut, notes=(typeset(note), *grid.notes))


def _within(blocks: tuple[GridBlock, ...], most: int) -> Iterator[GridBlock]:
    """The beginnings of the blocks, as far as `most` rows go."""
    left = most
    for block in blocks:
        count = min(SHOWN if len(block.rows) > SHOWN else len(block.rows), left)
        while count and block.rows[count - 1].header:
            count -= 1  # a header whose rows are cut off says nothing
        if count:
            yield replace(block, rows=block.rows[:count])
        left -= count
