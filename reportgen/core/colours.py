"""Colours as WCAG 2.2 measures them: how bright, how far apart, and how one is made readable."""

from __future__ import annotations

import re

AA = 4.5
"""The least contrast of text with what it stands on (WCAG 2.2, criterion 1.4.3)."""

_PATTERN = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STEPS = 50


def is_colour(text: str) -> bool:
    """Whether a text is a colour as `#rgb` or `#rrggbb`; other ways to write one are not read."""
    return _PATTERN.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (none) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str) -> str:
    """The colour itself if text in it can be read on `paper`; else as little of black or white
    mixed in as makes it so.
    """
    end = (0, 0, 0) if _luminance(paper) > 0.18 else (255, 255, 255)
    parts = _parts(colour)
    for step in range(_STEPS + 1):
        share = step / _STEPS
        mixed = _text(tuple(a + share * (b - a) for a, b in zip(parts, end, strict=True)))
        if contrast(mixed, paper) >= AA:
            return mixed
    return _text(end)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, ...]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return tuple(int(digits[place : place + 2], 16) for place in (0, 2, 4))


def _text(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)
