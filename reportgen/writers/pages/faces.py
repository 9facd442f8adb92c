"""Typefaces inside an HTML file: each face cut down to the characters that reports have.

Cutting takes longer than fitting most models. What nearly every report has is cut once and for all
(`templates/faces`, by `make faces`); a page with other characters gets faces of its own.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from reportgen.writers.pages.assets import FACES, Face, template_folder
from reportgen.writers.tables import metrics

_KERNED = ("kern", "liga")
_NAMES = (1, 2, 4, 6)
_ALWAYS = frozenset(map(chr, [*range(32, 127), *range(160, 256)])) | frozenset(
    "\u2007\u2009\u202f\u2212–—…‘’‚“”„†‡•−√∞≈≠≤≥→ŠšŽžŒœŸ€αβγδεκλμνπρστφχψωΔΣΦΨΩ"
)
"""What nearly every report has: Latin letters, signs of statistics."""


_TITLES = re.compile(r"--titles:\s*\"([^\"]+)\"")


def embedded(html: str, sheet: str = "") -> str:
    """`@font-face` rules for a page, holding the faces it uses as WOFF2. Same page, same bytes.

    `sheet` is its style sheet, which says what headings are set in.
    """
    characters = frozenset(filter(str.isprintable, set(html)))
    titles = next(iter(reversed(_TITLES.findall(sheet))), "")
    used = [face for face in FACES if face.tag in html or _heads(face, titles)]
    return "".join(
        face.rule(f'url(data:font/woff2;base64,{_subset(face, characters)}) format("woff2")')
        for face in used
    )


def _heads(face: Face, family: str) -> bool:
    return face.family == family and face.weight > 400 and face.slant == "normal"


@lru_cache(maxsize=32)
def _subset(face: Face, characters: frozenset[str]) -> str:
    """One face with the glyphs of `characters` and the usual ones, as WOFF2 in base64."""
    cut = _shipped(face).read_bytes() if characters <= _ALWAYS else _cut(face, characters)
    return b64encode(cut).decode("ascii")


def _shipped(face: Face) -> Path:
    return template_folder() / "faces" / face.name.replace(".ttf", ".woff2")


def ship() -> None:
    """Cut every face down to the usual characters, into `templates/faces`."""
    for face in FACES:
        _shipped(face).parent.mkdir(exist_ok=True)
        _shipped(face).write_bytes(_cut(face, _ALWAYS))
    metrics.ship(_ALWAYS)


def _cut(face: Face, characters: frozenset[str]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    features = list(_KERNED) if face.kerned else []
    # "*": to look for names in use it would walk through all of the font; most go by hand below
    options = Options(hinting=False, notdef_outline=True, layout_features=features, name_IDs=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, characters | _ALWAYS)))
    out = BytesIO()
    # recalcTimestamp would write the time of the build into the font
    with TTFont(face.file, lazy=True, recalcTimestamp=False) as font:
        subsetter.subset(font)
        font["name"].names = [name for name in font["name"].names if name.nameID in _NAMES]
        font.flavor = "woff2"
        font.save(out)
    return out.getvalue()
