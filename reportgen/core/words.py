"""The words of tables, notes and axes, one file a language (`lang/en.toml`).

A block never holds a word that a reader will see: it asks for it by name, and the report's
language decides. A name that is missing from a language is a bug, and says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reportgen.core.numbers import Conventions


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
def load(lang: str) -> Words:
    """The words of a language given by its tag ("en", "de-AT"); English where there is no file."""
    folder = files("reportgen.core") / "lang"
    name = lang.split("-", maxsplit=1)[0].lower()
    file = folder / f"{name}.toml"
    if not (name.isalpha() and file.is_file()):
        name, file = "en", folder / "en.toml"
    return Words(name, dict(_flatten(tomllib.loads(file.read_text(encoding="utf-8")))))


def writing(words: Words, style: str) -> Conventions:
    """How numbers are written in a language, probabilities in one of the styles of journals."""
    point = "·" if style == "lancet" else words("number.point")
    return Conventions(point, words("number.thousands"), style)


def _flatten(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            texts += _flatten(value, f"{prefix}{key}.")
        else:
            texts.append((f"{prefix}{key}", str(value)))
    return texts
