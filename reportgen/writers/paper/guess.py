"""How high the parts of a report will be, guessed from their texts before anything is set.

To set pages takes long, and many reports are better in another order than they were written in: a
good guess finds it at once, and setting the pages only confirms it. Where it was wrong they are set
again by what was measured; of a table that was divided the guess stays, for it cannot be measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from math import ceil
from typing import TYPE_CHECKING

from reportgen.writers.paper.measure import GAPS, Heights, piece
from reportgen.writers.tables.fit import GAP
from reportgen.writers.tables.metrics import ems

if TYPE_CHECKING:
    from reportgen.writers.pages.page import Item, Page
    from reportgen.writers.paper.paging import Piece
    from reportgen.writers.tables.fit import Sheet
    from reportgen.writers.tables.grid import GridRow

PIXELS = 4 / 3
"""CSS pixels of a point."""

CONTENTS_FROM_PAGE = 4
"""A report of this many pages has contents."""

WIDTH = 597.0
"""Of the text of an upright page, in CSS pixels, as are all lengths here."""

REM = 10.2 * PIXELS
"""The size of running text."""

REGULAR, SERIF = 0.95, 1.02
"""How wide the regular type of tables and that of running text is, to the semibold of tables."""

_BLOCK = re.compile(r"<(?:p|li|h[1-6]|pre|tr)\b[^>]*>(.*?)</(?:p|li|h[1-6]|pre|tr)>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SIZE = re.compile(r'\bwidth="([\d.]+)pt"\s+height="([\d.]+)pt"')


def guessed(page: Page, room: float) -> tuple[Heights, bool]:
    """The heights of the parts of a page with its drawings in it, on paper where a page has `room`,
    and whether the report has contents.
    """
    made = sum(_set(value, 0.873, 1.4, WIDTH - 113) + 0.3 * REM for _, value in page.made)
    found = [*(_piece(item) for item in page.items), piece(None, made + 6.7 * REM)]
    pieces = tuple(replace(each, gap=GAPS.get(each.kind, 0.0)) for each in found)
    start = _title(page)
    pages = (start + sum(each.height + each.gap for each in pieces)) / room
    contents = bool(page.headings) and pages > CONTENTS_FROM_PAGE - 1
    return Heights(pieces, room, start + contents * _contents(page)), contents


def _piece(item: Item) -> Piece:
    match item.template:
        case "heading":
            return piece(item, (1.32 if item.level < 3 else 1.1) * 1.2 * REM)
        case "text":
            return piece(item, _prose(item.html))
        case "claim":
            text = f"holds {item.html} ({item.text})"
            return piece(item, _set(text, 0.875, 1.4, WIDTH - 18) + 0.5 * REM)
        case "figure":
            return piece(item, _figure(item))
        case "table":
            sheet = item.sheets[0]
            head, rows = _head(item, sheet), _rows(sheet)
            return piece(item, head + rows + _notes(item, sheet.size * PIXELS), head)
    return piece(item, 0.0)


def _title(page: Page) -> float:
    document = page.document
    title = _set(document.title, 2.15, 1.2) + _set(document.subtitle, 1.18, 1.3)
    abstract = _prose(page.abstract) + 1.9 * REM if page.abstract else 0.0
    return title + abstract + 4.2 * REM


def _contents(page: Page) -> float:
    """The room that the contents take."""
    return (len(page.headings) + 1) * 0.93 * 1.5 * REM + 3.2 * REM


def _prose(html: str) -> float:
    blocks = _BLOCK.findall(html) or [html]
    return sum(
        _set(text, SERIF / REGULAR, 1.48 * REGULAR / SERIF) for text in blocks
    ) + 0.7 * REM * (len(blocks) - 1)


def _figure(item: Item) -> float:
    found = _SIZE.search(item.html)
    width, height = (PIXELS * float(each) for each in found.groups()) if found else (1.0, 0.0)
    caption = _set(f"{item.label}. {item.text}", 0.873, 1.35) + 0.5 * REM
    return height * min(1.0, WIDTH / width) + 0.45 * REM + caption + _notes(item, 0.873 * REM)


def _head(item: Item, sheet: Sheet) -> float:
    """Caption and header."""
    em, (stub, *widths) = sheet.size * PIXELS, sheet.widths
    labels = [ems(column.label) + GAP for column in sheet.columns]
    narrow = stub + sheet.size * sum(labels) > sum(sheet.widths)  # else each is as wide as it likes
    lines = max(
        (
            1 + (narrow and label > width / sheet.size) + bool(column.below)
            for column, label, width in zip(sheet.columns, labels, widths, strict=True)
        ),
        default=1,
    )
    caption = _lines(f"{item.label}. {item.text}", em / REM)
    return 1.35 * em * (caption + lines) + 11.7 + (1.35 * em + 5) * bool(sheet.spanners)


def _rows(sheet: Sheet) -> float:
    em, widths = sheet.size * PIXELS, sheet.widths
    rows = [row for block in sheet.blocks for row in block.rows]
    lines = sum(_row(row, sheet, widths) for row in rows)
    titles = sum(bool(block.title) for block in sheet.blocks)
    return 1.35 * em * (lines + titles) + 0.3 * REM * (len(rows) + titles) + 1.4


def _row(row: GridRow, sheet: Sheet, widths: Sequence[float]) -> int:
    """How many lines it has."""
    lines = 1
    for cell, width in zip(sheet.cells(row), widths[1:], strict=False):
        if sheet.wraps(cell):
            lines = max(lines, ceil(ems(cell.text) * sheet.size * REGULAR / (width - 1)))
        lines = max(lines, 1 + bool(cell.below))
    return lines


def _notes(item: Item, em: float) -> float:
    notes = [*item.notes, *(note for sheet in item.sheets[-1:] for _, note in sheet.grid.marks)]
    return sum(_set(note, 0.85 * em / REM, 1.35) + 0.2 * REM for note in notes) + 0.15 * REM


def _set(html: str, size: float, height: float, width: float = WIDTH) -> float:
    """How high a paragraph is: its size in rem, the height of a line in that."""
    return _lines(html, size, width) * size * height * REM


def _lines(html: str, size: float, width: float = WIDTH) -> int:
    text = " ".join(unescape(_TAG.sub("", html)).split())
    return ceil(ems(text) * REGULAR * size * REM / width) if text else 0
