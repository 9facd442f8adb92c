"""A table as text: what every format prints, made once from raw values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reportgen.core.document import Column, Row, RowBlock, Table
from reportgen.core.types import Scalar
from reportgen.core.words import Words
from reportgen.writers.align import aligned
from reportgen.writers.celltext import row_text
from reportgen.writers.visible import typeset

Align = Literal["left", "right", "center"]
COMPOUND = frozenset({"mean_sd", "median_iqr", "count_percent", "range"})


@dataclass(frozen=True)
class GridColumn:
    """A column: its heading, the spanner above it, and the letters of notes about it."""

    label: str
    align: Align = "right"
    spanner: str = ""
    mark: str = ""


@dataclass(frozen=True)
class GridCell:
    """A cell as text. `aria` says in words what a blank or a dash means."""

    text: str
    align: Align = "right"
    role: str = "text"
    empty: str | None = None
    mark: str = ""
    aria: str = ""


@dataclass(frozen=True)
class GridRow:
    """A row; a header row has a label alone."""

    label: str
    indent: int = 0
    header: bool = False
    cells: tuple[GridCell, ...] = ()


@dataclass(frozen=True)
class GridBlock:
    """Rows set off by a rule, with a title where there is one."""

    title: str
    rows: tuple[GridRow, ...]


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
        blocks=tuple(_block(block, aligns, words, style) for block in table.blocks),
        notes=note_paragraph(table.notes, table.abbreviations, words),
        marks=tuple((letter, typeset(text)) for letter, text in table.marks.items()),
        stub=typeset(table.stub),
        caption=typeset(table.caption),
    )


def _column(column: Column, table: Table) -> GridColumn:
    align: Align = "left" if _is_prose(column, table) else "right"
    return GridColumn(typeset(column.label), align, typeset(column.spanner), column.mark)


def _is_prose(column: Column, table: Table) -> bool:
    """Whether a column holds sentences and labels rather than numbers."""
    place = next(number for number, each in enumerate(table.columns) if each is column)
    cells = [row.cells[place] for block in table.blocks for row in block.rows
             if place < len(row.cells)]  # fmt: skip
    filled = [cell for cell in cells if cell.value is not None]
    return column.role in ("text", "label") and all(isinstance(cell.value, str) for cell in filled)


def _block(block: RowBlock, aligns: Sequence[Align], words: Words, style: str) -> GridBlock:
    rows = [_row(row, aligns, words, style) for row in block.rows]
    return GridBlock(typeset(block.title), tuple(_aligned(rows)))


def _row(row: Row, aligns: Sequence[Align], words: Words, style: str) -> GridRow:
    if row.header:
        return GridRow(typeset(row.label), row.indent, True)
    write = row_text(row.cells, words, style)
    cells = tuple(
        GridCell(typeset(write(cell)), align, cell.role, cell.empty, cell.mark, write.aria(cell))
        for cell, align in zip(row.cells, aligns, strict=False)
    )
    return GridRow(typeset(row.label), row.indent, False, cells)


def _aligned(rows: Sequence[GridRow]) -> Iterable[GridRow]:
    """The rows of a block with the numbers of each column aligned by their decimal points."""
    width = max((len(row.cells) for row in rows), default=0)
    columns = []
    for place in range(width):
        cells = [row.cells[place] for row in rows if place < len(row.cells)]
        columns.append(iter(_column_aligned(cells)))
    for row in rows:
        yield replace(row, cells=tuple(next(columns[place]) for place in range(len(row.cells))))


def _column_aligned(cells: Sequence[GridCell]) -> list[GridCell]:
    """The cells of one column of a block: alike are aligned with alike, a mean with a mean."""
    made = list(cells)
    for kind in dict.fromkeys(_kind(cell) for cell in cells if _numeric(cell)):
        places = [
            place for place, cell in enumerate(cells) if _numeric(cell) and _kind(cell) == kind
        ]
        texts = aligned([cells[place].text for place in places])
        for place, text in zip(places, texts, strict=True):
            made[place] = replace(cells[place], text=text)
    return made


def _kind(cell: GridCell) -> str:
    """Roles of one number stand below each other; those of several by themselves."""
    return cell.role if cell.role in COMPOUND else ""


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
