"""Decimal alignment: numbers of a column padded with spaces as wide as figures.

A figure space (U+2007) is as wide as a tabular figure, a punctuation space (U+2008) as a point or
comma. Decimal points stand below each other. Where a cell holds two numbers, what stands between
them does ("0.449 to 0.500"), unless the second only explains the first ("125.6 (18.5)").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from reportgen.core.numbers import MINUS, Conventions, current
from reportgen.writers.tables.metrics import FIGURE, POINT, ems

MOST_POINTS = 4


def aligned(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts of one column, each as wide as every other: numbers by their decimal points, pairs
    of numbers by what stands between them.
    """
    pattern = number_pattern(current())
    pairs = {text for text in texts if len(pattern.findall(text)) > 1}
    single = _padded([text for text in texts if text not in pairs], _point)
    found = {**single, **_padded(sorted(pairs), _end)}
    return tuple(found.get(text, text) for text in texts)


def aligned_first(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts of one column by the point of their first numbers; the rest follows these."""
    found = _padded(texts, _point)
    return tuple(found.get(text, text) for text in texts)


@cache
def number_pattern(conventions: Conventions) -> re.Pattern[str]:
    """What a number looks like."""
    point, thousands = re.escape(conventions.point), re.escape(conventions.thousands)
    whole = rf"\d(?:[\d{thousands}]*\d)?(?:{point}\d+)?"
    return re.compile(rf"[<>]?{MINUS}?(?:{whole}|{point}\d+)")


def _padded(texts: Sequence[str], place: Callable[[str], int]) -> dict[str, str]:
    """Each text with spaces at both ends, so that its `place` stands below that of the others."""
    pattern = number_pattern(current())
    cuts = {text: place(text) for text in texts if pattern.search(text)}
    left = max((ems(text[:cut]) for text, cut in cuts.items()), default=0.0)
    right = max((ems(text[cut:]) for text, cut in cuts.items()), default=0.0)
    return {
        text: _space(left - ems(text[:cut])) + text + _space(right - ems(text[cut:]))
        for text, cut in cuts.items()
    }


def _point(text: str) -> int:
    """Where the decimal point of the first number is, or would be."""
    match = number_pattern(current()).search(text)
    assert match is not None  # `_padded` has looked
    return match.start() + len(match[0].split(current().point, 1)[0])


def _end(text: str) -> int:
    """Where the first number ends."""
    match = number_pattern(current()).search(text)
    assert match is not None
    return match.end()


def _space(width: float) -> str:
    """Blank of about `width` em: as many figure and punctuation spaces as come closest."""
    figure, point = ems("0"), ems(".")
    choices = [
        (round(abs(width - figures * figure - points * point), 6), figures + points, points)
        for points in range(MOST_POINTS + 1)
        if (figures := round((width - points * point) / figure)) >= 0
    ]
    _, spaces, points = min(choices, default=(0.0, 0, 0))
    return FIGURE * (spaces - points) + POINT * points
