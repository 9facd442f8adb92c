"""How wide a text is, and where it breaks: for labels that never overlap and are never cut off.

To be used while `library.settings` hold: widths are those of the report's typeface.
"""

from __future__ import annotations

from functools import lru_cache

from reportgen.blocks.plots.style import FONT
from reportgen.core.typography import mended


def shown(text: str) -> str:
    """A label as it can be drawn: on one line, characters that cannot be seen replaced."""
    line = mended(" ".join(text.split()))
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


@lru_cache(maxsize=4096)
def width(text: str, size: float = FONT, weight: str = "normal") -> float:
    """The width of a text in inches; of its longest line where it has several."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    face = FontProperties(weight=weight)
    lines = [line for line in text.split("\n") if line.strip()]
    paths = (TextPath((0, 0), line, size=size, prop=face) for line in lines)
    # The outlines of a typeface have points at their extremes: no curve need be followed.
    return float(max((path.vertices[:, 0].max() for path in paths), default=0.0)) / 72


def wrapped(text: str, limit: float, size: float = FONT) -> str:
    """`text` on as many lines as it takes to be at most `limit` inches wide.

    Breaks between words; inside a word only where that alone is too wide.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= limit:
            lines[-1] = longer
        else:
            lines += _pieces(word, limit, size)
    return "\n".join(lines)


def _pieces(word: str, limit: float, size: float) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size) > limit:
            pieces.append("")
        pieces[-1] += char
    return pieces
