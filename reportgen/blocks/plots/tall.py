"""A chart of many rows that stays on one page: rows come closer, labels get smaller, then fewer.

All lengths in inches. To be used while `library.settings` hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from reportgen.blocks.plots import rows, style, text
from reportgen.blocks.plots.rows import GAP, MOST_LABEL, Chart
from reportgen.blocks.plots.scale import Scale
from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 0.135
EDGE = 0.04
"""What is free above the first row and below the last."""
TALLEST = 7.4
"""With title, axis and caption this fills a page."""
LEADING = 1.25
"""The height of a line of text over the size of its type."""


@dataclass(frozen=True)
class Density:
    """The height of a row, the size of its label in points, and every which row has a label."""

    row: float
    size: float
    stride: int

    def labelled(self, count: int) -> int:
        """How many of `count` rows have a label."""
        return ceil(count / self.stride)


def density(count: int) -> Density:
    """How close `count` rows stand, so that all of them are at most `TALLEST` inches high."""
    row = min(ROW, TALLEST / max(count, 1))
    stride = ceil(style.SMALL * LEADING / 72 / row - 1e-9)
    return Density(row, max(style.SMALL, min(style.FONT, 72 * stride * row / LEADING)), stride)


def chart(
    figure: Figure, labels: Sequence[str], scale: Scale, title: str, heading: str = ""
) -> Chart:
    """The sheet with one row for each label; `heading` says above them what they are.

    On the y axis one unit is one inch, counted from the top.
    """
    close = density(len(labels))
    shown = [
        _line(label, close.size) if row % close.stride == 0 else ""
        for row, label in enumerate(labels)
    ]
    above = text.wrapped(text.shown(heading), MOST_LABEL)
    widths = [text.width(label, close.size) for label in shown]
    left = GAP + max(*widths, text.width(above))
    body = close.row * len(labels) + 2 * EDGE
    figure.set_size_inches(style.WIDTH, body)
    share = (left / style.WIDTH, 0.0, (style.WIDTH - left) / style.WIDTH, 1.0)
    axes = figure.add_axes(share, ylim=(body, 0.0))
    middles = tuple(EDGE + close.row * (row + 0.5) for row in range(len(labels)))
    for label, middle in zip(shown, middles, strict=True):
        figure.text(0.0, 1 - middle / body, label, va="center_baseline", size=close.size)
    figure.text(0.0, 1 + 0.05 / body, above, va="bottom", color=style.MUTED)
    rows.dress(axes, scale)
    rows.axis_title(figure, axes, title)
    return Chart(axes, middles)


def _line(label: str, size: float) -> str:
    """A label on one line; one that is too long ends with an ellipsis."""
    whole = text.shown(label)
    if text.width(whole, size) <= MOST_LABEL:
        return whole
    return text.wrapped(whole, MOST_LABEL - 0.1, size).split("\n", 1)[0] + "…"
