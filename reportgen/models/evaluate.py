"""The values of one factor of a formula, from its parsed tree. Heavy: imported where rows are.

Nothing is evaluated but the closed list of `functions.py`; patsy's splines are called with the
arguments that passed the grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import patsy

from reportgen.core.errors import DataError, Problem
from reportgen.models.base import is_text
from reportgen.models.factors import (
    Apply,
    Arithmetic,
    Category,
    Column,
    Factor,
    Negative,
    Node,
    Number,
    Operation,
    Tensor,
    Transform,
)

if TYPE_CHECKING:
    import pandas as pd

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
}  # fmt: skip
PATSY = {"bs": patsy.bs, "cr": patsy.cr, "cc": patsy.cc}


def numbers(factor: Factor, rows: pd.DataFrame) -> np.ndarray:
    """The values of a factor of numbers: shape (n,), or (n, k) for a basis.

    DataError where the function gives no finite number, as the logarithm of 0 does.
    """
    with np.errstate(all="ignore"):
        values = np.asarray(_value(factor.node, rows), dtype=float)
    if values.ndim == 0:
        values = np.full(len(rows), float(values))
    bad = int((~np.isfinite(values.reshape(len(rows), -1)).all(axis=1)).sum())
    if bad:
        raise DataError(Problem(
            "not-finite", f"`{factor.text}` is not a finite number in {bad:,} rows", ("formula",),
            help="set these values missing, or leave the rows out by a step of `sample`",
        ))  # fmt: skip
    return values


def is_category(factor: Factor, rows: pd.DataFrame) -> bool:
    """Whether the factor's values are levels: `C(…)`, a column of text, or of yes and no."""
    if isinstance(factor.node, Category):
        return True
    return isinstance(factor.node, Column) and is_text(rows[factor.node.name])


def _value(node: Node, rows: pd.DataFrame) -> Any:
    """The value of a node: an array over the rows, or a number."""
    match node:
        case Number(value):
            return value
        case Column(name):
            return _column(name, rows)
        case Transform(function, operand, options):
            return _transform(function, _value(operand, rows), options)
        case Tensor(bases, options):
            return patsy.te(*(_value(basis, rows) for basis in bases), **options)
    return _computed(node, rows)


def _computed(node: Node, rows: pd.DataFrame) -> Any:
    match node:
        case Negative(operand):
            return -_value(operand, rows)
        case Arithmetic(operand):
            return _value(operand, rows)
        case Apply(function, operand):
            return getattr(np, function)(_value(operand, rows))
        case Operation(operator, left, right):
            return OPERATORS[operator](_value(left, rows), _value(right, rows))
    raise TypeError(f"{type(node).__name__} has no numbers")


def _column(name: str, rows: pd.DataFrame) -> np.ndarray:
    try:
        return rows[name].to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        message = f"`{name}` holds text where the formula needs numbers"
        raise DataError(Problem("not-numeric", message, ("formula",))) from error


def _transform(function: str, values: np.ndarray, options: Mapping[str, Any]) -> np.ndarray:
    if function == "center":
        centered: np.ndarray = values - values.mean()
        return centered
    if function == "standardize":
        # patsy's standardize divides by the population's standard deviation (n, not n - 1).
        scaled: np.ndarray = (values - values.mean()) / values.std()
        return scaled
    if function == "poly":
        return _poly(values, int(options["degree"]))
    try:
        return np.asarray(PATSY[function](values, **options))
    except ValueError as error:
        message = f"`{function}` cannot be made: {error}"
        raise DataError(Problem("bad-basis", message, ("formula",))) from error


def _poly(values: np.ndarray, degree: int) -> np.ndarray:
    """Orthonormal polynomials of 1 … degree, as R's `poly` (Kennedy and Gentle 1980, p. 343)."""
    if len(np.unique(values)) <= degree:
        message = f"`poly` of degree {degree} needs more than {degree} different values"
        raise DataError(Problem("bad-basis", message, ("formula",)))
    powers = np.vander(values - values.mean(), degree + 1, increasing=True)
    q, r = np.linalg.qr(powers)
    return (q * np.sign(np.diag(r)))[:, 1:]
