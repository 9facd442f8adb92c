"""The names of coefficients, taken apart: `C(race)[T.2]:np.log(age)` as factors with levels."""

from __future__ import annotations

import re

from reportgen.core.dataclass import dataclass
from reportgen.core.types import level_text

_CALL = re.compile(r"^([A-Za-z_][\w.]*)\((.*)\)$", re.DOTALL)
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Factor:
    """One factor of an interaction (or the whole of a simple term).

    text      the expression without its bracket: `C(race)`, `age`, `np.log(age)`
    level     what stands in the bracket, without its contrast letter: "2", "Male"; None without
    contrast  T (against a reference), S (against the mean), "" (an indicator, a basis column)
    """

    text: str
    level: str | None = None
    contrast: str = ""


def split(text: str, separator: str) -> tuple[str, ...]:
    """`text` cut at each `separator` that stands outside brackets and quotes, blanks trimmed."""
    parts, depth, quote, start = [], 0, "", 0
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return (*parts, text[start:].strip())


def factors(name: str) -> tuple[Factor, ...]:
    """The factors of a coefficient or term name."""
    return tuple(_factor(part) for part in split(name, ":"))


def _factor(text: str) -> Factor:
    if not text.endswith("]"):
        return Factor(text)
    opening = _opening_bracket(text)
    inside = text[opening + 1 : -1]
    contrast, dot, level = inside.partition(".")
    if dot and contrast in ("T", "S"):
        return Factor(text[:opening], _canonical(level), contrast)
    return Factor(text[:opening], _canonical(inside.removeprefix(".")))


def _opening_bracket(text: str) -> int:
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == "]") - (text[position] == "[")
        if depth == 0:
            return position
    return len(text)


def _canonical(level: str) -> str:
    """A level as the data wing writes it: patsy's "2.0" of a column of floats is "2"."""
    return level_text(float(level)) if re.fullmatch(r"-?\d+\.0", level) else level


def call(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Function and arguments of `np.log(age)` → ("log", ("age",)); None for anything else."""
    match = _CALL.match(text)
    if match is None or len(factors(text)) > 1:
        return None
    name = match[1].removeprefix("np.").removeprefix("numpy.")
    return name, split(match[2], ",")


def plain(text: str) -> str:
    """An expression reduced to its column where it only wraps one: `C(Q("a b"))` → `a b`."""
    found = call(text)
    if found is None:
        return text.strip()
    name, arguments = found
    if name == "Q":
        return arguments[0].strip("\"'")
    return plain(arguments[0]) if name == "C" else text.strip()
