"""`plot: slopes` — the line of each cluster, from the fixed and the predicted random effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import column_text, groups_text, lowered, outcome_text
from reportgen.blocks.plots import clusters, lines, scale, style
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.lines import Straight
from reportgen.blocks.plots.plane import Axis, Stroke, line_legend, plane
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.selection import only
from reportgen.core import numbers
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, Column, ModelName, option
from reportgen.core.types import Model

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

MOST_LINES = 500
"""More lines than these are drawn as an image."""


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told of one plot of slopes."""

    model: Model
    lines: tuple[Straight, ...]
    average: Straight
    x: str
    y: str
    context: Context

    @property
    def parallel(self) -> bool:
        """Whether all clusters share one slope."""
        return all(line.slope == self.average.slope for line in self.lines)


class Slopes:
    """A line for each cluster, and that of the average cluster above them."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: slopes`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")
        x: Column = option(doc="The numeric column on the horizontal axis.")

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model."""
        yield from clusters.one_model(options.models)

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Several models; one without random effects."""
        yield from suiting.one(plans, options.models)
        yield from suiting.with_effects(plans, options.models)

    def build(self, options: Options, context: Context) -> Figure:
        """The figure. FitError where the fit failed or has no random effects, SpecError where the
        model is no straight line in `x`.
        """
        plot, words = _plot(options, context), context.words
        label, notes = plot.model.label, tuple(_notes(plot, options))
        caption = words("slopes.caption", outcome=plot.y, x=lowered(plot.x), model=label)
        return Figure(
            kind="slopes",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or caption,
            columns=_columns(plot),
            rows=tuple(
                (line.label, line.slope, *line.ends[0], *line.ends[1])
                for line in (*plot.lines, _named_average(plot))
            ),
            notes=notes,
            abbreviations=occurring((plot.x, plot.y, label, *notes), words),
        )


def _plot(options: Slopes.Options, context: Context) -> _Plot:
    model = only(context, options.models)
    method, outcome = model.result.method, outcome_text(context, model)
    if method is not None and method.link != "identity":
        outcome = context.words("slopes.predictor", outcome=lowered(outcome))
    return _Plot(
        model,
        lines.cluster_lines(model, options.x, context),
        lines.average_line(model, options.x),
        column_text(context, model, options.x),
        outcome,
        context,
    )


def _named_average(plot: _Plot) -> Straight:
    return replace(plot.average, label=plot.context.words("slopes.average"))


def _paint(sheet: Sheet, plot: _Plot) -> None:
    from matplotlib.collections import LineCollection

    count, words = len(plot.lines), plot.context.words
    ends = [end for line in (*plot.lines, plot.average) for end in line.ends]
    xs, ys = ([end[side] for end in ends] for side in (0, 1))
    axes = plane(
        sheet,
        Axis(scale.linear(min(xs), max(xs)), plot.x),
        Axis(scale.linear(min(ys), max(ys)), plot.y),
    )
    axes.add_collection(
        LineCollection(
            [line.ends for line in plot.lines], colors=style.ACCENT, linewidths=_width(count),
            alpha=_alpha(count), capstyle="round", rasterized=count > MOST_LINES,
        ),
        autolim=False,
    )  # fmt: skip
    start, end = plot.average.ends
    axes.plot([start[0], end[0]], [start[1], end[1]], color=style.CONTRAST, linewidth=2.4, zorder=3)
    line_legend(sheet, axes, (
        Stroke(words("slopes.clusters"), style.ACCENT, _width(count)),
        Stroke(words("slopes.average"), style.CONTRAST, 2.4),
    ))  # fmt: skip


def _width(count: int) -> float:
    """The width of a cluster's line in points: thinner where there are many."""
    return max(0.4, min(1.0, 40 / count))


def _alpha(count: int) -> float:
    """How opaque a cluster's line is, so that many of them do not become one patch."""
    return max(0.12, min(0.65, 25 / count))


def _columns(plot: _Plot) -> tuple[str, ...]:
    words = plot.context.words
    return (
        groups_text(plot.context, plot.model) or words("data.cluster"),
        words("data.slope"),
        words("data.from", label=plot.x),
        words("data.at_from", label=plot.y),
        words("data.to", label=plot.x),
        words("data.at_to", label=plot.y),
    )


def _alt(plot: _Plot) -> str:
    words = plot.context.words
    slopes = [line.slope for line in plot.lines]
    decimals = numbers.decimals_for((max(slopes) - min(slopes)) or abs(plot.average.slope))
    (low, start), (high, end) = plot.average.ends

    def named(line: Straight) -> str:
        text = numbers.fixed(line.slope, decimals)
        return words("slopes.named", slope=text, cluster=line.label)

    return words(
        "slopes.alt_parallel" if plot.parallel else "slopes.alt",
        outcome=plot.y,
        x=lowered(plot.x),
        count=numbers.count(len(plot.lines)),
        model=plot.model.label,
        low=numbers.significant(low, 3),
        high=numbers.significant(high, 3),
        start=numbers.significant(start, 4),
        end=numbers.significant(end, 4),
        slope=numbers.fixed(plot.average.slope, decimals),
        highest=named(max(plot.lines, key=lambda line: line.slope)),
        lowest=named(min(plot.lines, key=lambda line: line.slope)),
    )


def _notes(plot: _Plot, options: Slopes.Options) -> Iterable[str]:
    words, result = plot.context.words, plot.model.result
    if options.note:
        yield options.note
    if lines.held(plot.model, options.x):
        yield words("slopes.held")
    if result.group_ranges.get(options.x):
        yield words("slopes.within")
    yield words("slopes.shrunken")
    yield from remarks([plot.model], words)
