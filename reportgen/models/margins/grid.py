"""The points at which a fit is asked: values of some covariates, the others held or averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import level_text
from reportgen.models.formulas.formula import Formula
from reportgen.models.margins.fitted import Covariate, Fitted

if TYPE_CHECKING:
    import pandas as pd

Value = str | float
Point = Mapping[str, Value]
"""By column: a level's text, or a number."""

LARGEST = 20_000
"""Rows of a reference grid; more levels than that are averaged over the rows analysed instead."""


def points(
    fitted: Fitted,
    columns: Sequence[str],
    at: Mapping[str, Sequence[Any]],
    along: int | None = None,
) -> list[Point]:
    """Every combination of the values of `columns`, the last varying fastest.

    Values are those of `at`, else all levels; a number needs values, unless it has one or two in
    the data, or `along` says how many shall be spread over its range.
    """
    values = [_values(fitted, name, at.get(name), along) for name in columns]
    return [dict(zip(columns, chosen, strict=True)) for chosen in product(*values)]


def held(fitted: Fitted, columns: Sequence[str], at: Mapping[str, Sequence[Any]]) -> Point:
    """The one value at which each other column of `at` is held."""
    return {
        name: _values(fitted, name, values, None)[0]
        for name, values in at.items()
        if name not in columns
    }


def balanced(fitted: Fitted, formula: Formula, chosen: Sequence[Point], fixed: Point) -> np.ndarray:
    """Rows (k, q): the mean of a formula's design at each point over the reference grid.

    Numbers that are not given stand at their means; levels that are not given are averaged, every
    combination counting the same (Searle, Speed and Milliken 1980, Am Stat 34, 216–221).
    """
    known = {*fixed, *(chosen[0] if chosen else ())}
    free = [each for name, each in fitted.covariates.items() if name not in known]
    factors = [each for each in free if not each.numeric]
    cells = [
        dict(zip((each.name for each in factors), levels, strict=True))
        for levels in product(*(each.levels for each in factors))
    ]
    if len(cells) * len(chosen) > LARGEST:
        raise unfit(
            say("large-grid", rows=len(cells) * len(chosen)),
            help="write `average: observed`, which averages over the rows analysed",
        )
    means = {each.name: each.mean for each in free if each.numeric}
    rows = [{**means, **cell, **fixed, **point} for point in chosen for cell in cells]
    X = fitted.design(formula, _table(fitted, rows))
    return np.asarray(X.reshape(len(chosen), len(cells), -1).mean(axis=1))


def replaced(fitted: Fitted, point: Point) -> pd.DataFrame:
    """The rows analysed, with the columns of a point set to its values."""
    given = {name: _data(fitted.covariate(name), value) for name, value in point.items()}
    table = fitted.rows.copy(deep=False)
    for name, value in given.items():
        table[name] = _filled(fitted, name, [value] * len(table))
    return table


def outside(fitted: Fitted, chosen: Sequence[Point], fixed: Point) -> tuple[str, ...]:
    """The columns that are asked for at a number outside of their range."""
    found = {
        name: None
        for point in (*chosen, fixed)
        for name, value in point.items()
        if fitted.covariate(name).numeric and not _inside(fitted.covariate(name), float(value))
    }
    return tuple(found)


def _values(
    fitted: Fitted, name: str, given: Sequence[Any] | None, along: int | None
) -> list[Value]:
    covariate = fitted.covariate(name)
    if not covariate.numeric:
        return [_level(covariate, level_text(each)) for each in given or covariate.levels]
    if given:
        return [_number(covariate, each) for each in given]
    distinct = np.unique(fitted.rows[name].to_numpy(dtype=float))
    if len(distinct) <= 2:
        return [float(each) for each in distinct]
    if along is None:
        raise DataError(Problem(
            "needs-values", f"`{name}` is a number, and no values of it are given", (),
            help=f"write `at: {{{name}: [low, high]}}`",
        ))  # fmt: skip
    return [float(each) for each in np.linspace(covariate.low, covariate.high, along)]


def _level(covariate: Covariate, text: str) -> str:
    if text not in covariate.levels:
        raise DataError(Problem(
            "unknown-level", f"`{covariate.name}` has no level `{text}` in the rows used", (),
            help=f"levels: {', '.join(covariate.levels)}",
        ))  # fmt: skip
    return text


def _number(covariate: Covariate, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DataError(Problem(
            "not-a-number", f"`{covariate.name}` enters the model as a number, and is asked for "
            f"at `{value}`", (),
        ))  # fmt: skip
    return float(value)


def _inside(covariate: Covariate, value: float) -> bool:
    room = 1e-9 * (covariate.high - covariate.low)
    return covariate.low - room <= value <= covariate.high + room


def _data(covariate: Covariate, value: Value) -> Any:
    """A value as it stands in the data: a level by its own value."""
    return value if covariate.numeric else covariate.levels[str(value)]


def _table(fitted: Fitted, rows: Sequence[Point]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({
        name: _filled(fitted, name, [_data(covariate, row[name]) for row in rows])
        for name, covariate in fitted.covariates.items()
    })  # fmt: skip


def _filled(fitted: Fitted, name: str, values: Sequence[Any]) -> np.ndarray:
    numeric = fitted.covariates[name].numeric
    return np.array(values, dtype=float if numeric else object)
