"""`plot: box` — medians, quartiles and what lies far from them, by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, variable_text
from reportgen.blocks.plots import rows, scale, style
from reportgen.blocks.plots.answers import few_groups, numeric
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.histogram import missing_note
from reportgen.blocks.plots.spread import SpreadOptions, check_spread
from reportgen.blocks.plots.tall import TALLEST
from reportgen.blocks.selection import answer
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.description import Summary
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

MOST_GROUPS = 30
MOST_MARKS = 300
"""More values outside than these are drawn as an image."""
ROW = 0.3
BOX = 0.17
TINT = "#cfe0ea"
NUMBERS = ("low", "q1", "median", "q3", "high", "outside")


@dataclass(frozen=True)
class _Box:
    """One row: its label, its quartiles, its whiskers, and the values outside them."""

    label: str
    summary: Summary
    whiskers: tuple[float, ...]
    outside: tuple[float, ...]

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The first quartile, the median, the third."""
        known = self.summary
        return known.q1 or 0.0, known.median or 0.0, known.q3 or 0.0


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told."""

    boxes: tuple[_Box, ...]
    x: str
    by: str
    context: Context

    @property
    def outside(self) -> int:
        """How many values lie outside the whiskers."""
        return sum(box.summary.counts["outside"] for box in self.boxes)


class Box:
    """A box from quartile to quartile with its median, whiskers, and the values outside them."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(SpreadOptions):
        """Keys of `plot: box`; a level of `by` has a box."""

    def check(self, options: Options) -> Iterable[Problem]:
        """A column by itself."""
        return check_spread(options)

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The boxes. SpecError for a column of categories."""
        numeric(context.datasets[options.data], options.column, "box")
        asked = {"column": options.column, "by": options.by}
        return {"boxes": Request("box", asked, data=options.data)}

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the boxes. FitError where there is no value, SpecError where
        there are too many groups.
        """
        plot, words = _plot(options, context), context.words
        notes = tuple(_notes(options, plot))
        key = "box.caption_by" if options.by else "box.caption"
        return Figure(
            kind="box",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words(
                key, label=lowered(plot.x), by=lowered(plot.by)
            ),
            columns=(
                plot.by or words("box.rows"), words("data.count"), words("data.missing"),
                *(words(f"box.{name}") for name in NUMBERS),
            ),
            rows=tuple(
                (box.label, box.summary.n, box.summary.missing, box.whiskers[0], *box.quartiles,
                 box.whiskers[1], box.summary.counts["outside"])
                for box in plot.boxes
            ),
            notes=notes,
            abbreviations=occurring((plot.x, *notes), words),
        )  # fmt: skip


def _plot(options: Box.Options, context: Context) -> _Plot:
    held, facts = answer(context, "boxes", "column"), context.datasets[options.data]
    by = facts.variables.get(options.by) if options.by else None
    few_groups([each.group for each in held.summaries], options.by, MOST_GROUPS)
    return _Plot(
        boxes=tuple(
            _Box(
                by.show(each.group) if by else each.group or context.words("box.all"), each,
                held.observations[f"whiskers:{each.group}"],
                held.observations[f"outside:{each.group}"],
            )
            for each in held.summaries
        ),
        x=variable_text(numeric(facts, options.column, "box")),
        by=variable_text(by) if by else options.by or "",
        context=context,
    )  # fmt: skip


def _paint(sheet: Sheet, plot: _Plot) -> None:
    ends = [each for box in plot.boxes for each in (*box.whiskers, *box.outside)]
    height = min(ROW, TALLEST / len(plot.boxes))
    lines = [
        rows.Line(box.label, height, value=plot.context.words(
            "box.n", n=numbers.count(box.summary.n)
        ))
        for box in plot.boxes
    ]  # fmt: skip
    made = rows.chart(sheet, lines, scale.linear(min(ends), max(ends)), plot.x)
    image = sum(len(box.outside) for box in plot.boxes) > MOST_MARKS
    for box, middle in zip(plot.boxes, made.middles, strict=True):
        _box(made.axes, box, middle, image=image)


def _box(axes: Axes, box: _Box, middle: float, *, image: bool) -> None:
    (low, high), (q1, median, q3) = box.whiskers, box.quartiles
    axes.plot([low, q1], [middle, middle], color=style.INK, linewidth=0.9)
    axes.plot([q3, high], [middle, middle], color=style.INK, linewidth=0.9)
    axes.barh([middle], [q3 - q1], BOX, [q1], color=TINT, edgecolor=style.INK, linewidth=0.8,
              zorder=2.2)  # fmt: skip
    axes.plot([median, median], [middle - BOX / 2, middle + BOX / 2], color=style.CONTRAST,
              linewidth=2.0, solid_capstyle="butt", zorder=2.5)  # fmt: skip
    axes.plot(
        box.outside, [middle] * len(box.outside), linestyle="none", marker="o", markersize=2.8,
        markerfacecolor="none", markeredgecolor=style.ACCENT, markeredgewidth=0.6, alpha=0.8,
        rasterized=image, clip_on=False, zorder=2.4,
    )  # fmt: skip


def _alt(plot: _Plot) -> str:
    words = plot.context.words

    def text(value: float) -> str:
        return numbers.significant(value, 3)

    def told(box: _Box) -> str:
        q1, median, q3 = box.quartiles
        return words("box.told", group=box.label, median=text(median), q1=text(q1), q3=text(q3))

    count = len(plot.boxes)
    if count > 6:
        ordered = sorted(plot.boxes, key=lambda box: box.quartiles[1])
        shown = words("box.extremes", highest=told(ordered[-1]), lowest=told(ordered[0]))
    else:
        shown = " ".join(f"{told(box)}." for box in plot.boxes)
    return words("box.alt", label=plot.x, count=numbers.count(count), told=shown,
                 outside=numbers.count(plot.outside))  # fmt: skip


def _notes(options: Box.Options, plot: _Plot) -> Iterable[str]:
    words = plot.context.words
    if options.note:
        yield options.note
    yield words("box.tukey")
    yield from missing_note(sum(box.summary.missing for box in plot.boxes), plot.context)
