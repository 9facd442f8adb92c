"""What must be said below a figure about the fits it shows: failures and warnings, in words."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import model_labels
from reportgen.blocks.naming import few
from reportgen.blocks.selection import unfitted
from reportgen.blocks.tables.findings import finding_texts
from reportgen.core.types import Model
from reportgen.core.words import Words


def fitted(models: Sequence[Model]) -> tuple[Model, ...]:
    """The models that were fitted. FitError where none was."""
    found = tuple(model for model in models if model.result.status != "failed")
    if not found:
        raise unfitted(models[0])
    return found


def remarks(models: Sequence[Model], words: Words) -> tuple[str, ...]:
    """Which models are left out because they failed, and the warnings of the others.

    A sentence that several models share is said once, after their names.
    """
    labels = model_labels(models)
    holders: dict[str, list[Model]] = {}
    for model in models:
        for sentence in finding_texts(model, labels[model.id], words):
            holders.setdefault(sentence, []).append(model)
    return tuple(_remark(text, held, labels, words) for text, held in holders.items())


def _remark(text: str, held: Sequence[Model], labels: dict[str, str], words: Words) -> str:
    if held[0].result.status == "failed":
        return text
    return words("plot.finding", models=few([labels[model.id] for model in held], words), text=text)
