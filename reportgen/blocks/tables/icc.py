"""`table: icc` — how alike the members of a cluster are, a row a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import column_text, groups_text, joined, lowered, outcome_text
from reportgen.blocks.lists import Group, grouped
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import number
from reportgen.blocks.tables.findings import Findings, findings
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words

CLUSTERS = ("exchangeable", "components", "latent")


class Icc:
    """Intraclass correlations, what they are given, and the clusters they rest on."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: icc`."""

        models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models."""
        if not options.models:
            yield Problem("no-models", "a table of correlations needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where the names mean no model."""
        models, words = several(context, options.models), context.words
        found = findings(models, words)
        given = {model.id: _given(model, context) for model in models}
        table = Table(
            kind="icc",
            columns=tuple(_columns(given, words)),
            blocks=tuple(_blocks(grouped(models, context), given, found, context)),
            caption=options.caption or words("icc.caption"),
            stub=words("icc.stub"),
            notes=(
                *((options.note,) if options.note else ()),
                *_methods(models, words),
                *_clusters(models, context),
                words("icc.design_effect"),
            ),
            marks=found.marks,
        )
        return abbreviated(table, words)


def _columns(given: dict[str, str], words: Words) -> Iterator[Column]:
    if any(given.values()):
        yield Column(words("icc.given"), "text")
    yield Column(words("common.observations"), "count")
    yield Column(words("icc.clusters"), "count")
    yield Column(words("icc.sizes"), "range")
    yield Column(words("icc.estimate"), "icc")
    yield Column(words("icc.effect"), "number")


def _blocks(
    groups: Sequence[Group], given: dict[str, str], found: Findings[str], context: Context
) -> Iterator[RowBlock]:
    """A list is a block of its own; single models that follow each other share one."""
    rows: list[Row] = []
    for group in groups:
        made = [
            _row(name, model, given, found, context)
            for name, model in zip(group.names, group.models, strict=True)
        ]
        if len(group.models) > 1:
            if rows:
                yield RowBlock(tuple(rows))
            yield RowBlock(tuple(made), name=group.label)
            rows = []
        else:
            rows += made
    if rows:
        yield RowBlock(tuple(rows))


def _row(
    name: str, model: Model, given: dict[str, str], found: Findings[str], context: Context
) -> Row:
    result, words = model.result, context.words
    outcome = outcome_text(context, model)
    label = name if not outcome or _says(name, outcome) else f"{outcome}: {lowered(name)}"
    if result.status == "failed":
        empty = tuple(Cell(role="icc", empty="failed") for _ in range(5))
        return Row(label, (Cell(given[model.id]),)[: any(given.values())] + empty)
    size = result.group_size
    effect = None if result.icc is None or size is None else 1 + (size.mean - 1) * result.icc
    cells = (
        Cell(given[model.id] or words("icc.nothing"), "text"),
        Cell(result.n, "count"),
        number(result.n_groups, "count"),
        Cell(role="range", empty="undefined") if size is None
        else Cell((size.min, size.max), "range"),
        Cell(role="icc", empty="undefined") if result.icc is None
        else Cell(result.icc, "icc", mark=found.letters[model.id]),
        Cell(role="number", empty="undefined") if effect is None
        else Cell(effect, "number", decimals=2),
    )  # fmt: skip
    return Row(label, cells if any(given.values()) else cells[1:])


def _says(name: str, outcome: str) -> bool:
    """Whether a row's name is the outcome's already."""
    return outcome.startswith(name)


def _given(model: Model, context: Context) -> str:
    """The covariates that a correlation is given: "" for none."""
    columns = dict.fromkeys(
        column
        for term in model.result.terms
        if term.kind != "intercept"
        for column in term.variables
    )
    texts = [column_text(context, model, column).split(" (")[0] for column in columns]
    return joined([lowered(text) for text in texts], context.words)


def _methods(models: Sequence[Model], words: Words) -> Iterator[str]:
    """How each kind of correlation was found; models are named where there are several kinds."""
    kinds: dict[str, list[str]] = {}
    for model in models:
        method = model.result.method
        if method is None or model.result.icc is None:
            continue
        kind = "working" if method.estimator == "gee" else (
            "components" if method.family == "gaussian" else "latent"
        )  # fmt: skip
        kinds.setdefault(kind, []).append(model.label)
    for kind in kinds:
        yield words(f"icc.{kind}")


def _clusters(models: Sequence[Model], context: Context) -> Iterator[str]:
    groups = joined(
        [lowered(text) for model in models if (text := groups_text(context, model))], context.words
    )
    if groups:
        yield context.words("fit.clusters", groups=groups)
