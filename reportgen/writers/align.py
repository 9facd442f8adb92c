"""Decimal alignment: numbers of a column padded with spaces as wide as figures.

Every number in a cell becomes as wide before its decimal point as the widest that stands at its
place; the last one also behind it, so that points stand below each other. A figure space (U+2007)
is as wide as a tabular figure, a punctuation space (U+2008) as a point or comma.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.core.numbers import MINUS

FIGURE, POINT = "\u2007", "\u2008"
NUMBER = re.compile(rf"[<>]?{MINUS}?[\d,]*\d(?:\.\d+)?")
OPENING, CLOSING = "([", ")]%"


@dataclass(frozen=True)
class _Shape:
    """A number's figures and commas before the point, and figures after it."""

    figures: int
    commas: int
    decimals: int


def aligned(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts of one column, those with as many numbers as each other aligned by their points."""
    counts = {text: len(NUMBER.findall(text)) for text in texts}
    found = dict.fromkeys(texts, "")
    for count in set(counts.values()):
        alike = [text for text in found if counts[text] == count]
        found.update(zip(alike, _padded(alike, count), strict=True))
    return tuple(found[text] for text in texts)


def _padded(texts: Sequence[str], count: int) -> list[str]:
    if count == 0:
        return list(texts)
    shapes = [[_shape(number) for number in NUMBER.findall(text)] for text in texts]
    widest = [
        _Shape(
            max(row[place].figures for row in shapes),
            max(row[place].commas for row in shapes),
            max(row[place].decimals for row in shapes),
        )
        for place in range(count)
    ]
    return [_pad(text, row, widest) for text, row in zip(texts, shapes, strict=True)]


def _pad(text: str, shapes: Sequence[_Shape], widest: Sequence[_Shape]) -> str:
    made, end = "", 0
    for match, own, wide in zip(NUMBER.finditer(text), shapes, widest, strict=True):
        between = text[end : match.start()]
        opening = len(between.rstrip(OPENING))
        before = FIGURE * (wide.figures - own.figures) + POINT * (wide.commas - own.commas)
        made += between[:opening] + before + between[opening:] + match[0]
        end = match.end()
    rest, closing = text[end:], len(text[end:]) - len(text[end:].lstrip(CLOSING))
    return made + rest[:closing] + _after(shapes[-1], widest[-1]) + rest[closing:]


def _after(own: _Shape, wide: _Shape) -> str:
    """What a number lacks behind its last figure."""
    point = POINT if wide.decimals and not own.decimals else ""
    return point + FIGURE * (wide.decimals - own.decimals)


def _shape(number: str) -> _Shape:
    whole, _, decimals = number.partition(".")
    return _Shape(len(whole.replace(",", "")), whole.count(","), len(decimals))
