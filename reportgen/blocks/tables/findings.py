"""What weakens the numbers of a model: the letters on its columns and the notes they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Generic, TypeVar

from reportgen.blocks.labels import model_labels, sentence
from reportgen.blocks.selection import failure
from reportgen.blocks.terms import TermRow
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Model, Note
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
    """Failures and warnings of whole models, read left to right, by the models' ids: for tables
    that show no coefficients.
    """
    labels = model_labels(models)
    texts = {model.id: finding_texts(model, labels[model.id], words, coef="") for model in models}
    return lettered(texts)


def cell_findings(
    models: Sequence[Model], rows: Sequence[TermRow], words: Words
) -> Findings[tuple[str, str]]:
    """The same where coefficients have rows: a finding about some of them stands at their numbers.

    Keys are a model's id and the name of a coefficient, "" for what is about the whole model.
    """
    labels = model_labels(models)
    texts: dict[tuple[str, str], list[str]] = {
        (model.id, ""): finding_texts(model, labels[model.id], words, coef="") for model in models
    }
    for row in rows:
        for model in models:
            if coef := row.coefs.get(model.id):
                found = finding_texts(model, labels[model.id], words, coef=coef)
                texts[model.id, coef] = found
    return lettered(texts)


def lettered(texts: Mapping[Key, Sequence[str]]) -> Findings[Key]:
    """A letter for each text, in the order of reading; equal texts share one."""
    order = dict.fromkeys(text for found in texts.values() for text in found)
    letters = {text: letter(position) for position, text in enumerate(order)}
    return Findings(
        {key: ", ".join(letters[text] for text in found) for key, found in texts.items()},
        {mark: text for text, mark in letters.items()},
    )


def finding_texts(model: Model, label: str, words: Words, coef: str | None = None) -> list[str]:
    """Why a fit failed, or its warnings; each once.

    With `coef`, only those about this coefficient; with "", only those about the whole model.
    """
    if model.result.status == "failed":
        failed = words("compare.failed", model=label, reason=failure(model).rstrip("."))
        return [] if coef else [failed]
    warnings = (
        sentence(note.text)
        for note in model.result.notes
        if note.level != "info" and (coef is None or _about(note, coef))
    )
    return list(dict.fromkeys(warnings))


def _about(note: Note, coef: str) -> bool:
    return coef in note.coefs if coef else not note.coefs


def letter(position: int) -> str:
    """The mark of the note at a position: a … z, then aa, ab …"""
    head, tail = divmod(position, len(ascii_lowercase))
    return (letter(head - 1) if head else "") + ascii_lowercase[tail]
