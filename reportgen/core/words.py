"""The words of tables, notes and axes, one file a language (`lang/en.toml`, `lang/de.toml` …).

A block never holds a word that a reader will see: it asks for it by name, and the report's
language decides. What a language has no words for yet is said in English; a name that English does
not have is a bug, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from reportgen.core.dataclass import dataclass
from reportgen.core.numbers import Conventions

ENGLISH = "en"
_FILES = Path(__file__).with_name("lang")
_PLAIN = re.compile(
    r'\[(?P<section>[\w.-]+)\]|(?P<key>[\w-]+) = (?:"(?P<basic>[^"\\]*)"|'
    r"'(?P<literal>[^']*)')|#.*|",
    re.ASCII,
)
"""A line with a heading, a text without escapes, a comment or nothing."""


@dataclass(frozen=True)
class Words:
    """One language: `words("compare.observations")`, `words("icc.note", groups="centre")`."""

    lang: str
    texts: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text under a dotted name, with `{value}` filled in. KeyError if there is none."""
        return self.texts[name].format(**values)

    def get(self, name: str, default: str) -> str:
        """The text under a name, or `default` (for names that come from data: abbreviations)."""
        return self.texts.get(name, default)


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are words of, alphabetically."""
    return tuple(sorted(each.stem for each in _FILES.iterdir()))


@cache
def load(lang: str) -> Words:
    """The words of a language given by its tag ("en", "de-AT"); English where there are none."""
    name = primary(lang)
    if name not in languages():
        name = ENGLISH
    return Words(name, {**texts(ENGLISH), **texts(name)})


def primary(lang: str) -> str:
    """The language of a tag: "de" of "de-AT"."""
    return lang.split("-", maxsplit=1)[0].lower()


def writing(words: Words, style: str) -> Conventions:
    """How numbers are written in a language, probabilities in one of the styles of journals."""
    point = "·" if style == "lancet" else words("number.point")
    return Conventions(
        point,
        words("number.thousands"),
        style,
        thousands_from=int(words("number.thousands_from")),
        percent=words("number.percent"),
        level=words("number.level"),
        pair=words.texts["number.pair"],
        lowered=words("grammar.lowered") == "yes",
    )


@cache
def texts(name: str) -> Mapping[str, str]:
    """What the file of a language itself holds, by dotted names."""
    return dict(entries((_FILES / f"{name}.toml").read_text(encoding="utf-8")))


def entries(text: str) -> Iterator[tuple[str, str]]:
    """Names and texts of a file of words: TOML of sections, and of a text in each line.

    Most lines are plain, and are read here: the standard library takes ten times as long for them.
    """
    section = ""
    for line in text.splitlines():
        plain = _PLAIN.fullmatch(line)
        if plain is None:
            from tomllib import loads

            yield from ((f"{section}{key}", str(value)) for key, value in loads(line).items())
        elif plain["section"]:
            section = f"{plain['section']}."
        elif plain["key"]:
            yield f"{section}{plain['key']}", plain["basic"] or plain["literal"] or ""
