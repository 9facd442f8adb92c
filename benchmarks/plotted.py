"""Curves as the figures of a report are drawn: colour and shape tell a tool, axes are logarithmic.

A dotted line has the slope of proportion: whatever grows in proportion runs beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from measure import OURS
from page import number

from reportgen.blocks.plots import style
from reportgen.blocks.plots.figure import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

PEERS = ("statsmodels", "lme4", "geepack")
ROW, BELOW, LINE, GAP = 1.9, 0.5, 0.16, 0.12
"""Inches: the height of a row of panels, what an axis takes below, a line of the legend, and what is
free under it.
"""
LONG = 30
"""A legend with a name of so many letters has two columns, not three."""


def drawn(plot: dict[str, Any]) -> str:
    """An SVG file: the panels of a plot two by two, with one legend above."""
    names = list(dict.fromkeys(name for panel in plot["panels"] for name in panel["curves"]))
    columns = 2 if max(map(len, names)) > LONG else 3
    above = GAP + LINE * -(-(len(names) + 1) // columns)
    height = above + -(-len(plot["panels"]) // 2) * (ROW + BELOW)
    svg = draw(lambda figure: _paint(figure, plot, names, columns, height - above), height)
    start = svg.index(">") + 1
    paper = f'<rect width="100%" height="100%" fill="{style.PAPER}"/>'
    return f"{svg[:start]}{paper}{svg[start:]}\n"


def alternative(plot: dict[str, Any]) -> str:
    """The plot in words, from its numbers."""
    said = []
    for panel in plot["panels"]:
        title = f"{panel['title']}, {panel['unit']}" if panel["title"] else panel["unit"]
        curves = (f"{name} {_ends(points)}" for name, points in panel["curves"].items() if points)
        said.append(f"{title}: {'; '.join(curves)}")
    return f"By {plot['x']}. {'. '.join(said)}."


def _ends(points: list[list[float]]) -> str:
    (x0, y0), (x1, y1) = points[0], points[-1]
    return f"{number(y0)} at {x0:,.0f}, {number(y1)} at {x1:,.0f}"


def _paint(figure: Figure, plot: dict[str, Any], names: list[str], columns: int,
           top: float) -> None:  # fmt: skip
    looks = _looks(names)
    height = figure.get_figheight()
    handles = {}
    for place, panel in enumerate(plot["panels"]):
        row, column = divmod(place, 2)
        bottom = top - (row + 1) * (ROW + BELOW) + BELOW
        axes = figure.add_axes((0.09 + 0.52 * column, bottom / height, 0.39, (ROW - 0.2) / height))
        for name, points in panel["curves"].items():
            x, y = zip(*points, strict=True)
            colour, shape, dashes = looks[name]
            (handles[name],) = axes.plot(x, y, color=colour, marker=shape, linestyle=dashes,
                                         markersize=4, linewidth=1.1)  # fmt: skip
        handles["in proportion"] = _dress(axes, panel, plot["x"])
    handles["in proportion"] = handles.pop("in proportion")  # the last of the legend
    figure.legend(handles.values(), handles.keys(), loc="upper left", bbox_to_anchor=(0.08, 1.0),
                  ncols=columns, frameon=False, fontsize=style.SMALL,
                  borderaxespad=0, handlelength=2.4)  # fmt: skip


def _looks(names: list[str]) -> dict[str, tuple[str, str, str]]:
    """Colour, shape and dashes: reportgen's first is the accent, a peer has always its own."""
    grey, *colours = (each.colour for each in style.marks(6))
    peers = dict(zip(PEERS, ((colours[1], "D"), (colours[2], "^"), (colours[3], "v")), strict=True))
    ours = iter(
        (
            *((colours[0], "s", "-"), (colours[0], "o", "--")),
            *((grey, "X", "-."), (grey, "P", ":")),
            *((colours[4], "h", "-"), (colours[4], "*", "--")),
        )
    )
    return {name: next(ours) if name.startswith(OURS) else (*peers[name], "-") for name in names}


def _dress(axes: Axes, panel: dict[str, Any], x: str) -> Line2D:
    """Scales, title, grid; and the line of proportion, which is returned."""
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    title = f"{panel['title']}: {panel['unit']}" if panel["title"] else panel["unit"]
    axes.set_title(title, loc="left", fontsize=style.FONT)
    axes.set_xlabel(x)
    values = [value for points in panel["curves"].values() for _, value in points]
    sizes = sorted({size for points in panel["curves"].values() for size, _ in points})
    axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    if max(values) / min(values) < 30:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.grid(color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    low, high = min(values) / 1.6, max(values) * 1.6
    if high / low < 12:
        low, high = low / 2, low / 2 * 24
    axes.set_ylim(low, high)
    start = low * 1.15
    (line,) = axes.plot(sizes, [start * size / sizes[0] for size in sizes], color=style.MUTED,
                        linestyle=":", linewidth=1, zorder=1)  # fmt: skip
    return line
