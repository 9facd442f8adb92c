"""`table: fit` — the statistics of whole models: a row a model, or a column a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.nested import parameters
from reportgen.blocks.selection import several
from reportgen.blocks.tables.findings import Findings, findings
from reportgen.blocks.tables.fitrows import NAMES, FitRow, Name, fit_rows
from reportgen.blocks.tables.sentences import (
    method_sentences,
    row_sentences,
    undefined_sentences,
)
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words

MOST_BESIDE = 4
MOST_STATISTICS = 6
"""Up to so many models with more statistics than that stand side by side."""


class Fit:
    """Fit statistics: a row a model, a column for every statistic that some model defines; few
    models with many statistics stand side by side instead.
    """

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: fit`."""

        models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")
        stats: tuple[Name, ...] | None = option(
            None, doc="The statistics shown; all that are defined where nothing is written."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models."""
        if not options.models:
            yield Problem("no-models", "a table of fits needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Table:
        """The table, from Results alone."""
        models, words = several(context, options.models), context.words
        labels, found = model_labels(models), findings(models, words)
        statistics = _statistics(models, context, options.stats)
        beside = len(models) <= MOST_BESIDE and len(statistics) > MOST_STATISTICS
        columns, rows = (_beside if beside else _below)(models, statistics, found, words)
        table = Table(
            kind="fit",
            columns=columns,
            blocks=(RowBlock(rows, name="models"),),
            caption=options.caption
            or words("fit.caption", models=joined(list(labels.values()), words)),
            stub="" if beside else words("fit.model"),
            notes=(
                *((options.note,) if options.note else ()),
                *method_sentences(models, context, statistics),
                *row_sentences(models, words),
                *undefined_sentences(models, options.stats, words),
            ),
            marks=found.marks,
            confidence=models[0].result.confidence,
        )
        return abbreviated(table, words)


def _below(
    models: Sequence[Model], statistics: Sequence[FitRow], found: Findings[str], words: Words
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A row a model."""
    labels = model_labels(models)
    columns = (
        Column(words("fit.parameters"), "count"),
        *(Column(each.label, _role(each)) for each in statistics),
    )
    rows = (
        Row(
            labels[model.id],
            (
                _parameters(model, found.letters[model.id]),
                *(each.cells[place] for each in statistics),
            ),
        )
        for place, model in enumerate(models)
    )
    return columns, tuple(rows)


def _beside(
    models: Sequence[Model], statistics: Sequence[FitRow], found: Findings[str], words: Words
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A column a model."""
    labels = model_labels(models)
    columns = (
        Column(labels[model.id], "estimate", mark=found.letters[model.id]) for model in models
    )
    parameters_ = tuple(_parameters(model, "") for model in models)
    rows = (Row(each.label, each.cells) for each in statistics)
    return tuple(columns), (Row(words("fit.parameters"), parameters_), *rows)


def _statistics(
    models: Sequence[Model], context: Context, wanted: Sequence[Name] | None
) -> tuple[FitRow, ...]:
    """What is asked for, else every number that some model defines."""
    rows = fit_rows(models, context, wanted if wanted is not None else NAMES)
    if wanted is not None:
        return rows
    return tuple(
        row for row in rows if row.name not in ("se", "correlation", "scale") and _tells(row)
    )


def _tells(row: FitRow) -> bool:
    """Whether some model has a value; for the estimator, whether the models differ in it."""
    values = {cell.value for cell in row.cells} - {None}
    return len(values) > (row.name == "estimator")


def _parameters(model: Model, mark: str) -> Cell:
    if model.result.status == "failed":
        return Cell(role="count", empty="failed", mark=mark)
    return Cell(parameters(model.result), "count", mark=mark)


def _role(row: FitRow) -> Role:
    return next((cell.role for cell in row.cells if cell.value is not None), "text")
