"""Drawings of a page on paper, kept beside it as files.

A drawing has thousands of shapes; inside the page each would be an element that HTML's grammar and
every rule of the style sheet have to look at.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from reportgen.writers.fetch import Asset
from reportgen.writers.page import Item, Page

_NAMESPACE = '<svg xmlns="http://www.w3.org/2000/svg"'


def apart(page: Page) -> tuple[Page, dict[str, Asset]]:
    """The page with an image where each drawing stood, and the drawings by name."""
    drawings: dict[str, Asset] = {}
    items = tuple(_item(item, drawings) for item in page.items)
    return replace(page, items=items), drawings


def _item(item: Item, drawings: dict[str, Asset]) -> Item:
    if item.template != "figure" or not item.html.startswith("<svg"):
        return item
    name = f"drawing-{len(drawings) + 1}.svg"
    svg = item.html.replace("<svg", _NAMESPACE, 1)
    drawings[name] = Asset(svg.encode("utf-8"), "image/svg+xml")
    image = f'<img class="drawing" src="{Asset.url(name)}" alt="{escape(item.alt)}">'
    return replace(item, html=image)
