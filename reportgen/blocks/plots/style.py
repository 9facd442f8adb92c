"""How figures look: one ink, one grid, and a colour with a shape for each model.

The colours differ in hue for those who see all hues and in lightness for those who do not (and on
grey paper); the shapes differ in any case. Lengths are inches, sizes points.
"""

from __future__ import annotations

from reportgen.core.dataclass import dataclass

WIDTH = 6.2
"""The width of the text on the printed page; no figure is wider."""
FONT = 9.0
SMALL = 7.5

INK = "#1b2226"
MUTED = "#66717b"
GRID = "#e3e6e8"
PAPER = "#ffffff"
ACCENT = "#0b5c8a"
CONTRAST = "#c4511b"

_COLOURS = ("#7a838c", ACCENT, CONTRAST, "#2f8f6b", "#7d4e9e", "#a8811a")
_SHAPES = ("o", "s", "D", "^", "v", "P", "X")


@dataclass(frozen=True)
class Mark:
    """How the numbers of one model are drawn: `shape` is a marker's name in matplotlib."""

    colour: str
    shape: str


def marks(count: int) -> tuple[Mark, ...]:
    """A mark for each of `count` models; no two are equal for up to 42 of them.

    One model alone is drawn in the accent; of several the first, which the others are compared
    with, in grey.
    """
    if count == 1:
        return (Mark(ACCENT, "s"),)
    return tuple(
        Mark(_COLOURS[position % len(_COLOURS)], _SHAPES[position % len(_SHAPES)])
        for position in range(count)
    )
