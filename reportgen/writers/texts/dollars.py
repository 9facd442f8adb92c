r"""Mathematics in prose, `$\beta_1 = 0.47$`: where it begins and ends.

A dollar is a dollar unless what stands between two of them can be mathematics: the first is
followed, the second preceded by no blank, the second is followed by no digit, and what begins with
a digit or has a blank also has a sign that no sum of money has. So `$5 to $6` stays as it is. `\$`
is always a dollar. Between `$$` and `$$` stands what has a line of its own. Light.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.core.dataclass import dataclass
from reportgen.writers.texts.masking import masked

_SIGN = re.compile(r"[\\^_={}<>+*/|−×·±≤≥≈∼]|\d[a-zA-Z]")


@dataclass(frozen=True)
class Maths:
    """What stands between dollars: the source without them, where it begins, where all ends."""

    source: str
    start: int
    end: int
    display: bool


def maths_at(text: str, place: int) -> Maths | None:
    """The mathematics whose first dollar stands at `place`; None where it is only a dollar."""
    display = text.startswith("$$", place)
    mark = "$$" if display else "$"
    start = place + len(mark)
    at = _closing(text, start, mark)
    if at is None:
        return None
    source = text[start:at]
    if not display and not _can_be(source, text[at + 1 : at + 2]):
        return None
    return Maths(source, start, at + len(mark), display) if source.strip() else None


def _closing(text: str, start: int, mark: str) -> int | None:
    """Where the closing dollars stand, in the same paragraph."""
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            return at
        elif text.startswith("\n\n", at):
            return None
        else:
            at += 1
    return None


def _can_be(source: str, following: str) -> bool:
    if not source or source[0].isspace() or source[-1].isspace() or following.isdigit():
        return False
    return _SIGN.search(source) is not None or not (source[0].isdigit() or " " in source)


def mathematics(text: str) -> Iterator[Maths]:
    """Everything between dollars in a text of Markdown whose values are not yet put in.

    A value counts as a number of as many characters; code is left alone.
    """
    text, at = masked(text), 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        found = maths_at(text, at) if text[at] == "$" else None
        if found:
            yield found
        at = found.end if found else at + (2 if text.startswith("$$", at) else 1)
