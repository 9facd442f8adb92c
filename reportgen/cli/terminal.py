"""What a stream can show: a terminal that is redrawn, colours, or lines of text."""

from __future__ import annotations

import codecs
import os
from io import TextIOWrapper
from typing import TextIO

PLAIN = {"─": "-", "−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=",
         "→": "->", "²": "2"}  # fmt: skip
"""What stands for a sign that an old terminal has not."""


def redraws(stream: TextIO) -> bool:
    """Whether a line on this stream can be written again."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def coloured(stream: TextIO) -> bool:
    """Whether this stream shows colours, and its reader wants them (https://no-color.org)."""
    return redraws(stream) and not os.environ.get("NO_COLOR")


def tolerant(*streams: TextIO) -> None:
    """What the encoding of a stream has not is printed in plain signs, or as an escape."""
    codecs.register_error("reportgen-plain", _plain)
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="reportgen-plain")


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    shown = (PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode() for each in lost)
    return "".join(shown), error.end
