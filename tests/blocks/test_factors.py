"""Names of coefficients, as patsy writes them, taken apart."""

from __future__ import annotations

import pytest

from reportgen.blocks.factors import Factor, call, factors, plain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("age", (Factor("age"),)),
        ("sex[T.Male]", (Factor("sex", "Male", "T"),)),
        ("C(race)[T.2]", (Factor("C(race)", "2", "T"),)),
        ("C(race)[T.2.0]", (Factor("C(race)", "2", "T"),)),
        ("C(race, Sum)[S.b: c]", (Factor("C(race, Sum)", "b: c", "S"),)),
        ("sex[Male]:age", (Factor("sex", "Male"), Factor("age"))),
        ("bs(age, df=4)[0]", (Factor("bs(age, df=4)", "0"),)),
        ("C(a)[T.x[1]]", (Factor("C(a)", "x[1]", "T"),)),
        ('Q("a:b"):x', (Factor('Q("a:b")'), Factor("x"))),
    ],
)
def test_a_name_comes_apart(name, expected):
    """Brackets hold levels, colons outside brackets and quotes part factors."""
    assert factors(name) == expected


@pytest.mark.parametrize(
    ("text", "column"),
    [("C(race)", "race"), ("C(race, Treatment(3))", "race"), ('Q("a b")', "a b"), ("x", "x")],
)
def test_a_wrapped_column_is_found(text, column):
    """`C` and `Q` only wrap a column."""
    assert plain(text) == column


def test_a_call_has_name_and_arguments():
    """`np.` is left out of a function's name; what is no single call is none."""
    assert call("np.log(age)") == ("log", ("age",))
    assert call("bs(age, df=4)") == ("bs", ("age", "df=4"))
    assert call("age") is None
    assert call("C(a):C(b)") is None
