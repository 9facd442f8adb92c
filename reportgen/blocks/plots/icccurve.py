"""`plot: icc` with `x`: the intraclass correlation along a covariate whose slope varies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import column_text, joined, lowered, model_labels
from reportgen.blocks.plots import scale, style
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, Stroke, line_legend, plane
from reportgen.blocks.plots.remarks import remarks
from reportgen.core import numbers
from reportgen.core.clusters import IccPoint
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Model

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

LINE, BAND = 1.6, 0.15


@dataclass(frozen=True)
class _Curve:
    """The line of one model, with the limits of its interval where it has one."""

    model: Model
    label: str
    colour: str
    points: tuple[IccPoint, ...]

    @property
    def ends(self) -> list[float]:
        """Every height that is drawn."""
        limits = [each for point in self.points for each in (point.low, point.high)]
        return [each for each in (*(point.icc for point in self.points), *limits) if each]


def curves(
    models: Sequence[Model], x: str, caption: str | None, note: str | None, context: Context
) -> Figure:
    """The figure. FitError where the slope of `x` varies in none of the models."""
    lines, words = _curves(models, x), context.words
    label, confidence = column_text(context, lines[0].model, x), models[0].result.confidence
    title = words("plot_icc.title")
    notes = tuple(_notes(lines, note, models, context))
    return Figure(
        kind="icc",
        svg=draw(lambda sheet: _paint(sheet, lines, label, title), 1.0),
        alt=_alt(lines, label, context),
        caption=caption or words("plot_icc.curve_caption", x=lowered(label)),
        columns=(words("data.model"), label,
                 *(words(f"data.{name}") for name in ("icc", "low", "high"))),
        rows=tuple(
            (line.label, point.x, point.icc, point.low, point.high)
            for line in lines
            for point in line.points
        ),
        notes=(words("plot_icc.band", level=numbers.level(confidence)), *notes)
        if any(point.low is not None for line in lines for point in line.points)
        else notes,
        abbreviations=occurring((title, label, *(line.label for line in lines), *notes), words),
    )  # fmt: skip


def _curves(models: Sequence[Model], x: str) -> tuple[_Curve, ...]:
    having = [model for model in models if x in model.result.icc_at]
    if not having:
        help = "show a mixed model with a random slope, or leave `x` out"
        raise unfit(say("no-icc_slope", name=named_column(x)), ("x",), help=help)
    labels, marks = model_labels(models), style.marks(len(having))
    return tuple(
        _Curve(model, labels[model.id], mark.colour, model.result.icc_at[x])
        for model, mark in zip(having, marks, strict=True)
    )


def _paint(sheet: Sheet, lines: Sequence[_Curve], label: str, title: str) -> None:
    xs = [point.x for line in lines for point in line.points]
    top = max(end for line in lines for end in line.ends)
    axes = plane(
        sheet,
        Axis(scale.linear(min(xs), max(xs)), label),
        Axis(scale.linear(0.0, 1.0 if top > 0.5 else top), title),
    )
    for line in lines:
        places = [point.x for point in line.points]
        banded = [point for point in line.points if point.low is not None and point.high]
        if banded:
            axes.fill_between(
                [point.x for point in banded], [point.low or 0.0 for point in banded],
                [point.high or 0.0 for point in banded], color=line.colour, alpha=BAND,
                linewidth=0,
            )  # fmt: skip
        heights = [point.icc for point in line.points]
        axes.plot(places, heights, color=line.colour, linewidth=LINE)
    if len(lines) > 1:
        line_legend(sheet, axes, [Stroke(line.label, line.colour, LINE) for line in lines])


def _alt(lines: Sequence[_Curve], label: str, context: Context) -> str:
    """Each line by its ends and its lowest point."""
    words = context.words
    spans = []
    for line in lines:
        first, last = line.points[0], line.points[-1]
        lowest = min(line.points, key=lambda point: point.icc)
        spans.append(words(
            "plot_icc.curve", model=line.label,
            start=numbers.bounded(first.icc, 3), low=numbers.significant(first.x, 3),
            end=numbers.bounded(last.icc, 3), high=numbers.significant(last.x, 3),
            least=numbers.bounded(lowest.icc, 3), at=numbers.significant(lowest.x, 3),
        ))  # fmt: skip
    return " ".join([words("plot_icc.curve_alt", x=lowered(label)), *spans])


def _notes(
    lines: Sequence[_Curve], note: str | None, models: Sequence[Model], context: Context
) -> Iterable[str]:
    words, labels = context.words, model_labels(models)
    if note:
        yield note
    shown = [line.model.id for line in lines]
    absent = [
        labels[model.id]
        for model in models
        if model.id not in shown and model.result.status != "failed"
    ]
    if absent:
        yield words("plot_icc.no_slope", models=joined(absent, words))
    yield from remarks(models, words)
