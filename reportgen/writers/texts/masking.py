"""A text of prose with what is no running text blotted out, place by place. Light.

Each step reads the text once, whatever is written in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_TICKS = re.compile(r"`+")

Span = tuple[int, int]


def masked(text: str, value: str = "0") -> str:
    """The text with code as `x`, and each value as so many of the sign `value`; lines stay."""
    text = _blotted(text, _values(text), value)
    text = _blotted(text, _fences(text), "x")
    return _blotted(text, _code(text), "x")


def _blotted(text: str, spans: Iterator[Span], sign: str) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], re.sub(r"[^\n]", sign, text[start:end])]
        last = end
    return "".join((*parts, text[last:]))


def _values(text: str) -> Iterator[Span]:
    """From `{{` to the next `}}`."""
    start = text.find("{{")
    while start >= 0:
        end = text.find("}}", start + 2)
        if end < 0:
            return
        yield start, end + 2
        start = text.find("{{", end + 2)


def _fences(text: str) -> Iterator[Span]:
    """From a line of backticks or tildes to the next of as many; to the end where there is none."""
    opening: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opening is None:
            opening = match
        elif match[1].startswith(opening[1]) and not match[2].strip():
            yield opening.start(), match.end()
            opening = None
    if opening is not None:
        yield opening.start(), len(text)


def _code(text: str) -> Iterator[Span]:
    """From a run of backticks to the next run of as many."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    places: dict[int, list[int]] = {}
    for start, end in runs:
        places.setdefault(end - start, []).append(start)
    last = 0
    for start, end in runs:
        if start < last:
            continue
        alike = places[end - start]
        following = bisect_right(alike, start)
        if following < len(alike):
            last = alike[following] + end - start
            yield start, last
