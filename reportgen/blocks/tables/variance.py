"""`table: variance` — the variance components of models, a row a component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import BLANK, number
from reportgen.blocks.tables.components import ComponentRow, component_rows, is_slope
from reportgen.blocks.tables.findings import findings
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Component, Model
from reportgen.core.words import Words

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
        blocks = tuple(
            _block(model, labels[model.id] if len(models) > 1 else "", found.letters, context)
            for model in models
        )
        table = Table(
            kind="variance",
            columns=_columns(words),
            blocks=blocks,
            caption=options.caption
            or words("variance.caption", models=joined(list(labels.values()), words)),
            notes=(
                *((options.note,) if options.note else ()),
                *_difference_sentences(models, words),
                *_share_sentences(models, context),
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


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words("variance.component"), "variance"),
        Column(words("column.se"), "se"),
        Column(words("variance.sd"), "sd"),
        Column(words("variance.share"), "icc"),
        Column(words("variance.typical"), "difference"),
    )


def _block(model: Model, title: str, letters: Mapping[str, str], context: Context) -> RowBlock:
    mark = letters[model.id]
    rows = component_rows([model], context, KINDS)
    if not rows:
        empty = Cell(empty="failed" if model.result.status == "failed" else "undefined", mark=mark)
        label = context.words("variance.none")
        return RowBlock((Row(label, (empty, *(BLANK,) * 4)),), title, model.id)
    part = shares(model, context)
    return RowBlock(
        tuple(Row(row.label, _cells(row, model, part, mark)) for row in rows), title, model.id
    )


def _cells(
    row: ComponentRow, model: Model, part: Mapping[str, float], mark: str
) -> tuple[Cell, ...]:
    component = row.components.get(model.id)
    if component is None:
        role: Role = "correlation" if row.kind == "correlation" else "number"
        value = row.values[model.id]
        return (_marked(number(value, role), mark), BLANK, BLANK, BLANK, BLANK)
    share = part.get("residual" if row.kind == "residual" else row.name)
    return (
        _marked(number(component.var, "variance", component.se), mark),
        number(component.se, "se", component.se),
        number(component.sd, "sd"),
        number(share, "icc"),
        BLANK if row.kind == "residual" else _difference(component),
    )


def _difference(component: Component) -> Cell:
    return number(component.typical_difference, "difference")


def _marked(cell: Cell, mark: str) -> Cell:
    return replace(cell, mark=mark) if mark else cell


def _difference_sentences(models: tuple[Model, ...], words: Words) -> Iterable[str]:
    components = (item for model in models for item in model.result.variance.values())
    if any(item.typical_difference is not None for item in components):
        yield words("variance.note_typical")


def _share_sentences(models: tuple[Model, ...], context: Context) -> Iterable[str]:
    labels, words = model_labels(models), context.words
    with_shares = [model for model in models if shares(model, context)]
    without = [
        labels[model.id] for model in models if model.result.variance and model not in with_shares
    ]
    latent = [
        labels[model.id]
        for model in with_shares
        if model.result.method and model.result.method.link != "identity"
    ]
    if with_shares:
        yield words("variance.note_share")
    if latent:
        yield words("variance.note_latent", models=joined(latent, words))
    if without:
        yield words("variance.note_slope", models=joined(without, words))
