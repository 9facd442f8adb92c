"""`table: working_correlation` — how alike members of a cluster were taken to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import clusters_text, column_text, joined, lowered, model_labels
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import number
from reportgen.blocks.tables.findings import findings
from reportgen.core.clusters import WorkingCorrelation
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words

WIDEST = 12
"""The most times that stand side by side; of more the correlations are listed."""


class WorkingCorrelations:
    """Working correlations: a matrix by time for one model, a list for several."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: working_correlation`."""

        models: tuple[ModelName, ...] = option(doc="Models of estimating equations.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models."""
        if not options.models:
            yield Problem("no-models", "a table of correlations needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Table:
        """The table, from Results alone."""
        models, words = several(context, options.models), context.words
        labels, found = model_labels(models), findings(models, words)
        known = models[0].result.working
        if len(models) == 1 and known and 0 < len(known.matrix) <= WIDEST:
            columns, blocks = _matrix(known, found.letters[models[0].id])
            stub = column_text(context, models[0], _time(models[0]))
        else:
            titled = len(models) > 1
            mark = "" if titled else found.letters[models[0].id]
            columns = (Column(_heading(models, words), "icc", mark=mark),)
            blocks = tuple(
                RowBlock(
                    tuple(_rows(model, context)), labels[model.id] if titled else "", model.id,
                    found.letters[model.id] if titled else "",
                )
                for model in models
            )  # fmt: skip
            stub = words("working.stub")
        table = Table(
            kind="working_correlation",
            columns=columns,
            blocks=blocks,
            caption=options.caption
            or words("working.caption", models=joined(list(labels.values()), words)),
            stub=stub,
            notes=(
                *((options.note,) if options.note else ()),
                *_sentences(models, context),
            ),
            marks=found.marks,
        )
        return abbreviated(table, words)


def _matrix(
    known: WorkingCorrelation, mark: str
) -> tuple[tuple[Column, ...], tuple[RowBlock, ...]]:
    """The lower triangle: a row and a column for each time."""
    rows = tuple(
        Row(time, tuple(
            Cell(value, "icc", decimals=0 if row == column else None) if column <= row else Cell()
            for column, value in enumerate(values)
        ))
        for row, (time, values) in enumerate(zip(known.times, known.matrix, strict=True))
    )  # fmt: skip
    return tuple(Column(time, "icc", mark=mark) for time in known.times), (RowBlock(rows),)


def _rows(model: Model, context: Context) -> Iterator[Row]:
    """A row for each correlation, by what two rows share or how far they are apart."""
    known, words = model.result.working, context.words
    if known is None or not known.values:
        failed = model.result.status == "failed"
        empty = Cell(role="icc", empty="failed" if failed else "undefined")
        if known is not None:
            empty = Cell(0.0, "icc", decimals=0)
        yield Row(words("working.independence" if known else "working.none"), (empty,))
        return
    for key, value in known.values.items():
        odds = known.structure == "global_odds_ratio"
        cell = number(value, "ratio" if odds else "icc")
        yield Row(_label(key, known, model, context), (cell,))


def _heading(models: Sequence[Model], words: Words) -> str:
    """What stands above the column of all models' parameters."""
    known = {model.result.working.structure for model in models if model.result.working}
    return words("working.association" if "global_odds_ratio" in known else "working.correlation")


def _label(key: str, known: WorkingCorrelation, model: Model, context: Context) -> str:
    words = context.words
    if known.structure == "exchangeable":
        return words("working.any")
    if known.structure == "global_odds_ratio":
        return words("working.odds_ratio")
    if known.structure == "nested":
        return words("working.shared", unit=lowered(column_text(context, model, key)))
    time = column_text(context, model, _time(model))
    if known.structure == "unstructured":
        first, _, second = key.partition(",")
        return words("working.pair", time=time, first=first, second=second)
    return words("working.distance", time=time, distance=key)


def _time(model: Model) -> str:
    method = model.result.method
    return str(method.details.get("time") or "") if method else ""


def _sentences(models: Sequence[Model], context: Context) -> Iterator[str]:
    """What the clusters are, how each structure is estimated, and what rests on it."""
    words = context.words
    clusters = joined([text for model in models if (text := clusters_text(context, model))], words)
    if clusters:
        yield words("fit.clusters", groups=clusters)
    structures = dict.fromkeys(
        model.result.working.structure for model in models if model.result.working
    )
    for structure in structures:
        if f"working.how_{structure}" in words.texts:
            yield words(f"working.how_{structure}")
    if structures:
        yield words("working.robust")
