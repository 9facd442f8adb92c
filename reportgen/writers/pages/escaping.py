"""What stands for a value in a page: text, with nothing in it that could be markup. Light."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.writers.texts.visible import visible

_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


def text(value: object) -> str:
    """A value as text of a page, as templates print it: escaped, nothing unseen in it."""
    return (visible(value) if isinstance(value, str) else str(value)).translate(_SIGNS)


def joined(values: Iterable[object], between: object) -> str:
    """Values as text of a page, one after the other."""
    return text(between).join(map(text, values))
