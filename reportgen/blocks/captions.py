"""Captions for tables and figures whose author gave none."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import joined, model_labels, outcome_text
from reportgen.core.document import Context
from reportgen.core.types import Model


def models_caption(models: Sequence[Model], context: Context) -> str:
    """What was modelled and how: "Systolic blood pressure (mmHg): OLS and GEE".

    The models alone where their outcomes differ or are not known.
    """
    words = context.words
    names = joined(list(model_labels(models).values()), words)
    outcomes = {outcome_text(context, model) for model in models} - {""}
    if len(outcomes) != 1:
        return words("compare.caption_models", models=names)
    return words("compare.caption", outcome=outcomes.pop(), models=names)
