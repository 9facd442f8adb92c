"""Prose without any markup, as most of it is: HTML without the reader of Markdown.

To load that takes longer than to make a page. What is known here is a part of what it reads, and
is made the same; any other text is for the reader. Light.
"""

from __future__ import annotations

import re
from html import escape

from reportgen.core.typography import mended

_PLAIN = r"(?:[\w .,;:()'\"%/=?+–—−-]|[^\x00-\x7f])"
"""Characters that mean themselves wherever they do not begin a line; an underscore does not."""
_TEXT = re.compile(rf"(?!.*_){_PLAIN}+")
_BEGINS = re.compile(r"(?![0-9]{1,9}[.)](?:\s|$))[\w(\"'–—−]")
"""How a line begins that is no item of a list, heading, quotation, table, rule or code."""


def paragraphs(text: str) -> str | None:
    """Paragraphs as HTML; None where the text may hold more than words."""
    lines = text.strip("\n").split("\n")
    if not all(_is_plain(line) for line in lines if line):
        return None
    found = "\n".join(map(_shown, lines))
    return "".join(f"<p>{each}</p>\n" for each in re.split(r"\n{2,}", found) if each)


def sentence(text: str) -> str | None:
    """A text on one line as HTML; None where it may hold more than words."""
    return _shown(text) if _is_plain(text) else None


def _is_plain(line: str) -> bool:
    return (
        _TEXT.fullmatch(line) is not None
        and _BEGINS.match(line) is not None
        and not line[-1].isspace()
    )


def _shown(line: str) -> str:
    return escape(mended(line), quote=False).replace('"', "&quot;")
