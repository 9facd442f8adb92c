"""Footnotes of Markdown: `[^1]` in a text, `[^1]: what it says` on a line of its own. Light.

Their names hold within one text; they are numbered through the whole report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Protocol

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.similar import similar
from reportgen.writers.texts.masking import masked

NAME = r"\[\^([^\]\[\s^]{1,40})\]"
MOST = 40
"""So many names are searched for one that is meant."""
CALL = re.compile(NAME)
_REFERENCE = re.compile(rf"(?<!\\){NAME}(?!:)")
_DEFINITION = re.compile(rf"^[ ]{{0,3}}{NAME}:[ \t]*(?P<note>.*(?:\n[ \t]+\S.*)*)\n?", re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """A text without its notes, and what each says, by the name that its author gave it."""

    text: str
    notes: Mapping[str, str]


class Notes(Protocol):
    """Where the footnotes of a report go, one after the other."""

    def first(self, html: str) -> tuple[int, str]:
        """The number of a new footnote that says `html`, and what stands at its place."""

    def again(self, number: int) -> str:
        """What stands where a text calls a footnote once more."""


@dataclass
class Endnotes:
    """On a screen a number leads to the note at the end of the report, and back."""

    found: list[str] = field(default_factory=list)

    def first(self, html: str) -> tuple[int, str]:
        """A superscript number that leads to the note."""
        self.found.append(html)
        number = len(self.found)
        link = f'<a id="note-call-{number}" href="#note-{number}">{number}</a>'
        return number, f'<sup class="call">{link}</sup>'

    def again(self, number: int) -> str:
        """The same number."""
        return f'<sup class="call"><a href="#note-{number}">{number}</a></sup>'


@dataclass
class Pagenotes:
    """On paper the note itself stands in the text: its style takes it to the foot of the page."""

    count: int = 0

    def first(self, html: str) -> tuple[int, str]:
        """The note, which knows its number."""
        self.count += 1
        number = self.count
        return number, f'<span class="footnote" data-number="{number}">{html}</span>'

    def again(self, number: int) -> str:
        """Its number."""
        return f'<sup class="call">{number}</sup>'


def taken(text: str) -> Taken:
    """The notes taken out of a text."""
    notes: dict[str, str] = {}
    kept, last = [], 0
    for match in _DEFINITION.finditer(masked(text)):
        kept.append(text[last : match.start()])
        last = match.end()
        note = text[match.start("note") : match.end("note")]
        notes.setdefault(match[1], " ".join(line.strip() for line in note.split("\n")))
    return Taken("".join((*kept, text[last:])), notes)


def numbered(text: str, count: int) -> tuple[str, int]:
    """A text whose footnotes are called by their numbers, which go on after `count`, in the order
    in which the text calls them; and how many there are now.
    """
    shown, notes = masked(text), taken(text).notes
    calls = [match[1] for match in _REFERENCE.finditer(shown) if match[1] in notes]
    numbers = {name: count + place for place, name in enumerate(dict.fromkeys(calls), 1)}
    parts, last = [], 0
    for match in re.finditer(rf"(?<!\\){NAME}", shown):
        if match[1] in numbers:
            parts.append(f"{text[last : match.start()]}[^{numbers[match[1]]}]")
            last = match.end()
    return "".join((*parts, text[last:])), count + len(numbers)


def problems(text: str) -> Iterator[Problem]:
    """Footnotes that nothing refers to, that are not there, or that are there twice."""
    shown = masked(text)
    defined = list(_DEFINITION.finditer(shown))
    used = list(_REFERENCE.finditer(shown))
    names = dict.fromkeys(match[1] for match in defined)
    called, met = {match[1] for match in used}, set[str]()
    for match in used:
        if match[1] not in names:
            near = similar(match[1], list(names)[:MOST])
            yield _problem(
                match, "there is no such footnote in this text",
                f"did you mean `[^{near}]`?" if near else "",
            )  # fmt: skip
    for match in defined:
        if match[1] in met:
            yield _problem(match, "this footnote is there already")
        elif match[1] not in called:
            yield _problem(match, "nothing in this text refers to this footnote")
        met.add(match[1])


def _problem(match: re.Match[str], message: str, hint: str = "") -> Problem:
    name = f"[^{match[1]}]"
    return Problem(
        "footnote", f"`{name}`: {message}", hint=hint,
        help=f"write `{name}` in the text and `{name}: …` on a line of its own below it",
        offset=match.start(1) - 2, length=len(name),
    )  # fmt: skip
