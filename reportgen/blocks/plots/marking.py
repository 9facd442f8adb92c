"""Points with their intervals, and what shows that they go on beyond the axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.blocks.plots.scale import Scale
from reportgen.blocks.plots.style import PAPER, Mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINT = 5.0
LINE = 1.3


def interval(axes: Axes, low: float, high: float, at: float, *, colour: str, scale: Scale) -> None:
    """A thin line without caps; an arrow head where it goes on beyond an end of the axis."""
    start, end = max(low, scale.low), min(high, scale.high)
    if start <= end:
        axes.plot([start, end], [at, at], color=colour, linewidth=LINE, solid_capstyle="butt")
    if low < scale.low:
        arrow(axes, scale.low, at, colour, "<")
    if high > scale.high:
        arrow(axes, scale.high, at, colour, ">")


def point(axes: Axes, value: float, at: float, mark: Mark, size: float = POINT) -> None:
    """An estimate."""
    axes.plot(
        [value], [at], color=mark.colour, marker=mark.shape, markersize=size, markeredgewidth=0,
        linestyle="none", clip_on=False, zorder=3,
    )  # fmt: skip


def hollow(axes: Axes, value: float, at: float, mark: Mark, size: float = POINT) -> None:
    """A level that others are compared with: no estimate, but a definition."""
    axes.plot(
        [value], [at], color=mark.colour, marker=mark.shape, markersize=size - 0.7,
        markerfacecolor=PAPER, markeredgewidth=0.9, linestyle="none", clip_on=False, zorder=3,
    )  # fmt: skip


def arrow(axes: Axes, end: float, at: float, colour: str, shape: str) -> None:
    """The head of an arrow at an end of the axis: what it stands for lies further out."""
    axes.plot(
        [end], [at], color=colour, marker=shape, markersize=POINT, markeredgewidth=0,
        linestyle="none", clip_on=False, zorder=3,
    )  # fmt: skip
