"""What a theme may change: the variables of `report.css`, what each may be, and sheets of them.

A theme's sheet may come from a stranger. It is read by a grammar of its own, value by value, and
pages get what was understood, written anew: nothing of its text reaches a style element.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import field
from itertools import accumulate

from reportgen.core.colours import is_colour
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Place, Problem, SpecError
from reportgen.core.similar import similar

Scheme = Mapping[str, str]
"""Variables without their hyphens → values."""


@dataclass(frozen=True)
class Kind:
    """What a variable may be: in words, and as a reader that gives the value or None."""

    what: str
    read: Callable[[str], str | None]


def _colour(text: str) -> str | None:
    return text.lower() if is_colour(text) else None


def _length(low: float, high: float) -> Kind:
    """A length in `rem` between two bounds."""

    def read(text: str) -> str | None:
        found = re.fullmatch(r"([0-9]{0,3}(?:\.[0-9]{1,4})?)rem", text)
        if found is None or found[1] == "":
            return "0" if text == "0" and low == 0 else None
        return text if low <= float(found[1]) <= high else None

    return Kind(f"a length from {low:g}rem to {high:g}rem", read)


def _one_of(**choices: str) -> Kind:
    """One of a few words; a value may be written as the sheet has it, too."""

    def read(text: str) -> str | None:
        plain = text.replace("'", '"')
        return plain if plain in choices.values() else choices.get(text.replace("-", "_"))

    return Kind(" or ".join(f"`{name.replace('_', '-')}`" for name in choices), read)


def _rule(text: str) -> str | None:
    """A line: `none`, or how thick it is and its colour."""
    if text in ("none", "0 none"):
        return "0 none"
    found = re.fullmatch(r"([0-9.]+rem) +solid +(#\w+)", text)
    if found is None or THICKNESS.read(found[1]) is None or not is_colour(found[2]):
        return None
    return f"{found[1]} solid {found[2].lower()}"


COLOUR = Kind("a colour, `#rgb` or `#rrggbb`", _colour)
THICKNESS = _length(0, 0.3)
COLOURS = ("paper", "ink", "head", "link", "soft", "faint", "rule", "hair", "good", "bad")
TEXT = ("ink", "head", "link", "soft", "faint", "good", "bad")
"""The colours that text is set in."""

VARIABLES: Mapping[str, Kind] = {
    **dict.fromkeys(COLOURS, COLOUR),
    "titles": _one_of(sans_serif='"Source Sans Pro", sans-serif',
                      serif='"Source Serif Pro", serif'),
    "title-size": _length(1.2, 3),
    "section-size": _length(1.1, 2),
    "section-align": _one_of(left="left", center="center"),
    "section-rule": Kind("`none`, or a line like `.1rem solid #b3252c`", _rule),
    "section-room": _length(0, 1),
    "table-number": _one_of(inline="inline", block="block"),
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What a sheet gives to variables in the light scheme, which is also that of paper, and in the
    dark one; and where: ("light" or "dark", variable) → place of the value.
    """

    light: Scheme = field(default_factory=dict)
    dark: Scheme = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)


def sheet(text: str, file: str) -> Sheet:
    """A sheet of variables, read. SpecError with everything in it that no theme may hold."""
    reader = _Reader(text, file)
    reader.whole()
    if reader.problems:
        raise SpecError(reader.problems)
    return Sheet(reader.schemes["light"], reader.schemes["dark"], reader.places)


def written(light: Scheme, dark: Scheme) -> str:
    """The rules that give variables their values; "" for none."""
    made = f":root {{ {_values(light)} }}\n" if light else ""
    if dark:
        made += (
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_values(dark)} }} }}\n"
        )
    return made


def _values(scheme: Scheme) -> str:
    return " ".join(f"--{name}: {value};" for name, value in scheme.items())


COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANK = re.compile(r"\s*")
ROOT = re.compile(r":root\s*\{")
MEDIA = re.compile(
    r"@media\s+(?:screen\s+and\s+)?\(\s*prefers-color-scheme\s*:\s*dark\s*\)\s*\{", re.IGNORECASE
)
NAME = re.compile(r"--([A-Za-z0-9_-]{1,60})\s*:")
VALUE = re.compile(r"[^;{}]*")
OTHER = re.compile(r"[^;{}]*[;{}]?")
ONLY = (
    "a theme holds `:root { --head: #00467f; }`, "
    "and the like within `@media (prefers-color-scheme: dark) { … }`"
)
MOST_PROBLEMS = 40
"""So many are told of one sheet: what is not CSS at all would be wrong everywhere."""


