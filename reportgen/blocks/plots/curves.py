"""Curves with bands, or means with intervals: how a prediction over a covariate is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from reportgen.blocks.plots import scale, style
from reportgen.blocks.plots.plane import Axis, Stroke, line_legend, plane
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Scalar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (1, 1)))
"""A pattern for each curve: who sees no colours tells them apart by it."""
WIDTH = 1.8
BAND = 0.16
SPREAD = 0.3
"""How much of the room between two levels their marks take, where there are several curves."""
UPWARD = 2
"""matplotlib's mark of a short stroke that stands on its point."""

Point = tuple[str | int | float | bool, float, float, float]


@dataclass(frozen=True)
class Curve:
    """Predicted means `y` with limits `low` and `high` at `x`.

    `texts` are the levels where the covariate is no number (x are then their places); `rug` holds
    values of the covariate that occur.
    """

    label: str
    mark: style.Mark
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    texts: tuple[str, ...] = ()
    rug: tuple[float, ...] = ()

    @classmethod
    def of(
        cls,
        label: str,
        points: Sequence[Point],
        mark: style.Mark,
        rug: Sequence[float],
        text: Callable[[str | float], str],
    ) -> Curve:
        """A curve of points (x, estimate, low, high); of two numbers or of levels, marks."""
        values = [each[0] for each in points]
        few = len(values) <= 2 or any(isinstance(each, str) for each in values)
        places = [float(n) for n in range(len(values))] if few else [float(v) for v in values]
        texts = tuple(text(v if isinstance(v, str) else float(v)) for v in values) if few else ()
        return cls(
            label=label,
            mark=mark,
            x=tuple(places),
            y=tuple(each[1] for each in points),
            low=tuple(each[2] for each in points),
            high=tuple(each[3] for each in points),
            texts=texts,
            rug=() if few else tuple(rug),
        )

    def rows(self) -> Iterable[tuple[Scalar, ...]]:
        """What was drawn: x, estimate, low, high."""
        names: Sequence[Scalar] = self.texts or self.x
        return zip(names, self.y, self.low, self.high, strict=True)

    def ends(self) -> tuple[str, str]:
        """The first and the last value of the covariate, as text."""
        if self.texts:
            return self.texts[0], self.texts[-1]
        return numbers.given(float(f"{self.x[0]:.3g}")), numbers.given(float(f"{self.x[-1]:.3g}"))


def paint(sheet: Figure, curves: Sequence[Curve], x: Axis, title: str) -> None:
    """All curves on one plane, with a legend where there are several."""
    least = min(value for curve in curves for value in curve.low)
    most = max(value for curve in curves for value in curve.high)
    axes = plane(sheet, x, Axis(scale.linear(least, most), title))
    for position, curve in enumerate(curves):
        if curve.texts:
            _marks(axes, curve, _shift(position, len(curves)))
        else:
            _line(axes, curve, position)
    _rug(axes, curves)
    if len(curves) > 1:
        line_legend(sheet, axes, [
            Stroke(curve.label, curve.mark.colour, WIDTH, *_strokes(curve, position))
            for position, curve in enumerate(curves)
        ])  # fmt: skip


def _strokes(curve: Curve, position: int) -> tuple[object, str]:
    return ("", curve.mark.shape) if curve.texts else (DASHES[position % len(DASHES)], "")


def _line(axes: Axes, curve: Curve, position: int) -> None:
    axes.fill_between(
        curve.x, curve.low, curve.high, color=curve.mark.colour, alpha=BAND, linewidth=0
    )
    axes.plot(
        curve.x, curve.y, color=curve.mark.colour, linewidth=WIDTH,
        linestyle=DASHES[position % len(DASHES)], zorder=3,
    )  # fmt: skip


def _marks(axes: Axes, curve: Curve, shift: float) -> None:
    places = [each + shift for each in curve.x]
    axes.vlines(places, curve.low, curve.high, color=curve.mark.colour, linewidth=1.2)
    axes.plot(
        places, curve.y, linestyle="", marker=curve.mark.shape, markersize=5,
        color=curve.mark.colour, zorder=3,
    )  # fmt: skip


def _shift(position: int, count: int) -> float:
    """How far a curve's marks stand beside the middle of their level."""
    return 0.0 if count == 1 else SPREAD * (position / (count - 1) - 0.5)


def _rug(axes: Axes, curves: Sequence[Curve]) -> None:
    if curves[0].rug:
        axes.plot(
            curves[0].rug, [0.0] * len(curves[0].rug), linestyle="", marker=UPWARD, markersize=5,
            markeredgewidth=0.5, color=style.MUTED, alpha=0.6,
            transform=axes.get_xaxis_transform(), clip_on=False,
        )  # fmt: skip
