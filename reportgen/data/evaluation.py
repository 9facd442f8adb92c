"""Evaluates a parsed expression over the columns of a table. Imported inside functions only.

Missing stays missing through arithmetic and comparisons (three-valued logic, as in SQL and R);
integers stay integers, so `10 * stratum + unit` gives 1191 and not 1191.0, and narrow integers are
widened first, so that nothing overflows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from reportgen.core.errors import DataError, Problem
from reportgen.data.expression import Apply, Compare, Literal, Name, Node

Values = pd.Series

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip
COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "log": np.log, "exp": np.exp, "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil,
}  # fmt: skip


def evaluate(tree: Node, table: pd.DataFrame) -> pd.Series[Any]:
    """The value of `tree` for each row, on the index of `table`; nullable if some are missing."""
    with np.errstate(all="ignore"):
        return _value(tree, table)


def plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """Nullable values as ordinary ones: integers if none is missing, else floats with NaN; truth
    as 1 and 0.
    """
    if not isinstance(values.dtype, pd.api.extensions.ExtensionDtype) or _is_text(values):
        return values
    whole = pd.api.types.is_integer_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
    if whole and not values.isna().any():
        return values.astype("int64")
    return pd.Series(values.astype("Float64").to_numpy("float64", na_value=np.nan), values.index)


def _value(node: Node, table: pd.DataFrame) -> Values:
    if isinstance(node, Literal):
        one = pd.Series([node.value]).convert_dtypes()
        return pd.Series(one.array.repeat(len(table)), table.index, copy=False)
    if isinstance(node, Name):
        return _column(table[node.text])
    if isinstance(node, Compare):
        return _comparison(node, table)
    operands = [_value(operand, table) for operand in node.operands]
    if node.operator in ARITHMETIC:
        left, right = map(_number, operands)
        return _finite(ARITHMETIC[node.operator](_wide(left, node), _wide(right, node)))
    if node.operator in ("and", "or", "not"):
        return _logic(node.operator, [_truth(operand) for operand in operands])
    return _function(node, operands, table)


def _column(column: Values) -> Values:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(object).convert_dtypes()
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean")
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.astype("Int64")
    if pd.api.types.is_float_dtype(column.dtype):
        return _finite(pd.Series(column.astype("float64"), dtype="Float64"))
    return column.convert_dtypes()


def _comparison(node: Compare, table: pd.DataFrame) -> Values:
    operands = [_value(operand, table) for operand in node.operands]
    holds = pd.Series(True, table.index, dtype="boolean")
    for left, sign, right in zip(operands, node.operators, operands[1:], strict=False):
        if _is_text(left) != _is_text(right):
            raise _wrong(
                "a text is compared with a number", "put the text of a code in quotes, or not"
            )
        holds &= COMPARISON[sign](left, right).astype("boolean")
    return holds


def _logic(word: str, operands: list[Values]) -> Values:
    if word == "not":
        return ~operands[0]
    return operands[0] & operands[1] if word == "and" else operands[0] | operands[1]


def _function(node: Apply, operands: list[Values], table: pd.DataFrame) -> Values:
    name = node.operator
    if name == "ismissing":
        return operands[0].isna().astype("boolean")
    if name == "isin":
        wanted = [each.iloc[0] for each in operands[1:] if len(each)]
        found = operands[0].isin(wanted).astype("boolean")
        return found.mask(operands[0].isna())
    if name == "where":
        chosen = _truth(operands[0])
        picked = operands[1].where(chosen.fillna(False).astype(bool), operands[2])
        return picked.mask(chosen.isna())
    return _of_numbers(name, [_number(operand) for operand in operands], table)


def _of_numbers(name: str, numbers: list[Values], table: pd.DataFrame) -> Values:
    if name in TRANSFORMS:
        return _finite(
            pd.Series(TRANSFORMS[name](_floats(numbers[0])), table.index, dtype="Float64")
        )
    if name == "negative":
        return -numbers[0]
    if name == "abs":
        return numbers[0].abs()
    if name == "clip":
        return numbers[0].clip(numbers[1], numbers[2])
    digits = int(numbers[1].iloc[0]) if len(numbers) > 1 and len(numbers[1]) else 0
    return numbers[0].round(digits)


def _wide(values: Values, node: Apply) -> Values:
    """Division and powers are made with floats; sums and products of integers are exact."""
    exact = node.operator in ("+", "-", "*", "//", "%")
    return values if exact else values.astype("Float64")


def _number(values: Values) -> Values:
    if _is_text(values):
        raise _wrong("arithmetic needs numbers, and one of the columns holds text")
    return values.astype("Int64") if pd.api.types.is_bool_dtype(values.dtype) else values


def _truth(values: Values) -> Values:
    if _is_text(values):
        raise _wrong("`and`, `or` and `not` need comparisons, and one of the columns holds text")
    return values if pd.api.types.is_bool_dtype(values.dtype) else (values != 0).astype("boolean")


def _floats(values: Values) -> np.ndarray[Any, Any]:
    return values.to_numpy("float64", na_value=np.nan)


def _finite(values: Values) -> Values:
    """What is not a number (0/0, log of a negative number) is missing; so is an infinity."""
    if not pd.api.types.is_float_dtype(values.dtype):
        return values
    numbers = values.to_numpy("float64", na_value=np.nan)
    return pd.Series(numbers, values.index).where(np.isfinite(numbers)).astype("Float64")


def _is_text(values: Values) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
    )


def _wrong(message: str, help: str = "") -> DataError:
    return DataError(Problem("expression-type", message, help=help))
