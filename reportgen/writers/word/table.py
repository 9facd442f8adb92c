"""A table as Word knows it: rows that repeat as header, cells that span, and three rules."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from reportgen.core.dataclass import dataclass
from reportgen.writers.tables.fit import Sheet
from reportgen.writers.tables.grid import GridBlock, GridCell, GridColumn, GridRow
from reportgen.writers.word.xml import FAINT, INK, Element, paragraph, run, w

THICK, MIDDLE, THIN = 8, 5, 4
"""Rules in eighths of a point: 1 pt above and below, 0.6 pt under the header, 0.5 pt elsewhere."""

TWIPS = 20
INDENT = 11.0
"""How far a level stands in from the label above it, in points."""

SCALE = 0.96
"""Calibri is narrower than the face that tables are measured in, so type is set a little larger."""


@dataclass(frozen=True)
class _Place:
    """A cell of the grid: how many columns it spans, its rules, and whether it goes on below."""

    span: int = 1
    top: int = 0
    bottom: int = 0
    merge: str = ""


def table(sheet: Sheet, description: str, *, divided: bool) -> Element:
    """The sheet as `<w:tbl>`; `divided`: it may go on on the next page."""
    return _Setting(sheet, divided).table(description)


@dataclass(frozen=True)
class _Setting:
    """One table while it is set; used once, inside `table`."""

    sheet: Sheet
    divided: bool

    def table(self, description: str) -> Element:
        widths = [round(TWIPS * each) for each in self.sheet.widths]
        look = w(
            "tblPr",
            w("tblW", w=sum(widths), type="dxa"),
            w("tblLayout", type="fixed"),
            w("tblCellMar", w("left", w=60, type="dxa"), w("right", w=60, type="dxa")),
            w("tblLook", val="0480", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0,
              noHBand=0, noVBand=1),
            w("tblCaption", val=description),
        )  # fmt: skip
        grid = w("tblGrid", *(w("gridCol", w=each) for each in widths))
        return w("tbl", look, grid, *self._header(widths), *self._body(widths))

    def _header(self, widths: list[int]) -> Iterator[Element]:
        sheet, spanners = self.sheet, self.sheet.spanners
        stub = [run(sheet.grid.stub, strong=True, size=self._size)]
        if spanners:
            merged = _Place(top=THICK, merge="restart")
            cells = [self._cell(stub, widths[:1], merged, "left", head=True)]
            place = 1
            for spanner in spanners:
                across = widths[place : place + spanner.span]
                cells.append(
                    self._spanner(spanner.text, spanner.mark, across)
                    if spanner.text
                    else self._head(spanner.columns[0], spanner.mark, across, merged)
                )
                place += spanner.span
            yield self._row(cells, head=True)
        below = _Place(
            top=0 if spanners else THICK, bottom=MIDDLE, merge="continue" if spanners else ""
        )
        cells = [self._cell([] if spanners else stub, widths[:1], below, "left", head=True)]
        for column, width in zip(sheet.columns, widths[1:], strict=True):
            if spanners and column.spanner:
                cells.append(self._head(column, "", [width], _Place(bottom=MIDDLE)))
            elif spanners:
                cells.append(self._cell([], [width], below, column.align, head=True))
            else:
                cells.append(self._head(column, column.mark, [width], below))
        yield self._row(cells, head=True)

    def _spanner(self, text: str, mark: str, widths: list[int]) -> Element:
        """A heading over several columns, with a rule of its own that leaves a gap beside it."""
        place = _Place(span=len(widths), top=THICK)
        runs = [run(text, strong=True, size=self._size), *self._mark(mark)]
        return self._cell(runs, widths, place, "center", head=True, rule=True)

    def _head(self, column: GridColumn, mark: str, widths: list[int], place: _Place) -> Element:
        text = f"{column.label}\n{column.below}" if column.below else column.label
        runs = [run(text, strong=True, size=self._size), *self._mark(mark)]
        return self._cell(runs, widths, place, column.align, head=True)

    def _body(self, widths: list[int]) -> Iterator[Element]:
        blocks = self.sheet.blocks
        for number, block in enumerate(blocks):
            last_block = number == len(blocks) - 1
            if block.title:
                yield self._title(block, widths, THIN if number else 0)
            for place, row in enumerate(block.rows):
                top = THIN if number and not place and not block.title else 0
                last = last_block and place == len(block.rows) - 1
                keep = not last and self._kept(number, place)
                yield self._line(row, widths, top, THICK if last else 0, keep=keep)

    def _kept(self, block: int, row: int) -> bool:
        """Whether a page may not end after a row: in a table that stands undivided, after none."""
        if self.sheet.whole and not self.divided:
            return True
        return self.sheet.blocks[block].rows[row].header or "next" in self.sheet.ties(block, row)

    def _title(self, block: GridBlock, widths: list[int], top: int) -> Element:
        runs = [run(block.title, strong=True, size=self._size), *self._mark(block.mark)]
        cell = self._cell(runs, widths, _Place(len(widths), top), "left", keep=True)
        return self._row([cell])

    def _line(
        self, row: GridRow, widths: list[int], top: int, bottom: int, *, keep: bool
    ) -> Element:
        label = [run(row.label, size=self._size)]
        indent = round(TWIPS * INDENT * row.indent)
        place = _Place(1 if row.cells else len(widths), top, bottom)
        across = widths[:1] if row.cells else widths
        cells = [self._cell(label, across, place, "left", keep=keep, indent=indent)]
        found = self.sheet.cells(row)
        for cell, width in zip(found, widths[1:], strict=False):
            alone = _Place(1, top, bottom)
            cells.append(self._cell(self._value(cell), [width], alone, cell.align, keep=keep))
        rest = widths[1 + len(found) :] if row.cells else []
        alone = _Place(1, top, bottom)
        cells.extend(self._cell([], [width], alone, "left", keep=keep) for width in rest)
        return self._row(cells)

    def _value(self, cell: GridCell) -> list[Element]:
        colour = FAINT if cell.empty == "reference" else ""
        runs = [run(cell.text, size=self._size, colour=colour), *self._mark(cell.mark)]
        return [*runs, run(f"\n{cell.below}", size=self._size)] if cell.below else runs

    def _mark(self, mark: str) -> list[Element]:
        return [run(mark, size=self._size, raised=True)] if mark else []

    @property
    def _size(self) -> float:
        """In half points, as Word has them; rounded up, numbers would need a second line."""
        return floor(2 * self.sheet.size / SCALE) / 2

    def _row(self, cells: list[Element], *, head: bool = False) -> Element:
        look = w("trPr", w("cantSplit"), w("tblHeader") if head else None)
        return w("tr", look, *cells)

    def _cell(
        self,
        runs: list[Element],
        widths: list[int],
        place: _Place,
        align: str,
        *,
        head: bool = False,
        keep: bool = False,
        rule: bool = False,
        indent: int = 0,
    ) -> Element:
        rules = w("tcBorders", _rule("top", place.top), _rule("bottom", place.bottom))
        look = w(
            "tcPr",
            w("tcW", w=sum(widths), type="dxa"),
            w("gridSpan", val=place.span) if place.span > 1 else None,
            w("vMerge", val=place.merge) if place.merge else None,
            rules if len(rules) else None,
            w("vAlign", val="bottom") if head else None,
        )
        style = "TableHead" if head else "TableText"
        text = paragraph(
            style, *runs, keep=keep or head, rule=rule, indent=indent,
            align="" if align == "left" else align,
        )  # fmt: skip
        return w("tc", look, text)


def _rule(side: str, size: int) -> Element | None:
    return w(side, val="single", sz=size, space=0, color=INK) if size else None
