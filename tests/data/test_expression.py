"""The closed grammar of expressions: what it means, what it refuses, and that nothing else runs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reportgen.core.errors import DataError, SpecError
from reportgen.data.expression import FUNCTIONS, parse

TABLE = pd.DataFrame(
    {
        "a": [1, 2, 3, 4],
        "b": [2.0, np.nan, -1.0, 0.0],
        "s": ["x", "y", None, "x"],
        "narrow": np.array([100, 120, 127, 1], dtype="int8"),
        "body mass": [20.5, 30.0, 25.0, 18.0],
    }
)


def value(text):
    return parse(text).evaluate(TABLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 * a + 1", [11, 21, 31, 41]),
        ("a / 2", [0.5, 1.0, 1.5, 2.0]),
        ("a // 2 + a % 2", [1, 1, 2, 2]),
        ("-a ** 2", [-1, -4, -9, -16]),
        ("2 ** -1 + a * 0", [0.5, 0.5, 0.5, 0.5]),
        ("b + 1", [3.0, None, 0.0, 1.0]),
        ("b > 0", [True, None, False, False]),
        ("b > 0 or a > 1", [True, True, True, True]),
        ("b > 0 and a > 1", [False, None, False, False]),
        ("not b > 0", [False, None, True, True]),
        ("1 < a <= 3", [False, True, True, False]),
        ('s == "x"', [True, False, None, True]),
        ('isin(s, "x", "z")', [True, False, None, True]),
        ("ismissing(b)", [False, True, False, False]),
        ("where(a > 2, 1, 0)", [0, 0, 1, 1]),
        ("where(b > 0, 1, 0)", [1, None, 0, 0]),
        ("log(b)", [math.log(2), None, None, None]),
        ("1 / b", [0.5, None, -1.0, None]),
        ("clip(a, 2, 3)", [2, 2, 3, 3]),
        ("round(b / 3, 2)", [0.67, None, -0.33, 0.0]),
        ("abs(b) + floor(1.5) + ceil(1.5) + sqrt(4) + exp(0)", [8.0, None, 7.0, 6.0]),
        ("narrow * 2", [200, 240, 254, 2]),
        ('Q("body mass") >= 25', [False, True, True, False]),
    ],
)
def test_what_an_expression_means(text, expected):
    """Missing stays missing, and a narrow integer does not overflow."""
    found = value(text)
    for one, other in zip(found, expected, strict=True):
        if other is None:
            assert pd.isna(one)
        else:
            assert one == pytest.approx(other)


@pytest.mark.parametrize("text", ["10 * a + 1", "a // 2", "narrow * 2", "where(a > 2, 1, 0)"])
def test_integers_stay_integers(text):
    """An identifier made of two is 1191, not 1191.0."""
    assert pd.api.types.is_integer_dtype(value(text).dtype)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("__import__('os').system('x')", 0), ("a.to_csv('x')", 1), ("(lambda: 1)()", 7),
        ("[a for a in b]", 0), ("a[0]", 1), ("{1: a}", 0), ("f'{a}'", 1), ("a if b else a", 2),
        ("open('/etc/passwd')", 0), ("@pd.io", 0), ("a := 1", 2), ("a; b", 1), ("a = 1", 2),
        ("eval('1')", 0), ("log", 3), ("", 0), ("(a", 2), ("a +", 3), ("a b", 2), ("1_000", 0),
        ("9 ** 9 ** 9", 2), ("a ** b", 2), ("a ** 99", 2), ("0x10", 0), ("a\u202e", 1),
        ("log(a, b)", 0), ("'open", 0), ("Q(a)", 2), ("a and and b", 6),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text, column):
    """Whatever is not on the list is an error at its place, before any data is read."""
    if text == "log":
        assert parse(text).names[0].text == "log"  # a name without brackets is a column
        return
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert caught.value.problems[0].offset == column


@pytest.mark.parametrize("text", ["(" * 60 + "a" + ")" * 60, "a" + "+a" * 400, "a" * 5000])
def test_size_is_bounded(text):
    """Depth, number of words, length."""
    with pytest.raises(SpecError):
        parse(text)


@pytest.mark.parametrize("text", ["s + 1", "s > 1", "a == 'x'", "not s", "log(s)"])
def test_text_is_no_number(text):
    """Kinds that do not go together are an error, not a row of missing values."""
    with pytest.raises(DataError):
        value(text)


def expressions(depth=3):
    """Texts that the grammar accepts, over the columns `a` and `b`."""
    leaf = some.sampled_from(["a", "b", "1", "2.5", "0"])
    if depth == 0:
        return leaf
    inner = expressions(depth - 1)
    return some.one_of(
        leaf,
        some.builds("({} {} {})".format, inner, some.sampled_from("+-*"), inner),
        some.builds("(-{})".format, inner),
        some.builds("abs({})".format, inner),
    )


CONDITIONS = some.builds(
    "{} {} {}".format, expressions(), some.sampled_from(["<", ">=", "==", "!="]), expressions()
)


@settings(max_examples=150, deadline=None)
@given(some.one_of(expressions(), CONDITIONS))
def test_what_passes_is_what_pandas_says(text):
    """On complete rows the value is that of pandas' own evaluation."""
    table = pd.DataFrame({"a": [1.0, -2.0, 3.5], "b": [0.25, 4.0, -1.0]})
    ours = parse(text).evaluate(table).astype("float64").to_numpy()
    theirs = eval(text, {"__builtins__": {"abs": abs}}, dict(table))
    np.testing.assert_allclose(ours, np.broadcast_to(np.asarray(theirs, dtype=float), 3))


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet="ab1.( )+-*/<>=!'\"[]{}:,_@#$%&|~^\\\nlogQ", max_size=40))
def test_no_text_crashes_it(text):
    """A text is an expression over names and listed functions, or a SpecError with a place."""
    try:
        parsed = parse(text)
    except SpecError:
        return
    assert set(functions(parsed.tree)) <= {*FUNCTIONS, *OPERATORS}


OPERATORS = {"+", "-", "*", "/", "//", "%", "**", "and", "or", "not", "negative"}


def functions(node):
    for operand in getattr(node, "operands", ()):
        yield from functions(operand)
    if hasattr(node, "operator"):
        yield node.operator
