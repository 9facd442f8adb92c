"""Fits as tables for the terminal: the same blocks that a report is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reportgen.blocks import TABLES
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem, UsageError
from reportgen.core.types import Facts, Model
from reportgen.core.words import Words, load
from reportgen.plan.types import Plan


def narrowed(plan: Plan, names: Sequence[str]) -> Plan:
    """The plan with the models meant by `names` alone (all if none are given), and those they
    start from. UsageError for one that cannot be there.
    """
    wanted = {name for name in names if name in plan.fits}
    for name in set(names) - wanted:
        # A subgroup (`by`) or a list is known by the name before its bracket.
        members = [fit.id for fit in plan.fits.values() if name.partition("[")[0] == fit.name]
        lists = [member for member in members if name == plan.fits[member].name]
        subgroups = [member for member in members if plan.fits[member].by is not None]
        if not (lists or subgroups):
            raise _unknown(name, plan.fits)
        wanted.update(lists or subgroups)
    for name in tuple(wanted):
        at = plan.fits[name].start
        while at is not None:
            wanted.add(at)
            at = plan.fits[at].start
    if not names:
        return plan
    return replace(plan, fits={name: fit for name, fit in plan.fits.items() if name in wanted})


def select(models: Mapping[str, Model], names: Sequence[str]) -> tuple[Model, ...]:
    """The models meant by `names`, all if none are given. UsageError for one that is not there."""
    context = Context(models, {}, load("en"))
    unknown = [name for name in names if not context.select([name])]
    if unknown:
        raise _unknown(unknown[0], models)
    return context.select(names or list(models))


def _unknown(name: str, known: Iterable[str]) -> UsageError:
    message = f"the spec has no model `{name}`"
    return UsageError(Problem("unknown-model", message, help=f"models: {', '.join(known)}"))


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
