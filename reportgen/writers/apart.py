"""Drawings of a page on paper, kept beside it as files.

A drawing has thousands of shapes; inside the page each would be an element that HTML's grammar and
every rule of the style sheet have to look at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape

from reportgen.writers.fetch import Asset
from reportgen.writers.flat import flattened
from reportgen.writers.page import Item, Page

_NAMESPACE = '<svg xmlns="http://www.w3.org/2000/svg"'


def drawings(page: Page) -> dict[str, Asset]:
    """The drawings of a page, each under the name by which `outside` asks for it."""
    return {
        _name(item): Asset(_alone(item.html).encode(), "image/svg+xml") for item in _drawn(page)
    }


def outside(text: str, page: Page) -> str:
    """The text of a page with an image where each of its drawings stood."""
    for item in _drawn(page):
        source, alternative = Asset.url(_name(item)), escape(item.alt)
        image = f'<img class="drawing" src="{source}" alt="{alternative}">'
        text = text.replace(item.html, image)
    return text


def _alone(svg: str) -> str:
    return flattened(svg).replace("<svg", _NAMESPACE, 1)


def _drawn(page: Page) -> Iterator[Item]:
    return (each for each in page.items if each.template == "figure" and "<svg" in each.html[:9])


def _name(item: Item) -> str:
    return f"drawing-{hashlib.sha256(item.html.encode()).hexdigest()[:16]}.svg"
