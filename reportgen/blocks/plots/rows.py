"""A chart of rows: labels at the left, one axis below, numbers at the right. All lengths in inches.

Labels begin at the left edge, as in the stub of a table; the axis takes what they leave. To be
used while `library.settings` hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reportgen.blocks.plots import style, text
from reportgen.blocks.plots.scale import Scale
from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INDENT = 0.14
GAP = 0.14
MOST_LABEL = 2.5
MOST_VALUE = 1.8
LEAD = 0.155
"""The distance of two lines of one label, for text of the usual size."""


@dataclass(frozen=True)
class Line:
    """One row: its label, what is written at its right, and how high it is."""

    label: str
    height: float
    indent: int = 0
    strong: bool = False
    value: str = ""


@dataclass(frozen=True)
class Chart:
    """The axes that the numbers are drawn on; `middles` are the rows' places on its y axis."""

    axes: Axes
    middles: tuple[float, ...]


def chart(
    figure: Figure, lines: Sequence[Line], scale: Scale, title: str, size: float = style.FONT
) -> Chart:
    """The sheet with labels, values, axis and grid, ready for the numbers.

    On the y axis one unit is one inch, counted from the top, so that offsets are lengths.
    """
    labels = [_wrapped(line, size) for line in lines]
    heights = [
        max(line.height, LEAD * size / style.FONT * (label.count("\n") + 1) + 0.05)
        for line, label in zip(lines, labels, strict=True)
    ]
    body = sum(heights)
    middles = tuple(sum(heights[:row]) + height / 2 for row, height in enumerate(heights))
    left = GAP + max(
        (line.indent * INDENT + text.width(label, size, _weight(line))
         for line, label in zip(lines, labels, strict=True)), default=0.0,
    )  # fmt: skip
    values = max((text.width(line.value, size) for line in lines), default=0.0)
    right = min(values, MOST_VALUE) + GAP if values else 0.0
    figure.set_size_inches(style.WIDTH, body)
    share = (left / style.WIDTH, 0.0, (style.WIDTH - left - right) / style.WIDTH, 1.0)
    axes = figure.add_axes(share, ylim=(body, 0.0))
    for line, label, middle in zip(lines, labels, middles, strict=True):
        _write(figure, line, label, 1 - middle / body, size)
    dress(axes, scale)
    axis_title(figure, axes, title)
    return Chart(axes, middles)


def dress(axes: Axes, scale: Scale) -> None:
    """An x axis with its scale: a bottom line, short ticks, a light grid, nothing else."""
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_xlim(scale.low, scale.high)
    axes.set_xticks(scale.ticks, scale.texts)
    axes.set_yticks([])
    axes.tick_params("x", length=3, width=0.7, pad=3)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x", color=style.GRID, linewidth=0.6)


def axis_title(figure: Figure, axes: Axes, title: str) -> None:
    """What the x axis shows, below it: centred, or ending with it where it is the longer."""
    frame = axes.get_position()
    written = text.wrapped(title, style.WIDTH - 0.1)
    fits = text.width(written) <= frame.width * style.WIDTH
    figure.text(
        x=(frame.x0 + frame.x1) / 2 if fits else frame.x1,
        y=frame.y0 - 0.27 / figure.get_figheight(),
        s=written,
        ha="center" if fits else "right",
        va="top",
    )


def null_line(axes: Axes, at: float) -> None:
    """The line of no effect."""
    axes.axvline(at, color=style.INK, linewidth=0.8, zorder=1.5)


def legend(figure: Figure, axes: Axes, names: Sequence[str], marks: Sequence[style.Mark]) -> None:
    """The models' marks, above the axis at its right end, on as many lines as they take."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="none", color=mark.colour, marker=mark.shape, markersize=5.5)
        for mark in marks
    ]
    frame = axes.get_position()
    figure.legend(
        handles,
        [text.wrapped(name, style.WIDTH - 0.5) for name in names],
        loc="lower right",
        bbox_to_anchor=(frame.x1, frame.y1 + 0.06 / figure.get_figheight()),
        ncols=_columns(names),
        frameon=False,
        borderaxespad=0.0,
        borderpad=0.0,
        handletextpad=0.3,
        columnspacing=1.6,
    )


def _columns(names: Sequence[str]) -> int:
    """How many entries of a legend fit beside each other."""
    widths = [text.width(name) + 0.55 for name in names]
    for columns in range(len(names), 1, -1):
        if sum(_widest(widths, columns)) <= style.WIDTH:
            return columns
    return 1


def _widest(widths: Sequence[float], columns: int) -> Iterable[float]:
    """The width of each column of a legend, which is filled column by column."""
    depth = -(-len(widths) // columns)
    return (max(widths[start : start + depth]) for start in range(0, len(widths), depth))


def _wrapped(line: Line, size: float) -> str:
    return text.wrapped(text.shown(line.label), MOST_LABEL - line.indent * INDENT, size)


def _weight(line: Line) -> str:
    return "semibold" if line.strong else "normal"


def _write(figure: Figure, line: Line, label: str, height: float, size: float) -> None:
    start = line.indent * INDENT / style.WIDTH
    weight = _weight(line)
    figure.text(start, height, label, va="center_baseline", size=size, weight=weight)
    if line.value:
        figure.text(1.0, height, line.value, ha="right", va="center_baseline", size=size)
