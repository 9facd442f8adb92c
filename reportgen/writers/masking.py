"""A text of prose with what is no running text blotted out, place by place. Light."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(?P<mark>```+|~~~+).*?(?:^(?P=mark)|\Z)", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(?P<mark>`+)(?!`).*?(?<!`)(?P=mark)(?!`)", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def masked(text: str, value: str = "0") -> str:
    """The text with code as `x`, and each value as so many of the sign `value`; lines stay."""
    text = _blotted(text, _VALUE, value)
    return _blotted(_blotted(text, _FENCE, "x"), _SPAN, "x")


def _blotted(text: str, pattern: re.Pattern[str], sign: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", sign, found[0]), text)
