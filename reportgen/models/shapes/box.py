"""`box`: what `plot: box` asks of the rows. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.description import Summary
from reportgen.core.errors import Problem
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.types import Frame, Result

if TYPE_CHECKING:
    import numpy as np

FENCE = 1.5
MOST_OUTSIDE = 500
"""Of more values outside the fences so many are drawn, the farthest among them."""


class Box:
    """Quartiles, whiskers and what lies beyond them, of a column, by group."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        column: Column = option(doc="The column.")
        by: Column | None = option(None, doc="A column whose levels have a box each.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """A summary a group, with the count of values `outside`; its whiskers (`whiskers:level`)
        and the values outside them that are drawn (`outside:level`).

        DataError for a column of text.
        """
        from reportgen.models.shapes.columns import grouped, summaries

        groups = grouped(frame, options.column, options.by)
        known = {each.group: each for each in summaries(frame, options.column, options.by)}
        found: list[Summary] = []
        drawn: dict[str, tuple[float, ...]] = {}
        for level, values in groups.items():
            box, whiskers, outside = boxed(values)
            found.append(replace(box, variable=options.column, group=level,
                                 missing=known[level].missing))  # fmt: skip
            drawn[f"whiskers:{level}"] = whiskers
            drawn[f"outside:{level}"] = outside
        return Result(
            kind="box",
            status="ok",
            n=sum(each.n for each in found),
            n_read=len(frame.table),
            summaries=tuple(found),
            observations=drawn,
        )

    def tidy(self, fit: Result) -> Result:
        """The boxes as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """Whiskers and values outside."""
        return fit.observations


def boxed(values: np.ndarray) -> tuple[Summary, tuple[float, float], tuple[float, ...]]:
    """The box of sorted `values`, its whiskers, and the values outside that are drawn.

    Tukey (1977), Exploratory Data Analysis, 2C–2E: whiskers go to the last value within 1.5
    interquartile ranges of the box. Quartiles by linear interpolation (Hyndman and Fan's type 7).
    """
    import numpy as np

    q1, median, q3 = (float(each) for each in np.quantile(values, [0.25, 0.5, 0.75]))
    reach = FENCE * (q3 - q1)
    inside = values[(values >= q1 - reach) & (values <= q3 + reach)]
    low, high = float(inside[0]), float(inside[-1])
    outside = values[(values < low) | (values > high)]
    box = Summary(
        "", "", len(values), 0, mean=float(values.mean()), median=median, q1=q1, q3=q3,
        min=float(values[0]), max=float(values[-1]), counts={"outside": len(outside)},
    )  # fmt: skip
    if len(outside) > MOST_OUTSIDE:
        places = np.linspace(0, len(outside) - 1, MOST_OUTSIDE).round().astype(int)
        outside = outside[np.unique(places)]
    return box, (low, high), tuple(map(float, outside))
