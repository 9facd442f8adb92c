"""How wide a text is: the advance widths of the typeface that tables are set in."""

from __future__ import annotations

from functools import cache

from reportgen.core.fonts import SANS
from reportgen.writers.assets import FACES

FIGURE, POINT = "\u2007", "\u2008"
"""A space as wide as a figure, and one as wide as a point or comma."""

_UNKNOWN = 1.0
"""Characters of other fonts are as wide as they are high, at most."""


def ems(text: str) -> float:
    """The width of a text in em, without kerning, in the semibold of tables (the wider of two)."""
    widths = _advances()
    return sum(widths.get(character, _UNKNOWN) for character in text)


def blank(text: str) -> float:
    """The width in em of a text of figure and punctuation spaces, set in the body of a table."""
    widths = _advances(bold=False)
    return sum(widths["0" if character == FIGURE else "."] for character in text)


@cache
def _advances(*, bold: bool = True) -> dict[str, float]:
    from fontTools.ttLib import TTFont

    face = next(face for face in FACES if face.family == SANS and (face.weight > 400) is bold)
    with TTFont(face.file, lazy=True) as font:
        units = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {chr(code): widths[name][0] / units for code, name in font.getBestCmap().items()}
