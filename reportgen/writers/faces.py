"""Typefaces inside an HTML file: each face cut down to the characters that occur."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

from reportgen.writers.assets import FACES, Face

_FEATURES = ("kern", "liga", "sups")
_ALWAYS = frozenset(map(chr, range(32, 127)))


def embedded(html: str) -> str:
    """`@font-face` rules for a page, holding the faces it uses as WOFF2. Same page, same bytes."""
    characters = _ALWAYS | frozenset(html)
    used = [face for face in FACES if face.tag in html]
    return "".join(
        face.rule(f'url(data:font/woff2;base64,{_subset(face, characters)}) format("woff2")')
        for face in used
    )


@lru_cache(maxsize=32)
def _subset(face: Face, characters: frozenset[str]) -> str:
    """One face with no glyphs but those of `characters`, as WOFF2 in base64."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    # recalcTimestamp would write the time of the build into the font
    font = TTFont(face.file, lazy=True, recalcTimestamp=False)
    options = Options(hinting=False, notdef_outline=True, layout_features=list(_FEATURES))
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, characters)))
    subsetter.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return b64encode(out.getvalue()).decode("ascii")
