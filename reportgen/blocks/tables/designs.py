"""The sentence that tells the sample design behind the numbers of a survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.blocks.labels import column_text, joined, lowered, model_labels
from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Model


def design_sentences(models: Sequence[Model], context: Context) -> tuple[str, ...]:
    """Strata, sampling units, degrees of freedom and weights; each design once."""
    words, labels = context.words, model_labels(models)
    held: dict[str, list[str]] = {}
    for model in models:
        parts = list(_parts(model, context))
        if parts:
            held.setdefault(words("list.comma").join(parts), []).append(labels[model.id])
    if len(held) == 1:
        return (words("survey.design", parts=next(iter(held))),)
    return tuple(
        words("survey.design_of", models=joined(names, words), parts=parts)
        for parts, names in held.items()
    )


def _parts(model: Model, context: Context) -> Iterator[str]:
    method, words = model.result.method, context.words
    if method is None or "df_design" not in method.details:
        return
    known = method.details
    if known["strata"]:
        yield words("survey.strata", count=_count(known["n_strata"]))
    yield words(
        "survey.units" if known["psu"] else "survey.rows", count=_count(known["n_units"])
    )  # fmt: skip
    yield words("survey.df", count=_count(known["df_design"]))
    if known["fpc"]:
        yield words("survey.fpc")
    if known["weights"]:
        label = lowered(column_text(context, model, str(known["weights"])))
        yield words("survey.weights", label=label)
    else:
        yield words("survey.no_weights")


def _count(value: object) -> str:
    return numbers.count(float(str(value)))
