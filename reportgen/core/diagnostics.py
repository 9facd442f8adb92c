"""Problems as people, programs and pull requests read them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from reportgen.core.errors import Problem

RED, BLUE, BOLD, PLAIN = "\x1b[31m", "\x1b[34m", "\x1b[1m", "\x1b[0m"

PASSWORD = re.compile(r"(://[^:@/\s]*:)([^@/\s]+)(?=@)")

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that a terminal would obey or hide instead of showing."""


def text(problem: Problem, colour: bool = False) -> str:
    """The problem with its source line, a caret, and what to try."""
    red, blue, bold, plain = (RED, BLUE, BOLD, PLAIN) if colour else ("", "", "", "")
    head = (
        f"{red}{problem.severity}[{problem.code}]{plain}: {bold}{visible(problem.message)}{plain}"
    )
    place = problem.place
    if place is None:
        return f"{head}\n{_help(problem, '  ')}".rstrip("\n")
    margin = " " * len(str(place.line))
    bar = f"{blue}|{plain}"
    lines = [head, f"{margin}{blue}-->{plain} {visible(place.file)}:{place.line}:{place.column}"]
    if place.text:
        shown, caret = _underlined(_masked(place.text), place.column, place.length)
        hint = f" {visible(problem.hint)}" if problem.hint else ""
        lines += [
            f"{margin} {bar}",
            f"{blue}{place.line}{plain} {bar} {shown}",
            f"{margin} {bar} {red}{caret}{hint}{plain}",
        ]
    if problem.help:
        lines += [f"{margin} {bar}", f"{margin} = help: {visible(problem.help)}"]
    return "\n".join(lines)


def _masked(line: str) -> str:
    """A source line without the password of an address that should not stand there."""
    return PASSWORD.sub(lambda found: found[1] + "*" * len(found[2]), line)


def data(problem: Problem) -> dict[str, Any]:
    """The problem for another program; `line` and `column` count from 1, None if unknown."""
    place = problem.place
    return {
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "length": place.length if place else None,
        "hint": problem.hint or None,
        "help": problem.help or None,
    }


def github(problem: Problem) -> str:
    """The problem as an annotation of a pull request (a workflow command of GitHub Actions)."""
    place = problem.place
    message = ". ".join(part for part in (problem.message, problem.hint, problem.help) if part)
    where = (
        f"file={_escaped(place.file, ':,')},line={place.line},col={place.column},"
        f"endColumn={place.column + place.length},"
        if place
        else ""
    )
    return f"::{problem.severity} {where}title={problem.code}::{_escaped(message)}"


def visible(value: str) -> str:
    """Control, bidirectional and other hidden characters as escapes; tabs as one space."""
    return "".join(
        " " if char == "\t" else _escape(char) if unicodedata.category(char) in HIDDEN else char
        for char in value
    )


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _underlined(line: str, column: int, length: int) -> tuple[str, str]:
    """The source line as it is shown, and the caret line below it: wide characters take two."""
    before, marked = line[: column - 1], line[column - 1 : column - 1 + length]
    caret = " " * _width(before) + "^" * max(1, _width(marked))
    return visible(line), caret


def _width(part: str) -> int:
    shown = visible(part)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in shown)
    return len(shown) + wide - sum(unicodedata.combining(char) > 0 for char in shown)


def _help(problem: Problem, margin: str) -> str:
    told = [part for part in (problem.hint, problem.help) if part]
    return "\n".join(f"{margin}= help: {visible(part)}" for part in told)


def _escaped(value: str, more: str = "") -> str:
    value = visible(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for sign in more:
        value = value.replace(sign, f"%{ord(sign):02X}")
    return value
