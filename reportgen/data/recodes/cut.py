"""`cut`: a number becomes an interval, at given points or at quantiles of the people analysed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.numbers import significant, whole
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.core.sentences import Sentence, say
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
        points = _points(options, values)
        if len(set(points)) < len(points):
            message = f"`{options.cut}` has too few different values for {options.quantiles} groups"
            raise DataError(Problem("too-few-values", message, ("quantiles",)))
        names = options.labels or labels(points, options.right)
        edges = [-np.inf, *points, np.inf]
        return {name: pd.cut(values, edges, right=options.right, labels=list(names))}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """Intervals are categories in ascending order, as far as they are known without data."""
        return {name: _shown(name, options, options.at)}

    def learn(self, name: str, options: Options, table: pd.DataFrame) -> Mapping[str, Variable]:
        """The same with the intervals between quantiles."""
        points = options.at
        if options.quantiles and not options.labels:
            points = _points(options, numbers(table, options.cut, "cut"))
        return {name: _shown(name, options, points)}


def _points(options: Cut.Options, values: pd.Series[Any]) -> tuple[float, ...]:
    if not options.quantiles:
        return options.at
    shares = [part / options.quantiles for part in range(1, options.quantiles)]
    return tuple(float(point) for point in values.quantile(shares))


def _shown(name: str, options: Cut.Options, points: tuple[float, ...]) -> Variable:
    names = options.labels or (labels(points, options.right) if points else ())
    own = () if options.labels or not points else intervals(points, options.right)
    return replace(
        variable(name, options),
        levels={each: each for each in names},
        said=dict(zip(names, own, strict=False)),
        categorical=True,
    )


def intervals(points: tuple[float, ...], right: bool) -> tuple[Sentence, ...]:
    """The same names for a report in any language, without needless zeros."""
    shown = [_bound(point) for point in points]
    first, last, pairs = shown[0], shown[-1], list(pairwise(shown))
    if right:
        between = [say("part_interval-right", low=low, high=high) for low, high in pairs]
        ends = say("part_interval-to", high=first), say("part_interval-over", low=last)
    else:
        between = [say("part_interval", low=low, high=high) for low, high in pairs]
        ends = say("part_interval-below", high=first), say("part_interval-above", low=last)
    return (ends[0], *between, ends[1])


def _bound(point: float) -> float | str:
    """Six significant digits; a whole number, which may be a year, as it was written."""
    if not point % 1:
        return whole(int(point))
    return float(f"{point:.6g}") if abs(point) < 1e5 else float(round(point))


def labels(points: tuple[float, ...], right: bool) -> tuple[str, ...]:
    """Names for the intervals between points: "<20", "20 to <40", "≥40"."""
    shown = [significant(point, 6) if point % 1 else f"{point:.0f}" for point in points]
    below, above = ("≤", ">") if right else ("<", "≥")
    between = [
        f">{low} to {high}" if right else f"{low} to <{high}" for low, high in pairwise(shown)
    ]
    return (f"{below}{shown[0]}", *between, f"{above}{shown[-1]}")
