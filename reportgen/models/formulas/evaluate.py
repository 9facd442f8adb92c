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
from reportgen.models.formulas.factors import (
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
from reportgen.models.known import column, once

if TYPE_CHECKING:
    import pandas as pd

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
}  # fmt: skip
FEW = 20
PATSY = {"bs": patsy.bs, "cr": patsy.cr, "cc": patsy.cc}


def is_binary(column: pd.Series) -> bool:
    """Whether a column of numbers holds 0, 1 and nothing else."""
    values = column.to_numpy()
    first = values[:FEW]  # of most columns these say enough
    if not ((first == 0) | (first == 1)).all():
        return False
    ones = values == 1
    return bool(ones.any() and not ones.all() and (ones | (values == 0)).all())


def numbers(factor: Factor, rows: pd.DataFrame, at: pd.DataFrame | None = None) -> np.ndarray:
    """The values of a factor of numbers: shape (n,), or (n, k) for a basis.

    With `at` they are those of other rows, while what a function takes from a whole column (its
    mean, its knots) is still taken from `rows`. DataError where the function gives no finite
    number, as the logarithm of 0 does.
    """
    at = rows if at is None else at
    if isinstance(factor.node, Column):
        name = factor.node.name
        values = _column(name, at)
        bad = once(at, ("infinite", name), lambda: _infinite(values))
    else:
        with np.errstate(all="ignore"):
            values = np.asarray(_value(factor.node, rows, at), dtype=float)
        if values.ndim == 0:
            values = np.full(len(at), float(values))
        bad = _infinite(values)
    if bad:
        raise DataError(Problem(
            "not-finite", f"`{factor.text}` is not a finite number in {bad:,} rows", ("formula",),
            help="set these values missing, or leave the rows out by a step of `sample`",
        ))  # fmt: skip
    return values


def _infinite(values: np.ndarray) -> int:
    """In how many rows some number is not finite."""
    return int((~np.isfinite(values.reshape(len(values), -1)).all(axis=1)).sum())


def is_category(factor: Factor, rows: pd.DataFrame) -> bool:
    """Whether the factor's values are levels: `C(…)`, a column of text, or of yes and no."""
    if isinstance(factor.node, Category):
        return True
    return isinstance(factor.node, Column) and holds_text(rows, factor.node.name)


def holds_text(rows: pd.DataFrame, name: str) -> bool:
    """Whether a column holds levels."""
    return once(rows, ("text", name), lambda: is_text(column(rows, name)))


def _value(node: Node, rows: pd.DataFrame, at: pd.DataFrame) -> Any:
    """The value of a node over the rows `at`: an array, or a number."""
    match node:
        case Number(value):
            return value
        case Column(name):
            return _column(name, at)
        case Transform(function, operand, options):
            known = _rowwise(operand, rows, rows)
            return _transform(
                function, known, known if at is rows else _rowwise(operand, rows, at), options
            )
        case Tensor(bases, options):
            of = [_value(basis, rows, rows) for basis in bases]
            return _stateful(patsy.te, of, [_value(basis, rows, at) for basis in bases], options)
    return _computed(node, rows, at)


def _rowwise(node: Node, rows: pd.DataFrame, at: pd.DataFrame) -> np.ndarray:
    """The value of a node for each of the rows `at`, also where it is one number for all."""
    values = np.asarray(_value(node, rows, at), dtype=float)
    return np.full(len(at), float(values)) if values.ndim == 0 else values


def _computed(node: Node, rows: pd.DataFrame, at: pd.DataFrame) -> Any:
    match node:
        case Negative(operand):
            return -_value(operand, rows, at)
        case Arithmetic(operand):
            return _value(operand, rows, at)
        case Apply(function, operand):
            return getattr(np, function)(_value(operand, rows, at))
        case Operation(operator, left, right):
            return OPERATORS[operator](_value(left, rows, at), _value(right, rows, at))
    raise TypeError(f"{type(node).__name__} has no numbers")


def _column(name: str, rows: pd.DataFrame) -> np.ndarray:
    try:
        return column(rows, name).to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        message = f"`{name}` holds text where the formula needs numbers"
        raise DataError(Problem("not-numeric", message, ("formula",))) from error


def _transform(
    function: str, known: np.ndarray, values: np.ndarray, options: Mapping[str, Any]
) -> np.ndarray:
    """The function of `values`, with what it takes from a whole column taken from `known`."""
    if function == "center":
        centered: np.ndarray = values - known.mean()
        return centered
    if function == "standardize":
        # patsy's standardize divides by the population's standard deviation (n, not n - 1).
        scaled: np.ndarray = (values - known.mean()) / known.std()
        return scaled
    if function == "poly":
        return _poly(known, values, int(options["degree"]))
    try:
        return _stateful(PATSY[function], [known], [values], options)
    except ValueError as error:
        message = f"`{function}` cannot be made: {error}"
        raise DataError(Problem("bad-basis", message, ("formula",))) from error


def _stateful(
    function: Any, known: list[np.ndarray], values: list[np.ndarray], options: Mapping[str, Any]
) -> np.ndarray:
    """Patsy's transform, its knots and constraints found on `known`."""
    state = function.__patsy_stateful_transform__()
    state.memorize_chunk(*known, **options)
    state.memorize_finish()
    return np.asarray(state.transform(*values, **options))


def _poly(known: np.ndarray, values: np.ndarray, degree: int) -> np.ndarray:
    """Orthonormal polynomials of 1 … degree, as R's `poly` (Kennedy and Gentle 1980, p. 343)."""
    if len(np.unique(known)) <= degree:
        message = f"`poly` of degree {degree} needs more than {degree} different values"
        raise DataError(Problem("bad-basis", message, ("formula",)))
    middle = known.mean()
    q, r = np.linalg.qr(np.vander(known - middle, degree + 1, increasing=True))
    if values is not known:
        powers = np.vander(values - middle, degree + 1, increasing=True)
        q = np.linalg.solve(r.T, powers.T).T
    return np.asarray((q * np.sign(np.diag(r)))[:, 1:])
