"""What a stream can show: a terminal that is redrawn, colours, or lines of text."""

from __future__ import annotations

import os
from typing import TextIO


def redraws(stream: TextIO) -> bool:
    """Whether a line on this stream can be written again."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def coloured(stream: TextIO) -> bool:
    """Whether this stream shows colours, and its reader wants them (https://no-color.org)."""
    return redraws(stream) and not os.environ.get("NO_COLOR")
