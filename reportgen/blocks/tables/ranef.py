"""`table: ranef` — the predicted random effects of one model, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.distributions import normal_quantile
from reportgen.blocks.labels import joined
from reportgen.blocks.randomeffects import chosen_effect, effect_names, heading, held
from reportgen.blocks.selection import only
from reportgen.blocks.tables.cells import interval, number
from reportgen.blocks.tables.components import what
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.options import one_model
from reportgen.core import numbers
from reportgen.core.clusters import Effect
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words


class Ranef:
    """Predicted random effects, highest first, with conditional intervals."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: ranef`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")
        top: int | None = option(None, doc="Show this many of the highest and of the lowest.")
        effect: str | None = option(
            None, doc="The random effect that orders the rows; the model's first where not given."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model; a `top` below 1."""
        yield from one_model(options.models)
        if options.top is not None and options.top < 1:
            yield Problem("top-too-small", f"`top` is at least 1, not {options.top}", ("top",))

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Several models; one without random effects."""
        yield from suiting.one(plans, options.models)
        yield from suiting.with_effects(plans, options.models)

    def build(self, options: Options, context: Context) -> Table:
        """The table. FitError where the fit failed or has no random effects, SpecError where
        `effect` is none of its own.
        """
        model, words = only(context, options.models), context.words
        first = chosen_effect(model, options.effect)
        shown, others = _beside(model, first, context)
        rows = _rows(model, first, shown, context)
        found = findings([model], words)
        table = Table(
            kind="ranef",
            columns=_columns(model, shown, found.letters[model.id], context),
            blocks=tuple(_blocks(rows, options.top, words)),
            caption=options.caption or words("ranef.caption", model=model.label),
            stub=heading(first, model, context),
            notes=(
                *((options.note,) if options.note else ()),
                *_extremes(len(rows), options.top, words),
                *_others(model, others, context),
                words("ranef.shrunken"),
            ),
            marks=found.marks,
            confidence=model.result.confidence,
        )
        return abbreviated(table, words)


def _beside(
    model: Model, first: str, context: Context
) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """The effects that have the same rows as the first, and those that have others."""
    clusters = {name: _labels(model, name, context) for name in effect_names(model)}
    shown = tuple(name for name, labels in clusters.items() if labels == clusters[first])
    return shown, tuple(name for name in clusters if name not in shown)


def _labels(model: Model, name: str, context: Context) -> list[str]:
    return [each.label for each in held(model, name, context)]


def _rows(
    model: Model, first: str, shown: Sequence[str], context: Context
) -> list[Row]:  # fmt: skip
    """A row a cluster, by the first effect, highest first; those that tie in the model's order."""
    effects = [[each.effect for each in held(model, name, context)] for name in shown]
    labels, place = _labels(model, first, context), shown.index(first)
    rows = zip(labels, zip(*effects, strict=True), strict=True)
    ordered = sorted(rows, key=lambda row: -row[1][place].estimate)
    errors = [_smallest(each) for each in effects]
    return [Row(label, _cells(own, errors, model.result.confidence)) for label, own in ordered]


def _smallest(effects: Sequence[Effect]) -> float | None:
    """The smallest standard error of an effect: all clusters are written with its decimals."""
    return min((effect.se for effect in effects if effect.se), default=None)


def _columns(model: Model, names: Sequence[str], mark: str, context: Context) -> tuple[Column, ...]:
    words, level = context.words, numbers.level(model.result.confidence)
    found: list[Column] = []
    for name in names:
        spanner = what(name, model, context) if len(names) > 1 else ""
        found += [
            Column(words("column.estimate"), "estimate", spanner, mark),
            Column(words("ranef.se"), "se", spanner),
            Column(words("ranef.interval", level=level), "ci", spanner),
        ]
    return tuple(found)


def _blocks(rows: Sequence[Row], top: int | None, words: Words) -> Iterable[RowBlock]:
    if top is None or 2 * top >= len(rows):
        yield RowBlock(tuple(rows), name="effects")
        return
    yield RowBlock(tuple(rows[:top]), words("ranef.highest", count=top), "highest")
    yield RowBlock(tuple(rows[-top:]), words("ranef.lowest", count=top), "lowest")


def _cells(
    effects: Sequence[Effect], errors: Sequence[float | None], confidence: float
) -> tuple[Cell, ...]:
    """Estimate, conditional standard error, and estimate ± z·SE, for each effect of a cluster."""
    z = normal_quantile(0.5 + confidence / 2)
    cells: list[Cell] = []
    for effect, error in zip(effects, errors, strict=True):
        half = None if effect.se is None else z * effect.se
        low = None if half is None else effect.estimate - half
        high = None if half is None else effect.estimate + half
        cells += [
            number(effect.estimate, "estimate", error),
            number(effect.se, "se", error),
            interval(low, high, "ci", error),
        ]
    return tuple(cells)


def _others(model: Model, names: Sequence[str], context: Context) -> tuple[str, ...]:
    """Which effects have tables of their own."""
    texts = [what(name, model, context) for name in names]
    return (context.words("ranef.others", effects=joined(texts, context.words)),) if names else ()


def _extremes(count: int, top: int | None, words: Words) -> tuple[str, ...]:
    if top is None or 2 * top >= count:
        return ()
    return (words("ranef.extremes", shown=2 * top, count=count),)
