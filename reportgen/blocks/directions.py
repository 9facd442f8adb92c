"""Which way the estimates of an ordered outcome point, in words."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import column_text, lowered
from reportgen.core.document import Context
from reportgen.core.types import Model


def direction_sentences(models: Sequence[Model], context: Context) -> tuple[str, ...]:
    """What an estimate above 0 (an odds ratio above 1) speaks for, for each outcome once."""
    found = [_sentence(model, context) for model in models if model.result.status != "failed"]
    return tuple(dict.fromkeys(text for text in found if text))


def _sentence(model: Model, context: Context) -> str:
    cuts = next((term for term in model.result.terms if term.kind == "threshold"), None)
    method = model.result.method
    if cuts is None or method is None or cuts.reference is None:
        return ""
    variable = context.variable(model, cuts.variables[0])
    return context.words(
        "direction.odds_ratio" if method.scale == "odds_ratio" else "direction.estimate",
        outcome=lowered(column_text(context, model, variable.name)),
        lowest=variable.show(next(iter(cuts.levels))),
        highest=variable.show(cuts.reference),
    )
