"""A chart of two numeric axes. Lengths in inches; to be used while `library.settings` hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reportgen.blocks.plots import rows, style, text
from reportgen.blocks.plots.scale import Scale
from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 3.4
SIDE = 2.9
_LINE = 0.16
_PAD = 0.09


@dataclass(frozen=True)
class Axis:
    """An axis and what it shows."""

    scale: Scale
    title: str


@dataclass(frozen=True)
class Stroke:
    """A kind of line in the legend; `width` in points, `dash` and `shape` as matplotlib's."""

    label: str
    colour: str
    width: float
    dash: Any = "-"
    shape: str = ""


def plane(figure: Figure, x: Axis, y: Axis, height: float = HEIGHT) -> Axes:
    """The axes, dressed; the y axis' title stands upright beside it, on as many lines as needed."""
    return _plane(figure, x, y, height, None)


def square(figure: Figure, x: Axis, y: Axis) -> Axes:
    """The same with a square frame at the left, `SIDE` high and wide, and room at its right."""
    return _plane(figure, x, y, SIDE, SIDE)


def beside(figure: Figure, axes: Axes, entries: Sequence[Stroke]) -> None:
    """What each kind of line is, at the right of a square, on as many lines as it takes."""
    from matplotlib.lines import Line2D

    frame = axes.get_position()
    room = (1 - frame.x1) * style.WIDTH - 0.6
    figure.legend(
        [
            Line2D([], [], color=entry.colour, linewidth=entry.width, linestyle=entry.dash,
                   marker=entry.shape, markersize=5)
            for entry in entries
        ],
        ["\n".join(text.wrapped(text.shown(line), room) for line in entry.label.split("\n"))
         for entry in entries],
        loc="upper left",
        bbox_to_anchor=(frame.x1 + 0.16 / style.WIDTH, frame.y1),
        frameon=False, borderaxespad=0.0, borderpad=0.0, handlelength=1.6, handletextpad=0.6,
        labelspacing=0.9, alignment="left",
    )  # fmt: skip


def _plane(figure: Figure, x: Axis, y: Axis, height: float, width: float | None) -> Axes:
    figure.set_size_inches(style.WIDTH, height)
    title = text.wrapped(text.shown(y.title), height)
    ticks = max((text.width(written) for written in y.scale.texts), default=0.0)
    left = _LINE * (title.count("\n") + 1) + ticks + 2 * _PAD
    across = width or style.WIDTH - left
    axes = figure.add_axes((left / style.WIDTH, 0.0, across / style.WIDTH, 1.0))
    rows.dress(axes, x.scale)
    axes.spines["left"].set_visible(True)
    axes.set_ylim(y.scale.low, y.scale.high)
    axes.set_yticks(y.scale.ticks, y.scale.texts)
    axes.tick_params("y", length=3, width=0.7, pad=3)
    axes.grid(visible=True, axis="y", color=style.GRID, linewidth=0.6)
    figure.text(0.0, 0.5, title, rotation=90, ha="left", va="center", multialignment="center")
    rows.axis_title(figure, axes, text.shown(x.title))
    return axes


def line_legend(figure: Figure, axes: Axes, entries: Sequence[Stroke]) -> None:
    """What each kind of line is, above the axes at their right end."""
    from matplotlib.lines import Line2D

    frame = axes.get_position()
    figure.legend(
        [
            Line2D(
                [],
                [],
                color=entry.colour,
                linewidth=entry.width,
                linestyle=entry.dash,
                marker=entry.shape,
                markersize=5,
            )
            for entry in entries
        ],
        [entry.label for entry in entries],
        loc="lower right",
        bbox_to_anchor=(frame.x1, frame.y1 + 0.06 / figure.get_figheight()),
        ncols=len(entries),
        frameon=False,
        borderaxespad=0.0,
        borderpad=0.0,
        handlelength=1.5,
        handletextpad=0.5,
        columnspacing=1.6,
    )
