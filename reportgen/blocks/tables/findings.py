"""What weakens the numbers of a model: the letters on its columns and the notes they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Generic, TypeVar

from reportgen.blocks.labels import model_labels, sentence
from reportgen.blocks.selection import failure
from reportgen.core.types import Model
from reportgen.core.words import Words

Key = TypeVar("Key")


@dataclass(frozen=True)
class Findings(Generic[Key]):
    """`letters`: for each key (a model's id, a cell) the letters that stand there: "a", "a, b", "".

    `marks`: for each letter its note.
    """

    letters: Mapping[Key, str]
    marks: Mapping[str, str]


def findings(models: Sequence[Model], words: Words) -> Findings[str]:
    """Failures and warnings of the models, read left to right, by the models' ids."""
    labels = model_labels(models)
    return lettered({model.id: finding_texts(model, labels[model.id], words) for model in models})


def lettered(texts: Mapping[Key, Sequence[str]]) -> Findings[Key]:
    """A letter for each text, in the order of reading; equal texts share one."""
    order = dict.fromkeys(text for found in texts.values() for text in found)
    letters = {text: letter(position) for position, text in enumerate(order)}
    return Findings(
        {key: ", ".join(letters[text] for text in found) for key, found in texts.items()},
        {mark: text for text, mark in letters.items()},
    )


def finding_texts(model: Model, label: str, words: Words) -> list[str]:
    """Why a fit failed, or its warnings; each once."""
    if model.result.status == "failed":
        return [words("compare.failed", model=label, reason=failure(model).rstrip("."))]
    warnings = (sentence(note.text) for note in model.result.notes if note.level != "info")
    return list(dict.fromkeys(warnings))


def letter(position: int) -> str:
    """The mark of the note at a position: a … z, then aa, ab …"""
    head, tail = divmod(position, len(ascii_lowercase))
    return (letter(head - 1) if head else "") + ascii_lowercase[tail]
