"""Fits as tables for the terminal: the same blocks that a report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.blocks import TABLES
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem, UsageError
from reportgen.core.types import Facts, Model
from reportgen.core.words import Words, load


def select(models: Mapping[str, Model], names: Sequence[str]) -> tuple[Model, ...]:
    """The models meant by `names`, all if none are given. UsageError for one that is not there."""
    context = Context(models, {}, load("en"))
    unknown = [name for name in names if not context.select([name])]
    if unknown:
        message = f"the spec has no model `{unknown[0]}`"
        raise UsageError(Problem("unknown-model", message, help=f"models: {', '.join(models)}"))
    return context.select(names or list(models))


def tables(models: Sequence[Model], facts: Mapping[str, Facts], words: Words) -> list[Table]:
    """One table for each model that has numbers, then what was noted of all of them."""
    context = Context({model.id: model for model in models}, facts, words)
    kind, notes = TABLES.load("model"), TABLES.load("notes")
    shown = [
        kind.build(kind.Options(models=(model.id,)), context)
        for model in models
        if model.result.status != "failed"
    ]
    return [*shown, notes.build(notes.Options(), context)]
