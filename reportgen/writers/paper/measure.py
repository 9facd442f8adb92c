"""How high the parts of a laid-out report are, read off its pages, and the report rearranged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.core.dataclass import dataclass
from reportgen.writers.pages.page import Item, Page
from reportgen.writers.paper.paging import Arrangement, Piece, arranged

if TYPE_CHECKING:
    from weasyprint.document import Page as Sheet

GAPS = {"heading": 30.0, "text": 9.5, "table": 20.0, "solid": 18.0}
"""The usual space above, in CSS pixels, for what began a page and so shows none."""

SLACK = 3.0
"""A page that would be full to the last pixel is not tried."""

Rectangle = tuple[int, float, float]
"""Page number, upper edge, lower edge."""


@dataclass(frozen=True)
class Heights:
    """The parts of a report as they stand on its pages: the items, and how it was made; how high a
    page is, and how far down the first of them begins.
    """

    pieces: tuple[Piece, ...]
    room: float
    start: float


def measured(page: Page, pages: Sequence[Sheet], margins: tuple[float, float]) -> Heights:
    """The heights of what came out of `page`; `margins` are above and below, in CSS pixels."""
    above, below = margins
    boxes = _boxes(pages)
    room = pages[0].height - above - below - SLACK
    main = boxes.get("report", [(0, above + room, 0.0)])[0]
    return Heights(tuple(_pieces(page, boxes)), room, main[1] - above if main[0] == 0 else room)


def best(page: Page, heights: Heights) -> Arrangement:
    """The order of the items, and the tables divided, that fill pages best.

    A long table is divided in any case, and not named: nothing is set anew for it.
    """
    found = arranged(heights.pieces, heights.room, heights.start)
    items = range(len(page.items))
    order = tuple(number for number in found.order if number in items)
    divided = {number for number in found.divided if page.items[number].sheets[0].whole}
    return Arrangement(order, frozenset(divided))


def as_written(heights: Heights, guess: Heights, tried: Arrangement) -> Heights:
    """The heights of what was set in the order `tried`, in the order it was written in.

    What was divided fills its first page, and cannot be measured: its guess stays.
    """
    places = {number: place for place, number in enumerate(tried.order)}
    items = range(len(tried.order))
    pieces = (guess.pieces[number] if number in tried.divided else heights.pieces[places[number]]
              for number in items)  # fmt: skip
    return replace(heights, pieces=(*pieces, heights.pieces[-1]))


def rearranged(page: Page, arrangement: Arrangement) -> Page:
    """The page with its items in that order, and those tables divided."""
    order, divided = arrangement.order, arrangement.divided
    items = (replace(page.items[number], divided=number in divided) for number in order)
    return replace(page, items=tuple(items))


def _boxes(pages: Sequence[Sheet]) -> dict[str, list[Rectangle]]:
    """Where every named part stands: a rectangle for each page that it is on."""
    found: dict[str, list[Rectangle]] = {}
    for number, sheet in enumerate(pages):
        for name, (_, top, _, bottom) in sheet.anchors.items():
            found.setdefault(name, []).append((number, top, bottom))
    return found


def _pieces(page: Page, boxes: dict[str, list[Rectangle]]) -> list[Piece]:
    """The items, and at last the section that says how the report was made."""
    pieces: list[Piece] = []
    above: Rectangle | None = None
    for item in page.items:
        held = boxes.get(item.anchor, [])
        piece = _piece(item, held, boxes)
        pieces.append(replace(piece, gap=_gap(piece.kind, above, held)))
        above = held[-1] if held else None
    made = boxes.get("made", [])
    return [*pieces, replace(Piece("solid", _height(made)), gap=_gap("heading", above, made))]


def _piece(item: Item, held: Sequence[Rectangle], boxes: dict[str, list[Rectangle]]) -> Piece:
    rows = boxes.get(f"{item.anchor}-rows", held)
    return piece(item, _height(held), rows[0][1] - held[0][1] if held else 0.0)


def piece(item: Item | None, height: float, head: float = 0.0) -> Piece:
    """An item as paging sees it; None is the section that says how the report was made.

    `head` is that part of the height of a table that is repeated where it goes on.
    """
    match item.template if item else "made":
        case "heading" | "text" | "break" as kind:
            return Piece(kind, height)
        case "claim":
            return Piece("solid", height, claim=True)
        case "table" if item:
            if item.turned:
                return Piece("turned", height)
            sheet = item.sheets[0]
            return Piece("table", height, 0.0, head, sheet.rows, sheet.whole)
    return Piece("solid", height)


def _height(held: Sequence[Rectangle]) -> float:
    return sum(bottom - top for _, top, bottom in held)


def _gap(kind: str, above: Rectangle | None, held: Sequence[Rectangle]) -> float:
    if above and held and above[0] == held[0][0]:
        return held[0][1] - above[2]
    return GAPS.get(kind, 0.0)
