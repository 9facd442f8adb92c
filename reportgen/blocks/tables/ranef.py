"""`table: ranef` — the predicted random effects of one model, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.distributions import normal_quantile
from reportgen.blocks.labels import groups_text
from reportgen.blocks.selection import only
from reportgen.blocks.tables.cells import interval, number
from reportgen.blocks.tables.components import what
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.options import one_model
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import FitError, Problem, SpecError
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

    def build(self, options: Options, context: Context) -> Table:
        """The table. FitError where the fit failed or has no random effects, SpecError where
        `effect` is none of its own.
        """
        model, words = only(context, options.models), context.words
        names = _effects(model, options.effect)
        first = options.effect or names[0]
        order = sorted(
            model.result.random_effects,
            key=lambda cluster: -model.result.random_effects[cluster][first].estimate,
        )
        found = findings([model], words)
        table = Table(
            kind="ranef",
            columns=_columns(model, names, found.letters[model.id], context),
            blocks=tuple(_blocks(model, names, order, options.top, words)),
            caption=options.caption or words("ranef.caption", model=model.label),
            stub=groups_text(context, model),
            notes=(
                *((options.note,) if options.note else ()),
                *_extremes(len(order), options.top, words),
                words("ranef.shrunken"),
            ),
            marks=found.marks,
            confidence=model.result.confidence,
        )
        return abbreviated(table, words)


def _effects(model: Model, wanted: str | None) -> tuple[str, ...]:
    """The names of the random effects of every cluster, in the model's order."""
    effects = model.result.random_effects
    names = tuple(dict.fromkeys(name for held in effects.values() for name in held))
    common = tuple(name for name in names if all(name in held for held in effects.values()))
    if not common:
        raise FitError(
            Problem("no-random-effects", f"model `{model.id}` has no random effects", ("models",))
        )
    if wanted is not None and wanted not in common:
        known = ", ".join(f"`{name}`" for name in common)
        raise SpecError(Problem(
            "unknown-effect", f"model `{model.id}` has no random effect `{wanted}`", ("effect",),
            help=f"its random effects are {known}",
        ))  # fmt: skip
    return common


def _columns(model: Model, names: Sequence[str], mark: str, context: Context) -> tuple[Column, ...]:
    words, level = context.words, f"{100 * model.result.confidence:g}%"
    found: list[Column] = []
    for name in names:
        spanner = what(name, model, context) if len(names) > 1 else ""
        found += [
            Column(words("column.estimate"), "estimate", spanner, mark),
            Column(words("ranef.se"), "se", spanner),
            Column(words("ranef.interval", level=level), "ci", spanner),
        ]
    return tuple(found)


def _blocks(
    model: Model, names: Sequence[str], order: Sequence[str], top: int | None, words: Words
) -> Iterable[RowBlock]:
    def rows(clusters: Sequence[str]) -> tuple[Row, ...]:
        return tuple(Row(cluster, _cells(model, cluster, names)) for cluster in clusters)

    if top is None or 2 * top >= len(order):
        yield RowBlock(rows(order), name="effects")
        return
    yield RowBlock(rows(order[:top]), words("ranef.highest", count=top), "highest")
    yield RowBlock(rows(order[-top:]), words("ranef.lowest", count=top), "lowest")


def _cells(model: Model, cluster: str, names: Sequence[str]) -> tuple[Cell, ...]:
    """Estimate, conditional standard error, and estimate ± z·SE, for each effect of a cluster."""
    z = normal_quantile(0.5 + model.result.confidence / 2)
    cells: list[Cell] = []
    for name in names:
        effect = model.result.random_effects[cluster][name]
        half = None if effect.se is None else z * effect.se
        low = None if half is None else effect.estimate - half
        high = None if half is None else effect.estimate + half
        cells += [
            number(effect.estimate, "estimate", effect.se),
            number(effect.se, "se", effect.se),
            interval(low, high, "ci", effect.se),
        ]
    return tuple(cells)


def _extremes(count: int, top: int | None, words: Words) -> tuple[str, ...]:
    if top is None or 2 * top >= count:
        return ()
    return (words("ranef.extremes", shown=2 * top, count=count),)
