"""`table: variance` — the variance components of models, a row a component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, get_args

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.randomeffects import factor_of, levels_of, withheld
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import BLANK, interval, number, pair_cells
from reportgen.blocks.tables.components import ComponentRow, component_rows, is_slope
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.inference import has_intervals, interval_sentences
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words

Name = Literal["levels", "estimate", "se", "ci", "sd", "share", "typical"]
NAMES: tuple[Name, ...] = get_args(Name)
PAIR: tuple[Literal["estimate", "se", "ci"], ...] = ("estimate", "se", "ci")
KINDS = ("variance", "residual", "covariance", "correlation")


class Variance:
    """Variance components: variance, its SE, SD, share, and the difference it makes."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: variance`."""

        models: tuple[ModelName, ...] = option(doc="The models whose components are shown.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models."""
        if not options.models:
            yield Problem("no-models", "a table of variances needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Table:
        """The table: a block a model; a failed model, or one without components, says so."""
        models, words = several(context, options.models), context.words
        labels, found = model_labels(models), findings(models, words)
        columns = _columns(models)
        titles = labels if len(models) > 1 else dict.fromkeys(labels, "")
        blocks = tuple(
            _block(model, titles[model.id], columns, found.letters[model.id], context)
            for model in models
        )
        table = Table(
            kind="variance",
            columns=tuple(_head(name, models, words) for name in columns),
            blocks=blocks,
            caption=options.caption
            or words("variance.caption", models=joined(list(labels.values()), words)),
            notes=(
                *((options.note,) if options.note else ()),
                *_difference_sentences(models, words),
                *_share_sentences(models, context),
                *interval_sentences(models, words),
            ),
            marks=found.marks,
            confidence=models[0].result.confidence,
        )
        return abbreviated(table, words)


def shares(model: Model, context: Context) -> Mapping[str, float]:
    """The share of each component in the variance that the fixed effects leave; 0 to 1.

    Keys are component names and "residual". Empty where a slope varies, because the shares then
    depend on its covariate. For a link other than the identity the total is that of the linear
    predictor, known from the intraclass correlation of a model with one component.
    """
    result = model.result
    variances = {name: item.var for name, item in result.variance.items() if name != "residual"}
    if not variances or result.correlation or any(is_slope(n, model, context) for n in variances):
        return {}
    rest = component_rows([model], context, ("residual",))
    if rest:
        variances["residual"] = rest[0].components[model.id].var
        total = sum(variances.values())
        return {name: value / total for name, value in variances.items()} if total > 0 else {}
    if len(variances) == 1 and result.icc is not None:
        return dict.fromkeys(variances, result.icc)
    return {}


def _columns(models: Sequence[Model]) -> tuple[Name, ...]:
    """The columns: intervals where some number has one, levels where they are not the clusters'."""
    absent: set[Name] = set()
    if not any(has_intervals(model) for model in models):
        absent.add("ci")
    if not any(factor_of(name, model) for model in models for name in model.result.variance):
        absent.add("levels")
    return tuple(name for name in NAMES if name not in absent)


def _head(name: Name, models: Sequence[Model], words: Words) -> Column:
    heads: dict[Name, tuple[str, Role]] = {
        "levels": ("variance.levels", "count"),
        "estimate": ("variance.component", "variance"),
        "se": ("column.se", "se"),
        "ci": ("column.ci", "ci"),
        "sd": ("variance.sd", "sd"),
        "share": ("variance.share", "icc"),
        "typical": ("variance.typical", "difference"),
    }
    word, role = heads[name]
    return Column(words(word, level=numbers.level(models[0].result.confidence)), role)


def _block(
    model: Model, title: str, columns: Sequence[Name], mark: str, context: Context
) -> RowBlock:
    rows = component_rows([model], context, KINDS)
    if not rows:
        empty = Cell(empty="failed" if model.result.status == "failed" else "undefined", mark=mark)
        blank = [empty if name == "estimate" else BLANK for name in columns]
        label = context.words("variance.withheld" if withheld(model) else "variance.none")
        return RowBlock((Row(label, tuple(blank)),), title, model.id)
    part = shares(model, context)
    made = []
    for row in rows:
        cells = _cells(row, model, part)
        cells["estimate"] = replace(cells["estimate"], mark=mark)
        made.append(Row(row.label, tuple(cells.get(name, BLANK) for name in columns)))
    return RowBlock(tuple(made), title, model.id)


def _cells(row: ComponentRow, model: Model, part: Mapping[str, float]) -> dict[Name, Cell]:
    component = row.components.get(model.id)
    if component is None:
        known = pair_cells(row.kind, row.values[model.id], row.spread(model), PAIR)
        return dict(zip(PAIR, known, strict=True))
    residual = row.kind == "residual"
    found: dict[Name, Cell] = {
        "estimate": number(component.var, "variance", component.se),
        "se": number(component.se, "se", component.se),
        "ci": interval(component.low, component.high, "ci", component.se),
        "sd": number(component.sd, "sd"),
        "share": number(part.get("residual" if residual else row.name), "icc"),
    }
    if not residual:
        found["typical"] = number(component.typical_difference, "difference")
        found["levels"] = number(levels_of(row.name, model), "count")
    return found


def _difference_sentences(models: tuple[Model, ...], words: Words) -> Iterable[str]:
    components = (item for model in models for item in model.result.variance.values())
    if any(item.typical_difference is not None for item in components):
        yield words("variance.note_typical")


def _share_sentences(models: tuple[Model, ...], context: Context) -> Iterable[str]:
    labels, words = model_labels(models), context.words
    with_shares = [model for model in models if shares(model, context)]
    without = [model for model in models if model.result.variance and model not in with_shares]
    counts = [labels[model.id] for model in without if _counts(model)]
    slopes = [labels[model.id] for model in without if not _counts(model)]
    latent = [
        labels[model.id]
        for model in with_shares
        if model.result.method and model.result.method.link != "identity"
    ]
    if with_shares:
        yield words("variance.note_share")
    if latent:
        yield words("variance.note_latent", models=joined(latent, words))
    if slopes:
        yield words("variance.note_slope", models=joined(slopes, words))
    if counts:
        yield words("variance.note_counts", models=joined(counts, words))


def _counts(model: Model) -> bool:
    method = model.result.method
    return method is not None and method.link == "log"
