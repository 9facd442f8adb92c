"""`describe`: what `table: describe` asks of the rows. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.errors import Problem
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.types import Frame, Result, Summary, Variable, level_text

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 100


class Describe:
    """Means, quantiles, counts and missing values of columns, overall and by group."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        columns: tuple[Column, ...] = option(doc="The columns described.")
        by: Column | None = option(None, doc="A column whose levels are described side by side.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """The summaries: for each column, of all rows and then of each group."""
        return Result(
            kind="describe",
            status="ok",
            n=len(frame.table),
            n_read=len(frame.table),
            summaries=tuple(_summaries(options, frame)),
        )

    def tidy(self, fit: Result) -> Result:
        """The summaries as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """Nothing: a description has no fitted values."""
        return {}


def _summaries(options: Any, frame: Frame) -> Iterator[Summary]:
    from reportgen.models.design import levels_of

    groups = {"": frame.table}
    if options.by is not None:
        column = frame.table[options.by].map(level_text, na_action="ignore")
        variable = frame.facts.variables.get(options.by)
        for level in levels_of(frame.table[options.by], variable):
            groups[level] = frame.table[column == level]
    for name in options.columns:
        variable = frame.facts.variables.get(name) or Variable(name, name)
        levels = _levels(frame.table[name], variable)
        for group, rows in groups.items():
            yield _summary(name, group, rows[name], levels)


def _levels(column: pd.Series[Any], variable: Variable) -> tuple[str, ...] | None:
    """The levels of a column of categories; None for one of numbers.

    Numbers 0 and 1 alone are a yes or a no, counted rather than averaged.
    """
    from reportgen.models.base import is_text
    from reportgen.models.design import levels_of

    binary = set(column.dropna().unique().tolist()) <= {0, 1}
    if is_text(column) or variable.categorical or binary:
        levels = levels_of(column, variable)
        return levels if len(levels) <= MOST_LEVELS else None
    return None


def _summary(
    name: str, group: str, column: pd.Series[Any], levels: tuple[str, ...] | None
) -> Summary:
    """One column in one group of rows. Quartiles by linear interpolation (Hyndman and Fan's 7)."""
    values = column.dropna()
    known = Summary(name, group, len(values), int(column.isna().sum()))
    if levels is not None:
        counted = values.map(level_text).value_counts()
        counts = {level: int(counted.get(level, 0)) for level in levels}
        return Summary(name, group, known.n, known.missing, counts=counts)
    from reportgen.models.base import is_text

    if is_text(column) or not len(values):
        return known
    q1, median, q3 = (float(each) for each in values.quantile([0.25, 0.5, 0.75]))
    return Summary(
        name, group, known.n, known.missing, float(values.mean()),
        float(values.std(ddof=1)) if len(values) > 1 else None, median, q1, q3,
        float(values.min()), float(values.max()), _decimals(values),
    )  # fmt: skip


def _decimals(values: pd.Series[Any]) -> int:
    """The decimals the data were measured with, at most 4: rounding to fewer changes a value."""
    sample = values.drop_duplicates().head(1000).astype(float)
    for decimals in range(4):
        if bool(((sample - sample.round(decimals)).abs() < 1e-9).all()):
            return decimals
    return 4
