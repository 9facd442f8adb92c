"""`table: fit` — the statistics of whole models, a row a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.nested import parameters
from reportgen.blocks.selection import several
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.fitrows import NAMES, FitRow, Name, fit_rows
from reportgen.blocks.tables.sentences import (
    method_sentences,
    row_sentences,
    undefined_sentences,
)
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model


class Fit:
    """Fit statistics: a row a model, a column for every statistic that some model defines."""

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
        columns = _statistics(models, context, options.stats)
        rows = tuple(
            Row(labels[model.id], (_parameters(model, found.letters[model.id]), *cells))
            for model, cells in zip(
                models, zip(*(column.cells for column in columns), strict=True), strict=True
            )
        )
        table = Table(
            kind="fit",
            columns=(
                Column(words("fit.parameters"), "count"),
                *(Column(column.label, _role(column)) for column in columns),
            ),
            blocks=(RowBlock(rows, name="models"),),
            caption=options.caption
            or words("fit.caption", models=joined(list(labels.values()), words)),
            stub=words("fit.model"),
            notes=(
                *((options.note,) if options.note else ()),
                *method_sentences(models, context, columns),
                *row_sentences(models, words),
                *undefined_sentences(models, options.stats, words),
            ),
            marks=found.marks,
            confidence=models[0].result.confidence,
        )
        return abbreviated(table, words)


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
