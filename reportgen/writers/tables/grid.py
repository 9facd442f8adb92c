"""A table as text: what every format prints, made once from raw values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Column, Row, RowBlock, Table
from reportgen.core.types import Scalar
from reportgen.core.words import Words
from reportgen.writers.tables.align import aligned, aligned_first
from reportgen.writers.tables.celltext import row_text
from reportgen.writers.tables.metrics import FIGURE, POINT, blank
from reportgen.writers.texts.visible import typeset

Align = Literal["left", "right", "center"]
EXPLAINED = {"mean_sd": "mean", "median_iqr": "median", "count_percent": "count", "count": "count",
    "percent_se": "share"}  # fmt: skip
"""Roles of one number that others explain, by what it is: like is aligned with like."""
APART = frozenset({"icc", "r2", "likelihood", "criterion", "range", "percent"})
"""Roles that are aligned among themselves: nobody compares them with what stands above."""


@dataclass(frozen=True)
class GridColumn:
    """A column: its heading, the spanner above it, and the letters of notes about it.

    `below` is a second line of the heading, where intervals stand under their estimates.
    """

    label: str
    align: Align = "right"
    spanner: str = ""
    mark: str = ""
    role: str = "text"
    below: str = ""


@dataclass(frozen=True)
class GridCell:
    """A cell as text. `aria` says in words what a blank or a dash means; `below` is what stands
    under it.
    """

    text: str
    align: Align = "right"
    role: str = "text"
    empty: str | None = None
    mark: str = ""
    aria: str = ""
    below: str = ""

    @property
    def bare(self) -> str:
        """The text without the spaces that align it: what a reader copies."""
        return self.text.strip(FIGURE + POINT)

    @property
    def after(self) -> float:
        """How wide the spaces behind the text are, in em."""
        return round(blank(self.text[len(self.text.rstrip(FIGURE + POINT)) :]), 3)


@dataclass(frozen=True)
class GridRow:
    """A row; a header row has a label alone, or cells about all rows below it."""

    label: str
    indent: int = 0
    header: bool = False
    cells: tuple[GridCell, ...] = ()


@dataclass(frozen=True)
class GridBlock:
    """Rows set off by a rule, with a title where there is one."""

    title: str
    rows: tuple[GridRow, ...]
    mark: str = ""


@dataclass(frozen=True)
class Grid:
    """A table ready to be laid out. `notes` are paragraphs; `marks` are (letter, note)."""

    columns: tuple[GridColumn, ...]
    blocks: tuple[GridBlock, ...]
    notes: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    stub: str = ""
    caption: str = ""


def grid(table: Table, words: Words, numbers: Mapping[str, Scalar] | None = None) -> Grid:
    """The table with every value written. `numbers` are the spec's `output.numbers`."""
    style = str((numbers or {}).get("p", "default"))
    columns = tuple(_column(column, table) for column in table.columns)
    aligns = tuple(column.align for column in columns)
    return Grid(
        columns=columns,
        blocks=_aligned([_block(block, aligns, words, style) for block in table.blocks]),
        notes=note_paragraph(table.notes, table.abbreviations, words),
        marks=tuple((letter, typeset(text)) for letter, text in table.marks.items()),
        stub=typeset(table.stub),
        caption=typeset(table.caption),
    )


def _column(column: Column, table: Table) -> GridColumn:
    align: Align = "left" if _is_prose(column, table) else "right"
    return GridColumn(
        typeset(column.label), align, typeset(column.spanner), column.mark, column.role
    )


def _is_prose(column: Column, table: Table) -> bool:
    """Whether a column holds sentences and labels rather than numbers."""
    place = next(number for number, each in enumerate(table.columns) if each is column)
    cells = [row.cells[place] for block in table.blocks for row in block.rows
             if place < len(row.cells)]  # fmt: skip
    filled = [cell for cell in cells if cell.value is not None]
    return column.role in ("text", "label") and all(isinstance(cell.value, str) for cell in filled)


def _block(block: RowBlock, aligns: Sequence[Align], words: Words, style: str) -> GridBlock:
    rows = tuple(_row(row, aligns, words, style) for row in block.rows)
    return GridBlock(typeset(block.title), rows, block.mark)


def _row(row: Row, aligns: Sequence[Align], words: Words, style: str) -> GridRow:
    write = row_text(row.cells, words, style)
    cells = tuple(
        GridCell(typeset(write(cell)), align, cell.role, cell.empty, cell.mark, write.aria(cell))
        for cell, align in zip(row.cells, aligns, strict=False)
    )
    return GridRow(typeset(row.label), row.indent, row.header, cells)


def _aligned(blocks: Sequence[GridBlock]) -> tuple[GridBlock, ...]:
    """The blocks with the numbers of each column aligned by their decimal points."""
    rows = [row for block in blocks for row in block.rows]
    width = max((len(row.cells) for row in rows), default=0)
    columns = [
        iter(_column_aligned([row.cells[place] for row in rows if place < len(row.cells)]))
        for place in range(width)
    ]

    def made(row: GridRow) -> GridRow:
        return replace(row, cells=tuple(next(columns[place]) for place in range(len(row.cells))))

    return tuple(replace(block, rows=tuple(made(row) for row in block.rows)) for block in blocks)


def _column_aligned(cells: Sequence[GridCell]) -> list[GridCell]:
    """The cells of one column: alike are aligned with alike, a mean with a mean."""
    made = list(cells)
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if _numeric(cell):
            places.setdefault(_kind(cell), []).append(place)
    for kind, alike in places.items():
        align = aligned_first if kind in EXPLAINED.values() else aligned
        for place, text in zip(alike, align([cells[place].text for place in alike]), strict=True):
            made[place] = replace(cells[place], text=text)
    return made


def _kind(cell: GridCell) -> str:
    """What a cell is aligned with: "" for all estimates and what belongs to them."""
    return EXPLAINED.get(cell.role, cell.role if cell.role in APART else "")


def _numeric(cell: GridCell) -> bool:
    return cell.empty is None and cell.role not in ("text", "label") and bool(cell.text)


def note_paragraph(
    notes: Sequence[str], abbreviations: Sequence[str], words: Words
) -> tuple[str, ...]:
    """General notes as one paragraph, abbreviations last; none where there is nothing to say."""
    sentences = [typeset(note) for note in notes if note]
    known = [f"{short}, {words.get(f'abbreviation.{short}', short)}" for short in abbreviations]
    if known:
        sentences.append("; ".join(known) + ".")
    return (" ".join([words("common.note"), *sentences]),) if sentences else ()
