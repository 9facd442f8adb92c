"""Sentences that are made where no language is known: a key of the language files, and its values.

A finding about a fit, the reason why one failed, a step of a sample: whoever finds it says what it
is (`say("few-clusters", clusters=12, least=40)`), and the report says it in its language: the text
stands in `lang/*.toml` under `[finding]`, and `saying.py` fills it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Union

from reportgen.core.dataclass import dataclass

Role = Literal["column", "term", "coef", "component", "cluster", "level", "model"]


@dataclass(frozen=True)
class Names:
    """Names of the spec and the data in a sentence, the first `most` of many.

    `role`: a column, a term of a formula, a coefficient, a variance component, a cluster, a level
    of the column `of`, or a model by its id.
    """

    role: Role
    names: tuple[str, ...]
    of: str = ""
    most: int = 5


Value = Union[str, int, float, Names, "Sentence", tuple["Sentence", ...]]


@dataclass(frozen=True)
class Sentence:
    """A key below `finding` in the language files, and what its text names. Plain data.

    A key is a code, or a code and a variant of its sentence: `few-clusters_corrected`.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def code(self) -> str:
        """The stable code of what is said."""
        return self.key.partition("_")[0]


def say(key: str, /, **values: Value | Iterable[Sentence]) -> Sentence:
    """The sentence of a key. Numbers of numpy become numbers of Python."""
    return Sentence(key, tuple((name, _plain(value)) for name, value in values.items()))


def named_column(name: object) -> Names:
    """A column of the data."""
    return Names("column", (str(name),))


def named_term(text: str) -> Names:
    """A term of a formula, or its outcome, as it is written there."""
    return Names("term", (text,))


def named_level(level: str, of: str) -> Names:
    """A level of a column."""
    return Names("level", (level,), of)


def named_model(id: str) -> Names:
    """A model by its id."""
    return Names("model", (id,))


def named_coefs(names: Iterable[str], most: int = 5) -> Names:
    """Coefficients, by statsmodels' names."""
    return Names("coef", tuple(names), most=most)


def counted(counts: Mapping[str, int]) -> tuple[Sentence, ...]:
    """Columns with a number each."""
    return tuple(
        say("part_count", name=named_column(name), count=count) for name, count in counts.items()
    )


def _plain(value: object) -> Value:
    if isinstance(value, (str, Names, Sentence)) or type(value) in (int, float):
        return value  # type: ignore[return-value]
    if hasattr(value, "item"):
        return _plain(value.item())
    return tuple(value)  # type: ignore[arg-type]
