"""How high the parts of a laid-out report are, read off its pages, and the report rearranged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.writers.pages.page import Item, Page
from reportgen.writers.paper.paging import Piece, arranged

if TYPE_CHECKING:
    from weasyprint.document import Page as Sheet

GAPS = {"heading": 30.0, "text": 9.5, "table": 20.0, "solid": 18.0}
"""The usual space above, in CSS pixels, for what began a page and so shows none."""

SLACK = 3.0
"""A page that would be full to the last pixel is not tried."""

Rectangle = tuple[int, float, float]
"""Page number, upper edge, lower edge."""


def rearranged(page: Page, pages: Sequence[Sheet], margins: tuple[float, float]) -> Page:
    """The page with its items in the order, and its tables divided, as fills sheets best.

    `pages` is the page as it came out; `margins` are those above and below, in CSS pixels. The
    same page where nothing can be better.
    """
    above, below = margins
    boxes = _boxes(pages)
    pieces = _pieces(page, boxes)
    room = pages[0].height - above - below - SLACK
    main = boxes.get("report", [(0, above + room, 0.0)])[0]
    start = main[1] - above if main[0] == 0 else room
    best = arranged(pieces, room, start)
    order = [number for number in best.order if number < len(page.items)]
    # A long table is divided in any case: nothing is set anew for it.
    divided = {number for number in best.divided if page.items[number].sheets[0].whole}
    if order == sorted(order) and not divided:
        return page
    return replace(
        page,
        items=tuple(replace(page.items[number], divided=number in divided) for number in order),
    )


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
    height = _height(held)
    match item.template:
        case "heading" | "text" | "break":
            return Piece(item.template, height)
        case "claim":
            return Piece("solid", height, claim=True)
        case "table":
            if item.turned:
                return Piece("turned", height)
            rows, sheet = boxes.get(f"{item.anchor}-rows", held), item.sheets[0]
            head = rows[0][1] - held[0][1] if held else 0.0
            return Piece("table", height, 0.0, head, sheet.rows, sheet.whole)
    return Piece("solid", height)


def _height(held: Sequence[Rectangle]) -> float:
    return sum(bottom - top for _, top, bottom in held)


def _gap(kind: str, above: Rectangle | None, held: Sequence[Rectangle]) -> float:
    if above and held and above[0] == held[0][0]:
        return held[0][1] - above[2]
    return GAPS.get(kind, 0.0)
