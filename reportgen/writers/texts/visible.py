"""Characters that cannot be seen, made visible.

A label or a level comes from a file that nobody here wrote. A control character may break a line,
a bidirectional one may turn a sentence round, a zero-width one may make two names look the same.
"""

from __future__ import annotations

import re

from reportgen.core.typography import mended

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls other than tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # zero width, annotation
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"  # separators, lone surrogates, tags
    # joiners belong between letters of scripts that join (नी, می‌خواهم), and nowhere else
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def visible(text: str) -> str:
    """`text` with every unseen character written as its escape in Python; tab and LF are kept."""
    return _UNSEEN.sub(_escape, text)


def typeset(text: str) -> str:
    """A text of the report as it is printed: nothing unseen in it, dashes and apostrophes set."""
    return mended(visible(text))


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")
