"""`plot: missing` — how much each column lacks, and which values are missing together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import joined, variable_text
from reportgen.blocks.naming import few
from reportgen.blocks.plots import rows, scale, style
from reportgen.blocks.plots.figure import draw
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, DatasetName, dataset, option
from reportgen.core.options import Column as ColumnName
from reportgen.core.types import Variable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

ROW = 0.22
BAR = 0.13
LEFT = 0.52
"""The share of the width that the bars take; the patterns have the rest, less a gap."""
GAP = 0.06
MOST_PATTERNS = 10
MOST_NAMES = 6


@dataclass(frozen=True)
class _Column:
    """A column, how many rows lack its value, and in which patterns (by position)."""

    label: str
    missing: int
    share: float
    place: int


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told."""

    columns: tuple[_Column, ...]
    complete: tuple[str, ...]
    patterns: tuple[tuple[str, int], ...]
    hidden: tuple[int, ...]
    n: int
    whole: int
    context: Context


class Missing:
    """Bars: the share of rows that lack a value; squares: which values are missing together."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: missing`."""

        data: DatasetName = dataset()
        columns: tuple[ColumnName, ...] = option(
            (), doc="The columns looked at; where not given all, and those that lack values shown."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The counts of the columns and of the patterns."""
        columns = options.columns or tuple(context.datasets[options.data].variables)
        return {"counts": Request("missing", {"columns": columns}, data=options.data)}

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the columns' counts."""
        plot, words = _plot(options, context), context.words
        notes = tuple(_notes(plot, options))
        return Figure(
            kind="missing",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words("plot_missing.caption"),
            columns=tuple(words(f"data.{name}") for name in ("variable", "missing", "share")),
            rows=tuple((each.label, each.missing, each.share) for each in plot.columns),
            notes=notes,
            abbreviations=occurring((*(each.label for each in plot.columns), *notes), words),
        )


def _plot(options: Missing.Options, context: Context) -> _Plot:
    *each, patterns = context.computed["counts"].summaries
    facts, n = context.datasets[options.data], context.computed["counts"].n_read
    found = [
        _Column(
            _label(facts.variables, summary.variable), summary.missing,
            summary.missing / n if n else 0.0, place,
        )
        for place, summary in enumerate(each)
    ]  # fmt: skip
    lacking = [column for column in found if column.missing]
    shown = found if options.columns or not lacking else lacking
    held = sorted(patterns.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return _Plot(
        tuple(sorted(shown, key=lambda column: -column.missing)),
        tuple(column.label for column in found if column not in shown),
        tuple(held[:MOST_PATTERNS]), tuple(count for _, count in held[MOST_PATTERNS:]),
        n, patterns.n, context,
    )  # fmt: skip


def _label(variables: Mapping[str, Variable], name: str) -> str:
    variable = variables.get(name)
    return variable_text(variable) if variable else name


def _paint(sheet: Sheet, plot: _Plot) -> None:
    words = plot.context.words
    lines = [rows.Line(column.label, ROW) for column in plot.columns]
    most = max((column.share for column in plot.columns), default=0.0)
    made = rows.chart(sheet, lines, scale.linear(0.0, 100 * most or 1.0, room=0.0), "")
    frame = made.axes.get_position()
    made.axes.set_position((frame.x0, 0.0, LEFT * frame.width, 1.0))
    made.axes.set_axisbelow(True)
    made.axes.barh(
        made.middles, [100 * column.share for column in plot.columns], height=BAR,
        color=style.ACCENT,
    )  # fmt: skip
    rows.axis_title(sheet, made.axes, words("plot_missing.share"))
    start = frame.x0 + (LEFT + GAP) * frame.width
    beside = sheet.add_axes((start, 0.0, 1.0 - start, 1.0), ylim=made.axes.get_ylim())
    _squares(beside, plot, made.middles)
    beside.set_title(words("plot_missing.patterns"), fontsize=style.FONT, pad=5)


def _squares(axes: Axes, plot: _Plot, middles: Sequence[float]) -> None:
    """A column of squares a pattern, filled where the value is missing; below it its rows."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlim(-0.6, max(len(plot.patterns), 4) - 0.4)
    axes.set_yticks([])
    axes.set_xticks(
        range(len(plot.patterns)), [numbers.count(count) for _, count in plot.patterns],
        rotation=90, fontsize=style.SMALL,
    )  # fmt: skip
    axes.tick_params("x", length=0, pad=3)
    for at, (signs, _) in enumerate(plot.patterns):
        for column, middle in zip(plot.columns, middles, strict=True):
            gone = signs[column.place] == "1"
            axes.plot(
                [at], [middle], linestyle="none", marker="s", markersize=6.0, markeredgewidth=0,
                color=style.ACCENT if gone else style.GRID, clip_on=False,
            )  # fmt: skip


def _alt(plot: _Plot) -> str:
    words = plot.context.words
    lacking = [column for column in plot.columns if column.missing]
    known = {
        "columns": numbers.count(len(plot.columns) + len(plot.complete)),
        "rows": numbers.count(plot.n),
    }
    if not lacking:
        return words("plot_missing.alt_none", **known)
    named = [
        words(
            "plot_missing.named", label=column.label, count=numbers.count(column.missing),
            share=numbers.percent(column.share, plot.n),
        )
        for column in lacking
    ]  # fmt: skip
    return words(
        "plot_missing.alt", count=numbers.count(len(lacking)), most=few(named, words),
        complete=numbers.count(plot.whole), **known,
    )  # fmt: skip


def _notes(plot: _Plot, options: Missing.Options) -> Iterable[str]:
    words = plot.context.words
    if options.note:
        yield options.note
    if any(column.missing for column in plot.columns):
        yield words("plot_missing.squares")
    if plot.hidden:
        yield words(
            "plot_missing.others", patterns=numbers.count(len(plot.hidden)),
            count=numbers.count(sum(plot.hidden)),
        )  # fmt: skip
    if plot.complete:
        shown = joined(plot.complete, words) if len(plot.complete) <= MOST_NAMES else None
        yield words("plot_missing.complete", columns=shown or few(plot.complete, words))
