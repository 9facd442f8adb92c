"""HTML: one file that holds everything, needs no script, and reads on a phone and on a wall."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.document import Document
from reportgen.writers.pages.faces import embedded
from reportgen.writers.pages.page import Page, page
from reportgen.writers.pages.templates import rendered
from reportgen.writers.pages.theme import style

CONTENTS_FROM = 5
"""Contents are shown from this many sections and subsections on."""


class Html:
    """The report as a self-contained page."""

    suffix: ClassVar[str] = ".html"

    def render(self, document: Document) -> bytes:
        """The page in UTF-8. DocumentError where a figure or a link cannot stand in it."""
        made = page(document, "screen")
        text = body(made, contents=len(made.headings) >= CONTENTS_FROM)
        sheet = style(document, "screen")
        fonts = embedded(text + document.title, sheet)
        return frame(made, text, fonts + sheet).encode("utf-8")


def body(made: Page, contents: bool) -> str:
    """What the page shows: its `<body>`."""
    return rendered("body.html.j2", page=made, contents=contents)


def frame(made: Page, text: str, sheet: str) -> str:
    """The whole page around its `<body>`; no `<style>` where the sheet comes from elsewhere."""
    return rendered("report.html.j2", page=made, body=text, style=sheet)
