"""Mathematics as a drawing of its glyphs: the same on a screen and on paper, on every machine.

Neither browsers nor WeasyPrint bring a face for mathematics; matplotlib brings STIX and sets it.
The source is the text alternative. Loaded only where a text has mathematics.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from typing import Any

from reportgen.core.errors import DocumentError, Problem
from reportgen.writers.texts.visible import visible

SIZE = 10.0
"""The size at which glyphs are drawn; a drawing is measured in ems of its line."""
SCALE = 1.06
"""STIX looks smaller than the face of the text."""
LETTERS = {1: "M", 2: "L", 3: "Q", 4: "C"}
MOVE, CLOSE = 1, 79
"""Codes of matplotlib's paths."""
PAD = 0.3
"""Around the glyphs, which may lean out of their box."""

_SHORT = re.compile(r"\\(le|ge)(?![A-Za-z])")
_WITHIN = re.compile(r"(?<=\d),(?=\d)")


@lru_cache(maxsize=1024)
def formula(source: str, display: bool = False) -> str:
    """`<svg>` of LaTeX that the grammar of mathematics admits, in the height of its line.

    DocumentError for a sign that the face does not have.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    properties = FontProperties(size=SIZE, math_fontfamily="stix")
    text, setter = f"${_plain(source, display)}$", TextToPath()
    with _complaints() as complaints:
        try:
            width, height, depth = setter.get_text_width_height_descent(text, properties, True)
            vertices, codes = setter.get_text_path(properties, text, ismath=True)
        except (ValueError, RuntimeError) as error:
            raise _refused(source) from error
    if complaints:
        raise _refused(source)
    path = "".join(_path(vertices, codes, SIZE / setter.FONT_SCALE))
    return _svg(path, (float(width), float(height), float(depth)), source, display)


def _plain(source: str, display: bool) -> str:
    """The source in the words that matplotlib knows; a comma within a number is no pause, and a
    fraction that has its own line has its full height.
    """
    text = _SHORT.sub(r"\\\1q", " ".join(source.split()))
    text = _WITHIN.sub("{,}", text)
    return text.replace(r"\frac", r"\dfrac") if display else text


def _path(vertices: Iterable[Any], codes: Iterable[int], unit: float) -> Iterator[str]:
    """The outline in the letters of SVG, y downwards, to two decimals of a point."""
    last = 0
    for (x, y), code in zip(vertices, codes, strict=True):
        if code == CLOSE:
            yield "Z"
        else:
            letter = " " if code == last and code != MOVE else LETTERS[int(code)]
            yield f"{letter}{_short(x * unit)} {_short(-y * unit)}"
        last = code


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _svg(path: str, size: tuple[float, float, float], source: str, display: bool) -> str:
    """A drawing whose base line is that of the text around it; `size`: width, height, depth."""
    (width, height, depth), unit = size, SCALE / SIZE
    width, height, depth = width + 2 * PAD, height + 2 * PAD, depth + PAD
    box = f"{_short(-PAD)} {_short(depth - height)} {_short(width)} {_short(height)}"
    style = (
        f"width:{_short(width * unit)}em;height:{_short(height * unit)}em;"
        f"vertical-align:{_short(-depth * unit)}em"
    )
    kind = "maths display" if display else "maths"
    return (
        f'<svg class="{kind}" role="img" viewBox="{box}" style="{style}">'
        f'<title>{escape(visible(source))}</title><path fill="currentColor" d="{path}"/></svg>'
    )


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What matplotlib says of signs that it has no glyph for; nothing of it is printed."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    logger, listener = logging.getLogger("matplotlib.mathtext"), Listener(logging.WARNING)
    before = logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(listener)
        logger.propagate = before


def _refused(source: str) -> DocumentError:
    return DocumentError(
        Problem(
            "maths", f"the mathematics `{visible(source)[:80]}` cannot be set",
            help="words in mathematics are written within `\\text{…}`, in letters of Europe",
        )
    )  # fmt: skip
