"""`describe`: what `table: describe` asks of the rows. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.description import Difference, GroupTest, Summary
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.types import Frame, Result, Variable
from reportgen.models.description.differences import difference, mean_variance

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]

Lonely = Literal["fail", "remove", "adjust", "average", "certainty"]
MOST_LEVELS = 100


class Describe:
    """Means, quantiles, counts and missing values of columns, overall and by group."""

    version: ClassVar[str] = "3"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        columns: tuple[Column, ...] = option(doc="The columns described.")
        by: Column | None = option(None, doc="A column whose levels are described side by side.")
        weights: Column | None = option(None, doc="A column of weights of rows.")
        strata: Column | None = option(None, doc="The column of the strata.")
        psu: Column | None = option(None, doc="The column of the first-stage sampling units.")
        lonely: Lonely = option("fail", doc="What to do with a stratum of one sampling unit.")
        fpc: Column | None = option(None, doc="The column of the finite population correction.")
        nest: bool = option(True, doc="Ids of sampling units begin anew in each stratum.")
        compare: bool = option(False, doc="Also differences between the levels of `by`.")
        errors: bool = option(False, doc="Also standard errors, by the design of the sample.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """The summaries: for each column, of all rows and then of each group.

        DataError for weights that are missing, negative or no numbers.
        """
        rows = _Rows(options, frame)
        return Result(
            kind="describe",
            status="ok",
            n=len(frame.table),
            n_read=len(frame.table),
            summaries=tuple(rows.summaries()),
            differences=tuple(rows.differences()) if options.compare else (),
        )

    def tidy(self, fit: Result) -> Result:
        """The summaries as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """Nothing: a description has no fitted values."""
        return {}


class _Rows:
    """The rows by group ("" for all), and their weights."""

    def __init__(self, options: Describe.Options, frame: Frame) -> None:
        from reportgen.models.formulas.design import levels_of

        self.options, self.frame = options, frame
        self.groups = {"": frame.table}
        if options.by is not None:
            column = level_texts(frame.table[options.by])
            variable = frame.facts.variables.get(options.by)
            for level in levels_of(frame.table[options.by], variable):
                self.groups[level] = frame.table[column == level]
        self.weights = _weights(frame.table, options.weights)

    def summaries(self) -> Iterator[Summary]:
        errors = self._errors() if self.options.errors else None
        for name in self.options.columns:
            levels = self._levels(name)
            for group, rows in self.groups.items():
                weights = None if self.weights is None else self.weights[rows.index]
                found = _summary(name, group, rows[name], levels, weights)
                yield errors(found, rows) if errors else found

    def _errors(self) -> Callable[[Summary, pd.DataFrame], Summary]:
        """What adds standard errors to a summary of some rows."""
        from reportgen.models.surveys.precision import Precision

        return Precision.of(self.options, self.frame).added

    def differences(self) -> Iterator[Difference]:
        """Of every column but the one that makes the groups."""
        weighed = self._tests() if self.weights is not None else None
        named = {group: rows for group, rows in self.groups.items() if group}
        weights = self.weights
        masses = weights if weights is None else {g: weights[r.index] for g, r in named.items()}
        for name in self.options.columns:
            if name != self.options.by:
                values = {group: rows[name] for group, rows in named.items()}
                found = difference(name, values, self._levels(name), masses)
                tests = weighed(name, self._levels(name)) if weighed else found.tests
                yield replace(found, tests=tests)

    def _tests(self) -> Callable[[str, tuple[str, ...] | None], dict[str, GroupTest]]:
        """The tests of one column by the design of the sample."""
        from reportgen.models.surveys.comparisons import Compared

        compared = Compared.of(self.options, self.frame, [g for g in self.groups if g])
        return compared.tests

    def _levels(self, name: str) -> tuple[str, ...] | None:
        variable = self.frame.facts.variables.get(name) or Variable(name, name)
        return _levels(self.frame.table[name], variable)


def _weights(table: pd.DataFrame, column: str | None) -> pd.Series[Any] | None:
    from pandas.api.types import is_numeric_dtype

    if column is None:
        return None
    weights = table[column]
    if not is_numeric_dtype(weights.dtype) or bool((weights.isna() | (weights < 0)).any()):
        raise DataError(
            Problem(
                "weights",
                f"the weights `{column}` hold missing or negative values, or text",
                ("weights",),
                help="leave such rows out in `sample`",
            )
        )
    return weights.astype(float)


def _levels(column: pd.Series[Any], variable: Variable) -> tuple[str, ...] | None:
    """The levels of a column of categories; None for one of numbers.

    Numbers 0 and 1 alone are a yes or a no, counted rather than averaged.
    """
    from reportgen.models.base import is_text
    from reportgen.models.formulas.design import levels_of

    binary = set(column.dropna().unique().tolist()) <= {0, 1}
    if is_text(column) or variable.categorical or binary:
        levels = levels_of(column, variable)
        return levels if len(levels) <= MOST_LEVELS else None
    return None


def _summary(
    name: str,
    group: str,
    column: pd.Series[Any],
    levels: tuple[str, ...] | None,
    weights: pd.Series[Any] | None,
) -> Summary:
    """One column in one group of rows. Quartiles by linear interpolation (Hyndman and Fan's 7);
    weighted ones are the smallest value with at least that share of the weights below or at it.
    """
    from reportgen.models.base import is_text

    values = column.dropna()
    known = Summary(name, group, len(values), int(column.isna().sum()))
    mass = None if weights is None else weights[values.index]
    if levels is not None:
        texts = level_texts(values)
        counted = texts.value_counts()
        counts = {level: int(counted.get(level, 0)) for level in levels}
        total = None if mass is None else float(mass.sum())
        return replace(known, counts=counts, shares=_shares(texts, mass, levels), mass=total)
    if is_text(column) or not len(values):
        return known
    x = values.to_numpy(float)
    w = None if mass is None else mass.to_numpy(float)
    if w is not None and not w.sum() > 0:
        return known
    mean, variance = mean_variance(x, w)
    q1, median, q3 = _quartiles(x, w)
    return replace(
        known, mean=mean, sd=variance**0.5 if len(x) > 1 else None, median=median, q1=q1, q3=q3,
        min=float(values.min()), max=float(values.max()), decimals=_decimals(values),
        mass=None if w is None else float(w.sum()),
    )  # fmt: skip


def _shares(
    texts: pd.Series[Any], mass: pd.Series[Any] | None, levels: tuple[str, ...]
) -> dict[str, float]:
    if mass is None or not mass.sum() > 0:
        return {}
    return {level: float(mass[texts == level].sum() / mass.sum()) for level in levels}


def _quartiles(x: Array, weights: Array | None) -> list[float]:
    import numpy as np

    shares = np.array([0.25, 0.5, 0.75])
    if weights is None:
        return [float(each) for each in np.quantile(x, shares)]
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    places = np.searchsorted(reached, shares * (1 - 1e-12))
    return [float(x[order][min(place, len(x) - 1)]) for place in places]


def _decimals(values: pd.Series[Any]) -> int:
    """The decimals the data were measured with, at most 4: rounding to fewer changes a value."""
    sample = values.drop_duplicates().head(1000).astype(float)
    for decimals in range(4):
        if bool(((sample - sample.round(decimals)).abs() < 1e-9).all()):
            return decimals
    return 4
