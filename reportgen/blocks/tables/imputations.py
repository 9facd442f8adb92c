"""The sentence that tells how missing values were imputed, and what of a number rests on them."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import joined, model_labels
from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Model


def imputation_sentences(models: Sequence[Model], context: Context) -> tuple[str, ...]:
    """How often values were imputed, for whom where not for all, and the most that is missing."""
    words, labels = context.words, model_labels(models)
    held: dict[object, list[Model]] = {}
    for model in models:
        if model.result.imputed and model.result.method:
            held.setdefault(model.result.method.details.get("copies"), []).append(model)
    found = []
    for copies, own in held.items():
        name = "imputation.all" if len(own) == len(models) else "imputation.some"
        names = joined([labels[model.id] for model in own], words)
        largest = max((missing_information(model) for model in own), default=0.0)
        found.append(words(
            name, models=names, copies=copies, largest=numbers.fixed(largest, 2)
        ))  # fmt: skip
    return tuple(found)


def missing_information(model: Model) -> float:
    """The largest fraction of missing information among a model's coefficients."""
    known = (coef.more.get("fmi") for coef in model.result.coef.values())
    return max((share for share in known if share is not None), default=0.0)
