"""Drawings of a page on paper, kept beside it as files.

A drawing has thousands of shapes; inside the page each would be an element that HTML's grammar and
every rule of the style sheet have to look at.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html import escape

from reportgen.core.dataclass import dataclass
from reportgen.writers.pages.page import Item, Page
from reportgen.writers.paper.fetch import Asset

_NAMESPACE = '<svg xmlns="http://www.w3.org/2000/svg"'
_HELD = re.compile(r'<svg id="(drawing-[0-9a-f]{16}\.svg)"></svg>')


@dataclass(frozen=True)
class Apart:
    """A page whose drawings are only named in it, and the `<svg>` of each by its name."""

    page: Page
    drawings: dict[str, str]
    images: dict[str, str]

    @property
    def files(self) -> dict[str, Asset]:
        """The drawings as files, for whatever loads them by their names."""
        return {
            name: Asset(svg.replace("<svg", _NAMESPACE, 1).encode(), "image/svg+xml")
            for name, svg in self.drawings.items()
        }

    def outside(self, text: str) -> str:
        """The text made of the page, with an image where each of its drawings is named."""
        return _HELD.sub(lambda held: self.images.get(held[1], ""), text)


def apart(page: Page) -> Apart:
    """The page without its drawings. Templates see empty ones: only what they are given may stand
    in their text, and an image that is loaded from elsewhere is not.
    """
    drawings: dict[str, str] = {}
    images: dict[str, str] = {}

    def held(item: Item) -> Item:
        if item.template != "figure" or not item.html.startswith("<svg"):
            return item
        name = f"drawing-{hashlib.sha256(item.html.encode()).hexdigest()[:16]}.svg"
        drawings[name] = item.html
        images[name] = f'<img class="drawing" src="{Asset.url(name)}" alt="{escape(item.alt)}">'
        return replace(item, html=f'<svg id="{name}"></svg>')

    return Apart(replace(page, items=tuple(map(held, page.items))), drawings, images)
