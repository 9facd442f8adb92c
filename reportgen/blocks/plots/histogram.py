"""`plot: histogram` — how the values of a column are spread, in all rows or by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, variable_text
from reportgen.blocks.plots import rows, scale, style, text
from reportgen.blocks.plots.answers import few_groups, numeric
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, plane
from reportgen.blocks.plots.spread import SpreadOptions, check_spread
from reportgen.blocks.selection import answer
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import option
from reportgen.core.types import Result, Variable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

MOST_GROUPS = 8
MOST_BINS = 200
PANEL = 1.15
"""The height of one group's panel, and what is free between two, in inches."""
BETWEEN = 0.34


@dataclass(frozen=True)
class _Group:
    """One panel: its label, how many values it counts, and its counts."""

    label: str
    n: int
    missing: int
    counts: tuple[float, ...]

    def heights(self, show: str) -> tuple[float, ...]:
        """Counts, or percentages of the group."""
        if show == "count":
            return self.counts
        return tuple(100 * each / self.n for each in self.counts)

    @property
    def fullest(self) -> int:
        """The place of the interval that holds most."""
        return max(range(len(self.counts)), key=lambda place: self.counts[place])


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told."""

    groups: tuple[_Group, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    show: Literal["count", "percent"]
    x: str
    by: str
    context: Context

    @property
    def y(self) -> str:
        """What the height of a bar is."""
        return self.context.words(f"histogram.{self.show}")

    def interval(self, place: int) -> str:
        """An interval in a sentence: "40 to 42"."""
        low, high = (_given(ends[place]) for ends in (self.starts, self.ends))
        return self.context.words("list.range", low=low, high=high)


class Histogram:
    """Counts in intervals of one width; by group a panel each, on one axis."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(SpreadOptions):
        """Keys of `plot: histogram`; a level of `by` has a panel."""

        bins: int | None = option(
            None, doc="How many intervals; by the rule of Freedman and Diaconis where not given."
        )
        show: Literal["auto", "count", "percent"] = option(
            "auto", doc="Counts, or percentages of each group; `auto`: these with `by`."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A column by itself; intervals that cannot be."""
        yield from check_spread(options)
        if options.bins is not None and not 1 <= options.bins <= MOST_BINS:
            yield Problem("few-bins", f"`bins` is a number from 1 to {MOST_BINS}", ("bins",))

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The counts. SpecError for a column of categories."""
        numeric(context.datasets[options.data], options.column, "histogram")
        asked = {"column": options.column, "by": options.by, "bins": options.bins}
        return {"counts": Request("histogram", asked, data=options.data)}

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the counts. FitError where there is no value, SpecError where
        there are too many groups.
        """
        plot, words = _plot(options, context), context.words
        notes = tuple(_notes(options, plot))
        grouped = (plot.by,) if options.by else ()
        return Figure(
            kind="histogram",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or _caption(plot, "histogram"),
            columns=(
                *grouped, words("data.from", label=plot.x), words("data.to", label=plot.x),
                words("data.count"), words("data.share"),
            ),
            rows=tuple(
                (*((group.label,) if grouped else ()), low, high, int(count), count / group.n)
                for group in plot.groups
                for low, high, count in zip(plot.starts, plot.ends, group.counts, strict=True)
            ),
            notes=notes,
            abbreviations=occurring((plot.x, *notes), words),
        )  # fmt: skip


def _plot(options: Histogram.Options, context: Context) -> _Plot:
    held, facts = answer(context, "counts", "column"), context.datasets[options.data]
    by = facts.variables.get(options.by) if options.by else None
    levels = [name.partition(":")[2] for name in held.observations if name.startswith("count:")]
    few_groups(levels, options.by, MOST_GROUPS)
    show = options.show
    if show == "auto":
        show = "percent" if options.by else "count"
    return _Plot(
        groups=tuple(_group(level, held, by) for level in levels),
        starts=held.observations["from"],
        ends=held.observations["to"],
        show=show,
        x=variable_text(numeric(facts, options.column, "histogram")),
        by=variable_text(by) if by else options.by or "",
        context=context,
    )


def _group(level: str, held: Result, by: Variable | None) -> _Group:
    summary = next(each for each in held.summaries if each.group == level)
    label = by.show(level) if by else level
    return _Group(label, summary.n, summary.missing, held.observations[f"count:{level}"])


def _paint(sheet: Sheet, plot: _Plot) -> None:
    most = max(height for group in plot.groups for height in group.heights(plot.show))
    count = len(plot.groups)
    tall = scale.upward(most) if count == 1 else scale.upward(most, 4)
    height = 2.6 if count == 1 else count * PANEL + (count - 1) * BETWEEN
    x = Axis(scale.linear(plot.starts[0], plot.ends[-1], room=0.02), plot.x)
    axes = plane(sheet, x, Axis(tall, plot.y), height)
    if count == 1:
        _bars(axes, plot, plot.groups[0])
        return
    frame = axes.get_position()
    axes.remove()
    for place, group in enumerate(plot.groups):
        bottom = (count - 1 - place) * (PANEL + BETWEEN) / height
        panel = sheet.add_axes((frame.x0, bottom, frame.width, PANEL / height))
        rows.dress(panel, x.scale)
        panel.spines["left"].set_visible(True)
        panel.set_ylim(tall.low, tall.high)
        panel.set_yticks(tall.ticks, tall.texts)
        panel.tick_params("y", length=3, width=0.7, pad=3)
        panel.grid(visible=True, axis="y", color=style.GRID, linewidth=0.6)
        if place < count - 1:
            panel.set_xticklabels([])
        heading = plot.context.words(
            "describe.head", name=text.shown(group.label), n=numbers.count(group.n)
        )
        panel.set_title(heading, loc="left", fontsize=style.FONT, pad=4)
        _bars(panel, plot, group)


def _bars(axes: Axes, plot: _Plot, group: _Group) -> None:
    widths = [high - low for low, high in zip(plot.starts, plot.ends, strict=True)]
    axes.bar(
        plot.starts, group.heights(plot.show), widths, align="edge", color=style.ACCENT,
        edgecolor=style.PAPER, linewidth=0.5, zorder=2,
    )  # fmt: skip


def _caption(plot: _Plot, name: str) -> str:
    if not plot.by:
        return plot.context.words(f"{name}.caption", label=lowered(plot.x))
    return plot.context.words(f"{name}.caption_by", label=lowered(plot.x), by=lowered(plot.by))


def _alt(plot: _Plot) -> str:
    words = plot.context.words
    told = " ".join(
        words(
            "histogram.told_group" if plot.by else "histogram.told", group=group.label,
            n=numbers.count(group.n), interval=plot.interval(group.fullest),
            share=numbers.percent(group.counts[group.fullest] / group.n, group.n),
        )
        for group in plot.groups
    )  # fmt: skip
    return words(
        "histogram.alt", label=plot.x, count=numbers.count(len(plot.starts)),
        low=_given(plot.starts[0]), high=_given(plot.ends[-1]), told=told,
    )  # fmt: skip


def _given(end: float) -> str:
    return numbers.given(float(f"{end:.6g}"))


def _notes(options: Histogram.Options, plot: _Plot) -> Iterable[str]:
    words = plot.context.words
    if options.note:
        yield options.note
    yield words("histogram.bins" if options.bins else "histogram.freedman")
    yield from missing_note(sum(group.missing for group in plot.groups), plot.context)


def missing_note(count: int, context: Context) -> Iterable[str]:
    """How many rows are not shown, for want of a value."""
    if count:
        yield context.words("histogram.missing", count=numbers.count(count))
