"""What a typesetter mends in a text that somebody typed: "2015-2016" becomes "2015–2016", and
"firm's" "firm’s".
"""

from __future__ import annotations

import re

_YEARS = re.compile(r"(?<![\w.-])((?:1[5-9]|2[01])\d\d)-((?:1[5-9]|2[01])\d\d|\d\d)(?![\w-])")
_LAST_MONTH = 12
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def mended(text: str) -> str:
    """`text` with dashes between years, and with apostrophes (U+2019) inside words."""
    return _APOSTROPHE.sub("\u2019", set_ranges(text))


def set_ranges(text: str) -> str:
    """`text` with an en dash (U+2013) between two years, the second the later: 2015-2016, 2015-16.

    A date (2015-11, 2015-11-03), a number or a name with a hyphen stays as it is.
    """
    return _YEARS.sub(_range, text)


def _range(match: re.Match[str]) -> str:
    first, last = match[1], match[2]
    if len(last) == len(first):
        later = int(last) > int(first)
    else:
        later = int(last) > max(int(first[2:]), _LAST_MONTH)
    return f"{first}\u2013{last}" if later else match[0]
