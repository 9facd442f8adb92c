"""How wide a text is: the advance widths of the typeface that tables are set in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reportgen.core.fonts import SANS
from reportgen.writers.pages.assets import FACES, template_folder

FIGURE, POINT = "\u2007", "\u2008"
"""A space as wide as a figure, and one as wide as a point or comma."""
SPACES = frozenset({FIGURE, POINT})

_UNKNOWN = 1.0
"""Characters of other fonts are as wide as they are high, at most."""


def ems(text: str) -> float:
    """The width of a text in em, without kerning, in the semibold of tables (the wider of two)."""
    try:
        return sum(map(_usual()["semibold"].__getitem__, text))
    except KeyError:
        widths = _advances(bold=True)
        return sum(widths.get(character, _UNKNOWN) for character in text)


def blank(text: str) -> float:
    """The width in em of a text of figure and punctuation spaces, set in the body of a table."""
    widths = _usual()["regular"]
    return sum(widths["0" if character == FIGURE else "."] for character in text)


@cache
def _usual() -> Mapping[str, Mapping[str, float]]:
    """The widths of the characters that nearly every report has, by weight: to read a typeface
    takes longer than to make a page.
    """
    found: Mapping[str, Mapping[str, float]] = json.loads(_file().read_text(encoding="utf-8"))
    return found


def _file() -> Path:
    return template_folder() / "faces" / "widths.json"


def ship(characters: frozenset[str]) -> None:
    """Write the widths of the usual characters, and of the spaces that align numbers, beside the
    faces cut down to them.
    """
    found = {
        name: {each: _advances(bold=bold).get(each, _UNKNOWN) for each in characters | SPACES}
        for name, bold in (("semibold", True), ("regular", False))
    }
    text = json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True)
    _file().write_text(f"{text}\n", encoding="utf-8")


@cache
def _advances(*, bold: bool) -> dict[str, float]:
    from fontTools.ttLib import TTFont

    face = next(face for face in FACES if face.family == SANS and (face.weight > 400) is bold)
    with TTFont(face.file, lazy=True) as font:
        units = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {chr(code): widths[name][0] / units for code, name in font.getBestCmap().items()}
