"""How wide a text is, and where it breaks: for labels that never overlap and are never cut off.

To be used while `library.settings` hold: widths are those of the report's typeface.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import inf
from typing import Any

from reportgen.blocks.plots.library import FALLBACK
from reportgen.blocks.plots.style import FONT
from reportgen.core.fonts import SANS
from reportgen.core.typography import mended

_OUTLINES: dict[str, Any] = {}
"""Of every glyph met so far: its points, and what they are."""


def shown(text: str) -> str:
    """A label as it can be drawn: on one line, characters that cannot be seen replaced."""
    line = mended(" ".join(text.split()))
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


@lru_cache(maxsize=4096)
def width(text: str, size: float = FONT, weight: str = "normal") -> float:
    """The width of a text in inches; of its longest line where it has several."""
    from matplotlib.textpath import text_to_path

    ends = (_end(line, weight) for line in text.split("\n") if line.strip())
    return max(ends, default=0.0) * (size / text_to_path.FONT_SCALE) / 72


def _end(line: str, weight: str) -> float:
    """Where the ink of a line ends, in the units that matplotlib reads outlines in."""
    from matplotlib.textpath import text_to_path

    glyphs, _, _ = text_to_path.get_glyphs_with_font(_font(weight), line, _OUTLINES)
    return max(0.0, *(start + _reach(glyph) for glyph, start, _, _ in glyphs))


@cache
def _reach(glyph: str) -> float:
    """The right end of a glyph. Outlines have points at their extremes: no curve is followed."""
    vertices, _ = _OUTLINES[glyph]
    return float(vertices[:, 0].max()) if len(vertices) else -inf


def _font(weight: str) -> Any:
    """The typeface that text is drawn in, and the one that has what it lacks."""
    from matplotlib.font_manager import get_font
    from matplotlib.textpath import text_to_path

    font = get_font(_files(weight))
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    return font


@cache
def _files(weight: str) -> list[Any]:
    from matplotlib.font_manager import FontProperties, findfont

    families = (SANS, FALLBACK)
    return [findfont(FontProperties(family=each, weight=weight)) for each in families]


def wrapped(text: str, limit: float, size: float = FONT) -> str:
    """`text` on as many lines as it takes to be at most `limit` inches wide.

    Breaks between words; inside a word only where that alone is too wide.
    """
    words = text.split()
    whole = " ".join(words)
    if width(whole, size) <= limit:
        return whole
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= limit:
            lines[-1] = longer
        else:
            lines += _pieces(word, limit, size)
    return "\n".join(lines)


def _pieces(word: str, limit: float, size: float) -> list[str]:
    if width(word, size) <= limit:
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size) > limit:
            pieces.append("")
        pieces[-1] += char
    return pieces