class _Reader:
    """Reads one sheet from its beginning to its end; used once."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.lines = file, text.split("\n")
        self.starts = list(accumulate((len(line) + 1 for line in self.lines), initial=0))
        self.text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        self.at = 0
        self.schemes: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
        self.places: dict[tuple[str, str], Place] = {}
        self.problems: list[Problem] = []

    def whole(self) -> None:
        """Every rule of the sheet."""
        while self._more():
            if self._take(ROOT):
                self._declarations("light")
            elif self._take(MEDIA):
                self._dark()
            else:
                self._strange("a rule that is not of a theme")

    def _dark(self) -> None:
        """The rules of the dark scheme, after their opening brace."""
        while self._more():
            if self._closed():
                return
            if self._take(ROOT):
                self._declarations("dark")
            else:
                self._strange("a rule that is not of a theme")
        self._unclosed("the rules of the dark scheme do not end")

    def _declarations(self, scheme: str) -> None:
        """Variables with their values, after an opening brace."""
        while self._more():
            if self._closed():
                return
            start = self.at
            name = self._take(NAME)
            if name is None:
                self._strange("not a variable")
                continue
            self._blank()
            place = self.at
            value = self._take(VALUE)
            assert value is not None  # it may be empty
            self._give(scheme, name[1], value[0].strip(), start, place)
            if self.text[self.at : self.at + 1] == ";":
                self.at += 1
            elif self.text[self.at : self.at + 1] == "{":
                self._strange("a rule within a rule")
        self._unclosed("the rule does not end")

    def _give(self, scheme: str, name: str, value: str, start: int, place: int) -> None:
        kind = VARIABLES.get(name)
        if kind is None:
            near = similar(name, VARIABLES)
            hint = f"did you mean `--{near}`?" if near else ""
            listed = ", ".join(f"--{each}" for each in VARIABLES)
            self._note(f"a theme has no variable `--{name}`", start, len(name) + 2, hint,
                       f"there are: {listed}")  # fmt: skip
            return
        understood = kind.read(" ".join(value.split()))
        if understood is None:
            shown = value if len(value) <= 40 else f"{value[:39]}…"
            message = f"`--{name}` cannot be `{shown}`" if value else f"`--{name}` has no value"
            self._note(message, place, len(value), help_=f"it is {kind.what}")
            return
        self.schemes[scheme][name] = understood
        self.places[scheme, name] = self._place(place, len(value))

    def _strange(self, what: str) -> None:
        """Tell of something that has no place here, and go on after it."""
        start, depth = self.at, 0
        while self.at < len(self.text):
            found = OTHER.match(self.text, self.at)
            assert found is not None  # it may be empty
            end = found[0][-1:]
            if end == "}" and depth == 0:
                self.at = max(found.end() - 1, self.at)
                break  # it closes what stands around
            self.at = found.end()
            depth += {"{": 1, "}": -1}.get(end, 0)
            if depth == 0:
                break
        if self.at == start:
            self.at += 1
        words = self.text[start : self.at].split()
        shown = " ".join(words)
        shown = shown if len(shown) <= 30 else f"{shown[:29]}…"
        self._note(f"`{shown}` is {what}", start, len(words[0]) if words else 1, help_=ONLY)

    def _unclosed(self, what: str) -> None:
        if self.at == len(self.text):
            end = len(self.text.rstrip())
            self._note(f"{what}: a `}}` is missing", max(end - 1, 0))

    def _more(self) -> bool:
        self._blank()
        return self.at < len(self.text) and len(self.problems) < MOST_PROBLEMS

    def _blank(self) -> None:
        self._take(BLANK)

    def _closed(self) -> bool:
        closed = self.text[self.at] == "}"
        self.at += closed
        return closed

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def _note(
        self, message: str, at: int, length: int = 1, hint: str = "", help_: str = ""
    ) -> None:
        place = self._place(at, length)
        self.problems.append(Problem("theme", message, hint=hint, help=help_, place=place))

    def _place(self, at: int, length: int) -> Place:
        line = bisect_right(self.starts, min(at, len(self.text)))
        text = self.lines[line - 1]
        return Place(self.file, line, at - self.starts[line - 1] + 1, max(1, length), text)
