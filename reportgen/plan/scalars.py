"""What a plain scalar is, by the core rules of YAML 1.2: `no` is a word, `12:30` needs quotes."""

from __future__ import annotations

import re

NULL = re.compile(r"(~|null|Null|NULL|)\Z")
TRUE = re.compile(r"(true|True|TRUE)\Z")
FALSE = re.compile(r"(false|False|FALSE)\Z")
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")

# What YAML 1.1 reads as a number that nobody wrote: 012 is 10, 12:30 is 750, 1_000 is 1000.
SURPRISES = (
    (re.compile(r"[-+]?0[0-9]+\Z"), "is an octal number in some YAML and a decimal one in other"),
    (
        re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?\Z"),
        "is a number to the base of 60 in some YAML",
    ),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_.]*\Z"), "is a number in some YAML and a text in other"),
    (re.compile(r"[-+]?0[bxo][0-9a-fA-F_]+\Z"), "is a number in some YAML and a text in other"),
    (re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)\Z"), "is not a number that a spec can use"),
)
MOST_DIGITS = 18


class AmbiguousError(Exception):
    """A scalar that two readers of YAML understand differently."""


def scalar(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar. AmbiguousError where YAML 1.1 would read something else."""
    for pattern, reason in SURPRISES:
        if pattern.match(text):
            raise AmbiguousError(reason)
    if NULL.match(text):
        return None
    if TRUE.match(text) or FALSE.match(text):
        return bool(TRUE.match(text))
    if WHOLE.match(text):
        if len(text) > MOST_DIGITS:
            raise AmbiguousError("is too large for a number")
        return int(text)
    if NUMBER.match(text) and text not in ("+", "-", "."):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise AmbiguousError("is too large for a number")
        return value
    return text
