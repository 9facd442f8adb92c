"""The rows of `table: icc` for a model whose slopes vary, and with them its correlation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.blocks.labels import column_text, lowered
from reportgen.core import numbers
from reportgen.core.clusters import IccPoint
from reportgen.core.document import Cell, Context, Row
from reportgen.core.types import Model
from reportgen.core.words import Words


def along(model: Model, shown: Sequence[str], context: Context) -> Iterator[Row]:
    """A row below the model's for the covariate's mean and a standard deviation on either side."""
    size = model.result.group_size
    for column, points in model.result.icc_at.items():
        label = lowered(column_text(context, model, column))
        marked = [point for point in points if point.place]
        decimals = numbers.decimals_for(_spacing(marked))
        for point in marked:
            value = numbers.fixed(point.x, decimals)
            cells = {
                "icc": Cell(point.icc, "icc"),
                "effect": Cell(1 + (size.mean - 1) * point.icc, "number", decimals=2)
                if size
                else Cell(),
            }
            text = context.words(f"icc.{point.place}", label=label, value=value)
            yield Row(text, tuple(cells.get(name, Cell()) for name in shown), indent=1)


def along_sentences(models: Sequence[Model], words: Words) -> Iterator[str]:
    """What the rows say, where there are any."""
    if any(model.result.icc_at for model in models):
        yield words("icc.along")


def _spacing(points: Sequence[IccPoint]) -> float:
    """A standard deviation of the covariate."""
    return (points[-1].x - points[0].x) / 2
