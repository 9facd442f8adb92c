"""`cut`: a number becomes an interval, at given points or at quantiles of the people analysed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.numbers import significant
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.core.types import Variable
from reportgen.data.recodes._common import OneColumn, numbers, variable

if TYPE_CHECKING:
    import pandas as pd


class Cut(OneColumn):
    """Intervals of a number."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `cut`."""

        cut: Column = option(doc="The column of numbers.")
        at: tuple[float, ...] = option((), doc="The points between the intervals, ascending.")
        quantiles: int | None = option(None, doc="Make so many groups of equal size instead.")
        labels: tuple[str, ...] = option((), doc="The intervals' names, one more than points.")
        right: bool = option(False, doc="A point belongs to the interval below it.")

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Row by row at given points; across the people analysed at quantiles."""
        return "sample" if options.quantiles else "row"

    def check(self, options: Options) -> Iterable[Problem]:
        """Exactly one way to cut, points in order, a label for each interval."""
        if bool(options.at) == bool(options.quantiles):
            yield Problem("cut", "`cut` takes `at` or `quantiles`, one of the two")
            return
        if list(options.at) != sorted(set(options.at)):
            yield Problem("cut", "the points of `at` must ascend", ("at",))
        if options.quantiles is not None and not 2 <= options.quantiles <= 100:
            yield Problem("cut", "`quantiles` is a number from 2 to 100", ("quantiles",))
        groups = options.quantiles or len(options.at) + 1
        if options.labels and len(options.labels) != groups:
            yield Problem(
                "cut",
                f"{groups} intervals need {groups} labels, not {len(options.labels)}",
                ("labels",),
            )

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The interval's name for each row, levels in their order."""
        import numpy as np
        import pandas as pd

        values = numbers(table, options.cut, "cut")
        points: tuple[float, ...] = options.at
        if options.quantiles:
            shares = [part / options.quantiles for part in range(1, options.quantiles)]
            points = tuple(float(point) for point in values.quantile(shares))
        if len(set(points)) < len(points):
            message = f"`{options.cut}` has too few different values for {options.quantiles} groups"
            raise DataError(Problem("too-few-values", message, ("quantiles",)))
        names = options.labels or labels(points, options.right)
        edges = [-np.inf, *points, np.inf]
        return {name: pd.cut(values, edges, right=options.right, labels=list(names))}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """Intervals are categories in ascending order, as far as they are known without data."""
        names = options.labels or (labels(options.at, options.right) if options.at else ())
        levels = {each: each for each in names}
        return {name: replace(variable(name, options), levels=levels, categorical=True)}


def labels(points: tuple[float, ...], right: bool) -> tuple[str, ...]:
    """Names for the intervals between points: "<20", "20 to <40", "≥40"."""
    shown = [significant(point, 6) if point % 1 else f"{point:.0f}" for point in points]
    below, above = ("≤", ">") if right else ("<", "≥")
    between = [
        f">{low} to {high}" if right else f"{low} to <{high}" for low, high in pairwise(shown)
    ]
    return (f"{below}{shown[0]}", *between, f"{above}{shown[-1]}")
