"""How Excel shows a number: the format under which it looks as it does in the report."""

from __future__ import annotations

import re

from reportgen.core.numbers import MINUS, current

GENERAL = "General"


def number_format(text: str, mark: str = "") -> str:
    """The format under which a number looks like `text`, followed by the `mark` of a note.

    What has no fixed decimals ("<0.001", "1.2×10⁻⁷") is shown letter by letter.
    """
    conventions = current()
    point, thousands = re.escape(conventions.point), re.escape(conventions.thousands)
    plain = re.fullmatch(rf"{MINUS}?(\d[\d{thousands}]*)?(?:{point}(\d+))?(%?)", text)
    noted = f'" [{mark}]"' if mark else ""
    if plain is None or not text or conventions.point not in ".,":
        shown = f'"{text}"{noted}'
        return f"{shown};{shown};{shown}"
    whole, decimals, percent = plain.groups()
    shown = "#,##0" if conventions.thousands in (whole or "") else "0" if whole else ""
    shown += f".{'0' * len(decimals)}" if decimals else ""
    shown += f"{percent}{noted}"
    return f'{shown};"{MINUS}"{shown}'
