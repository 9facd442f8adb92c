"""The course of a workbook: a sheet for each table, and one that says how all of it was made."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.core.document import Cell, Document, Row, Table
from reportgen.writers.csv import FORMULA, columns_of, heads_of
from reportgen.writers.excel.numberformat import number_format
from reportgen.writers.package import moment, sealed
from reportgen.writers.pages.page import Item, Page, page
from reportgen.writers.tables.celltext import RowText, row_text
from reportgen.writers.texts.visible import typeset, visible

LONGEST = 32_767
"""Excel's cells hold so many characters."""

STUB, WIDEST = 44.0, 24.0
"""Widths of columns in characters."""

THICK, THIN = Side("medium"), Side("thin")
BOLD = Font("Calibri", 11, bold=True)
FAINT, SMALL = Font("Calibri", 11, color="66717B"), Font("Calibri", 9, color="3D4852")
PROPERTIES = "docProps/core.xml"


def workbook(document: Document) -> bytes:
    """The tables as an .xlsx file."""
    book = Workbook()
    book.remove(book.active)
    made = page(document, "screen")
    for part, item in zip(document.parts, made.items, strict=True):
        if isinstance(part, Table):
            _Sheet(book.create_sheet(item.label[:31]), part, made).write(item)
    _how_made(book.create_sheet(_sheet_name(made.words("made.title"))), made)
    return _saved(book, document)


class _Sheet:
    """One table while it is written; used once, inside `workbook`."""

    def __init__(self, sheet: Worksheet, table: Table, made: Page) -> None:
        self.sheet, self.table, self.words = sheet, table, made.words
        self.style = str(made.document.numbers.get("p", "default"))
        self.widths = columns_of(table)
        self.row = 1

    @property
    def last(self) -> int:
        """The number of the last column."""
        return 1 + sum(self.widths)

    def write(self, item: Item) -> None:
        """Caption, header, rows and notes."""
        text(self.sheet, 1, 1, f"{item.label}. {item.text}").font = BOLD
        self.row = 3
        self._header()
        for number, block in enumerate(self.table.blocks):
            if number:
                self._rule(self.row - 1, THIN)
            if block.title:
                self._label(block.title + _noted(block.mark), bold=True)
                self.row += 1
            for row in block.rows:
                self._line(row)
        self._rule(self.row - 1, THICK)
        marks = item.sheets[0].grid.marks
        for note in (*item.notes, *(f"[{letter}] {note}" for letter, note in marks)):
            text(self.sheet, self.row, 1, note).font = SMALL
            self.row += 1
        self._page()

    def _header(self) -> None:
        spanned = any(column.spanner for column in self.table.columns)
        first, place = self.row, 2
        for (spanner, mark), group in groupby(
            zip(self.table.columns, self.widths, strict=True),
            lambda pair: (pair[0].spanner, pair[0].mark if pair[0].spanner else ""),
        ):
            members = list(group)
            width = sum(each for _, each in members)
            if spanner:
                self._spanner(spanner + _noted(mark), first, place, width)
            for column, each in members:
                below = "" if column.spanner else _noted(column.mark)
                for head in heads_of(column, each):
                    cell = text(self.sheet, first + spanned, place, typeset(head) + below)
                    cell.font = BOLD
                    cell.alignment = Alignment(horizontal="right", wrap_text=True)
                    place += 1
        self.row = first + spanned
        self._label(self.table.stub, bold=True)
        self._rule(self.row, THIN)
        self._rule(first - 1, THICK)
        self.row += 1
        self.sheet.freeze_panes = f"B{self.row}"
        self.sheet.print_title_rows = f"{first}:{self.row - 1}"

    def _spanner(self, words: str, row: int, place: int, width: int) -> None:
        cell = text(self.sheet, row, place, typeset(words))
        cell.font, cell.alignment = BOLD, Alignment(horizontal="center")
        if width > 1:
            self.sheet.merge_cells(
                start_row=row, end_row=row, start_column=place, end_column=place + width - 1
            )

    def _line(self, row: Row) -> None:
        write = row_text(row.cells, self.words, self.style)
        self._label(row.label, indent=row.indent)
        place = 2
        for cell, width in zip(row.cells, self.widths, strict=False):
            self._cell(cell, write, place)
            place += width
        self.row += 1

    def _cell(self, cell: Cell, write: RowText, place: int) -> None:
        if cell.empty is not None or cell.value is None or isinstance(cell.value, (str, bool)):
            shown = typeset(write(cell)) + (_noted(cell.mark) if cell.value else "")
            if shown:
                made = text(self.sheet, self.row, place, shown)
                made.alignment = Alignment(horizontal="right")
                if cell.empty:
                    made.font = FAINT
            return
        values = cell.value if isinstance(cell.value, tuple) else (cell.value,)
        for number, (value, shown) in enumerate(zip(values, write.parts(cell), strict=True)):
            mark = cell.mark if number == len(values) - 1 else ""
            if value is None or isinstance(value, str):
                text(self.sheet, self.row, place + number, shown)
            else:
                made = self.sheet.cell(self.row, place + number, value)
                made.number_format = number_format(shown, mark)

    def _label(self, words: str, *, indent: int = 0, bold: bool = False) -> None:
        if words:
            cell = text(self.sheet, self.row, 1, typeset(words))
            cell.alignment = Alignment(horizontal="left", indent=indent)
            if bold:
                cell.font = BOLD

    def _rule(self, row: int, side: Side) -> None:
        for place in range(1, self.last + 1):
            self.sheet.cell(row, place).border = Border(bottom=side)

    def _page(self) -> None:
        self.sheet.column_dimensions["A"].width = STUB
        for place in range(2, self.last + 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = WIDEST / 2
        setup = self.sheet.page_setup
        setup.orientation, setup.paperSize = "landscape", self.sheet.PAPERSIZE_A4
        setup.fitToWidth, setup.fitToHeight = 1, 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True


def text(sheet: Worksheet, row: int, column: int, words: str) -> Any:
    """A cell that holds a text, whatever it looks like: never a formula, a number or an error."""
    cell = sheet.cell(row, column)
    words = visible(words)[:LONGEST]
    cell.value, cell.data_type = words, "s"
    cell.quotePrefix = words.startswith(FORMULA)
    return cell


def _how_made(sheet: Worksheet, made: Page) -> None:
    document = made.document
    facts = [(document.title, ""), (document.subtitle, ""), ("", ""), *made.made]
    for row, (name, value) in enumerate(facts, 1):
        if name:
            text(sheet, row, 1, name).font = BOLD
        if value:
            text(sheet, row, 2, value)
    sheet.column_dimensions["A"].width = STUB / 2


def _noted(mark: str) -> str:
    return f" [{mark}]" if mark else ""


def _sheet_name(words: str) -> str:
    return re.sub(r"[][:*?/\\]", "", words)[:31]


def _saved(book: Workbook, document: Document) -> bytes:
    about = book.properties
    about.title, about.creator = visible(document.title), visible("; ".join(document.authors))
    about.subject, about.language = visible(document.subtitle), document.lang
    about.created = about.modified = moment(document)
    out = BytesIO()
    book.save(out)
    # The library writes the time of the day into the file.
    clock = f"{moment(document).isoformat()}Z".encode()
    modified = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
    return sealed(out.getvalue(), {PROPERTIES: lambda xml: modified.sub(rb"\g<1>" + clock, xml)})
