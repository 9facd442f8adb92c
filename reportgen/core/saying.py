"""Sentences in a language: `written` in a report's, `english` for results.json and the terminal.

In a text of `lang/*.toml` under `[finding]` a number has the signs of the language. What follows a
colon is how it is written: `{rows:row|rows}` is the one word or the other, by the number;
`{shift:.1}` has one decimal, `{slope:2}` two significant digits, `{rho:+}` its sign. Names are put
in backticks, or called by their labels where these are known; `{names:is|are}` goes by how many
they are. Sentences within a sentence are said, several of them one after the other.
"""

from __future__ import annotations

from collections.abc import Callable

from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Path, Problem
from reportgen.core.sentences import Names, Role, Sentence, Value
from reportgen.core.words import ENGLISH, Words, load

Label = Callable[[Role, str, str], str | None]
"""The label of a name in its role, and for a level the column it is of; None where it has none."""


def english(said: str | Sentence) -> str:
    """A sentence in English, with names as they are in the spec; a text as it is."""
    if isinstance(said, str):
        return said
    with numbers.conventions(numbers.ENGLISH):
        return written(said, load(ENGLISH), unlabelled)


def problem(sentence: Sentence, path: Path = (), help: str = "") -> Problem:
    """What is wrong, in English for the terminal and as a sentence for the report."""
    return Problem(sentence.code, english(sentence), path, help=help, said=sentence)


def unfit(sentence: Sentence, path: Path = (), help: str = "") -> FitError:
    """The error for a model that cannot be fitted, or a block that cannot be made."""
    return FitError(problem(sentence, path, help))


def written(sentence: Sentence, words: Words, label: Label) -> str:
    """A sentence in a language; numbers follow the conventions that are current."""
    values = {name: _shown(value, words, label) for name, value in sentence.values}
    return words(f"finding.{sentence.key}", **values)


def unlabelled(role: Role, name: str, of: str) -> None:
    """Nothing has a label: names stay as they are in the spec."""


# ── values as they stand in a text ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Text:
    """A text, and for the words that depend on it how many it stands for."""

    text: str
    amount: float
    words: Words

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.text
        one, _, many = spec.partition("|")
        below = self.amount < 2 and self.words("grammar.one_below_two") == "yes"
        return one if self.amount == 1 or below else many


@dataclass(frozen=True)
class _Number(_Text):
    """A number, written as its place in the text asks for."""

    def __format__(self, spec: str) -> str:
        if spec == "+":
            return f"+{self.text}" if self.amount > 0 else self.text
        if spec.startswith("."):
            return numbers.fixed(self.amount, int(spec[1:]))
        if spec.isdigit():
            return numbers.significant(self.amount, int(spec))
        return super().__format__(spec)


def _shown(value: Value, words: Words, label: Label) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, Names):
        return _Text(_listed(value, words, label), len(value.names), words)
    if isinstance(value, Sentence):
        return written(value, words, label)
    if isinstance(value, tuple):
        return words("list.semicolon").join(written(each, words, label) for each in value)
    return _Number(numbers.given(value), value, words)


def _listed(value: Names, words: Words, label: Label) -> str:
    shown = [
        f"`{name}`" if (known := label(value.role, name, value.of)) is None
        else words("prose.quoted", text=known)
        for name in value.names[: value.most]
    ]  # fmt: skip
    comma, more = words("list.comma"), len(value.names) - value.most
    if more > 0:
        return words("list.more", head=comma.join(shown), count=numbers.count(more))
    if len(shown) < 2:
        return "".join(shown)
    return words("list.and", head=comma.join(shown[:-1]), last=shown[-1])
