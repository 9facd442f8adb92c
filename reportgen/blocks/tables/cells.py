"""Coefficients and variance components as cells: raw values, roles, kinds of empty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from reportgen.core.clusters import Component, Spread
from reportgen.core.document import Cell, Empty, Role
from reportgen.core.types import Coef

Statistic = Literal["estimate", "se", "ci", "p", "statistic", "df", "n", "deff", "cv", "fmi",
                    "riv", "within", "between"]  # fmt: skip

MORE: tuple[Statistic, ...] = ("n", "deff", "cv", "fmi", "riv")
"""The statistics that only some estimators have: those of `Coef.more`."""

BLANK = Cell()
"""A cell that belongs to no number: beside a reference, beside a statistic of the whole model."""


def number(
    value: float | None, role: Role, error: float | None = None, empty: Empty = "undefined"
) -> Cell:
    """A number as a cell; where there is none, a cell that says which kind of empty it is."""
    if value is None or not math.isfinite(value):
        return Cell(role=role, empty=empty)
    return Cell(value, role, error=error)


def interval(low: float | None, high: float | None, role: Role, error: float | None = None) -> Cell:
    """An interval as a cell: value (low, high), or undefined where a limit is missing."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return Cell(role=role, empty="undefined")
    return Cell((low, high), role, error=error)


def exponential(value: float | None) -> float | None:
    """exp(value); None where there is no value or the result is too large to be a number."""
    if value is None:
        return None
    try:
        return math.exp(value)
    except OverflowError:
        return None


def exponentiated(coef: Coef) -> Coef:
    """A coefficient on the scale of its exponential.

    The limits are the exponentials of the limits; the standard error is exp(b)·SE(b), by the delta
    method; statistic, degrees of freedom and p are those of the linear scale.
    """
    ratio = exponential(coef.estimate)
    return Coef(
        estimate=ratio,
        se=None if ratio is None or coef.se is None else ratio * coef.se,
        statistic=coef.statistic,
        df=coef.df,
        p=coef.p,
        low=exponential(coef.low),
        high=exponential(coef.high),
        variable=coef.variable,
        level=coef.level,
        reference=coef.reference,
        more=coef.more,
    )


def linear_cells(coef: Coef, columns: Sequence[Statistic]) -> tuple[Cell, ...]:
    """A coefficient as it was estimated, one cell for each of `columns`."""
    cells: dict[Statistic, Cell] = {
        "estimate": number(coef.estimate, "estimate", coef.se),
        "se": number(coef.se, "se", coef.se),
        "ci": interval(coef.low, coef.high, "ci", coef.se),
        **_test_cells(coef),
    }
    return tuple(cells[name] for name in columns)


def ratio_cells(coef: Coef, columns: Sequence[Statistic]) -> tuple[Cell, ...]:
    """A coefficient as the ratio that its exponential is, one cell for each of `columns`."""
    ratio = exponentiated(coef)
    cells: dict[Statistic, Cell] = {
        "estimate": number(ratio.estimate, "ratio", coef.se),
        "se": number(ratio.se, "ratio_se", ratio.se),
        "ci": interval(ratio.low, ratio.high, "ratio_ci", coef.se),
        **_test_cells(coef),
    }
    return tuple(cells[name] for name in columns)


def component_cells(component: Component, columns: Sequence[Statistic]) -> tuple[Cell, ...]:
    """A variance component: a variance has no Wald statistic, no df and no p."""
    error = component.se
    cells: dict[Statistic, Cell] = {
        "estimate": number(component.var, "variance", error),
        "se": number(error, "se", error),
        "ci": interval(component.low, component.high, "ci", error),
    }
    return tuple(cells.get(name, Cell(empty="undefined")) for name in columns)


def pair_cells(
    kind: str, value: float | None, known: Spread, columns: Sequence[Statistic]
) -> tuple[Cell, ...]:  # fmt: skip
    """A covariance, or a correlation, which has two decimals whatever its error."""
    limits = interval(known.low, known.high, "ci", known.se)
    cells: dict[Statistic, Cell] = {
        "estimate": number(value, "variance", known.se),
        "se": number(known.se, "se", known.se),
        "ci": limits,
    }
    if kind == "correlation":
        cells = {
            "estimate": number(value, "correlation"),
            "se": number(known.se, "correlation"),
            "ci": limits if limits.empty else replace(limits, decimals=2, error=None),
        }
    return tuple(cells.get(name, Cell(empty="undefined")) for name in columns)


def alone(cell: Cell, columns: Sequence[Statistic]) -> tuple[Cell, ...]:
    """A number of the whole model: in the first of the model's columns, the others blank."""
    return (cell, *(BLANK for _ in columns[1:]))


def empty_cells(columns: Sequence[Statistic], empty: Empty) -> tuple[Cell, ...]:
    """Empty cells of one kind, one for each of `columns`."""
    return tuple(Cell(role=ROLES[name], empty=empty) for name in columns)


ROLES: dict[Statistic, Role] = {
    "estimate": "estimate",
    "se": "se",
    "ci": "ci",
    "p": "p",
    "statistic": "statistic",
    "df": "df",
    "n": "count",
    "deff": "statistic",
    "cv": "percent",
    "fmi": "r2",
    "riv": "r2",
    "within": "se",
    "between": "se",
}


def _test_cells(coef: Coef) -> dict[Statistic, Cell]:
    return {
        "p": number(coef.p, "p"),
        "statistic": number(coef.statistic, "statistic"),
        "df": number(coef.df, "df"),
        **{name: number(coef.more.get(name), ROLES[name]) for name in MORE},
        **{name: number(coef.more.get(name), "se", coef.se) for name in ("within", "between")},
    }
