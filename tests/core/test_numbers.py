"""Numbers as text: the rules of a statistical table, one test a rule."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core import numbers
from reportgen.core.numbers import Conventions, conventions

finite = st.floats(-1e8, 1e8, allow_nan=False, allow_infinity=False)
probabilities = st.floats(0, 1, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.675, 2, "2.68"),  # half away from zero, of the number as it is written
        (1.005, 2, "1.01"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "−0.13"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (1234567.891, 1, "1,234,567.9"),
        (0.0, 2, "0"),
        (-0.0, 2, "0"),
        (None, 2, "—"),
        (math.nan, 2, "—"),
        (math.inf, 2, "—"),
    ],
)
def test_fixed_decimals(value, decimals, text):
    """Rounded half away from zero; a true minus; thousands separated; a dash for no number."""
    assert numbers.fixed(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "0.0004"), (-0.0004, "−0.0004")])
def test_nothing_that_is_not_zero_is_written_as_zero(value, text):
    """It gets the decimals that it needs."""
    assert numbers.fixed(value, 2) == text


@given(finite, st.integers(0, 6))
def test_what_is_printed_is_the_nearest(value, decimals):
    """Half a unit of the last decimal at most; never "−0", never a hyphen."""
    text = numbers.fixed(value, decimals)
    assert "-" not in text
    assert not re.fullmatch(r"−0(\.0*)?", text)
    if "×" not in text:
        back = Decimal(text.replace("−", "-").replace(",", ""))
        assert abs(back - Decimal(repr(value))) <= Decimal("0.5").scaleb(-decimals)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.27, "0.27"), (0.0123, "0.01"), (0.0095, "0.010"), (0.0042, "0.004"), (0.001, "0.001"),
        (0.00099, "<0.001"), (0.0, "<0.001"), (0.99, "0.99"), (0.995, ">0.99"), (1.0, ">0.99"),
        (0.0496, "0.0496"), (0.0504, "0.0504"), (0.049, "0.049"), (0.051, "0.051"), (0.05, "0.05"),
        (0.0549, "0.055"), (0.0551, "0.06"), (None, "—"), (math.nan, "—"),
    ],
)  # fmt: skip
def test_probabilities(p, text):
    """Exact: two decimals above 0.01, three below; "<0.001", ">0.99"; never across 0.05."""
    assert numbers.p_value(p) == text


@pytest.mark.parametrize(
    ("style", "texts"),
    [
        ("default", ("0.27", "0.04", "0.004", "<0.001", ">0.99")),
        ("nejm", ("0.27", "0.04", "0.004", "<0.001", ">0.99")),
        ("apa", (".27", ".04", ".004", "<.001", ">.99")),
        ("ama", (".27", ".04", ".004", "<.001", ">.99")),
        ("lancet", ("0.27", "0.042", "0.0042", "<0.0001", ">0.99")),
    ],
)
def test_styles_of_probabilities(style, texts):
    """Of the journals whose guidelines they follow."""
    values = (0.27, 0.042, 0.0042, 0.00001, 0.9995)
    found = tuple(numbers.p_value(p, style) for p in values)
    if style != "lancet":
        found = (found[0], numbers.p_value(0.0421, style), *found[2:])
    assert found == texts


@given(probabilities, st.sampled_from(["default", "apa", "ama", "lancet", "nejm"]))
def test_a_rounded_probability_leads_to_the_same_conclusion(p, style):
    """What is printed is below 0.05 exactly where the probability is."""
    number = numbers.p_value(p, style).lstrip("<>").replace(".", "0.", 1).replace("00.", "0.", 1)
    assert (float(number) < 0.05) == (p < 0.05)
    assert "0.000" not in numbers.p_value(p, style).replace("0.0001", "").replace("0.0002", "") or (
        style == "lancet"
    )


@pytest.mark.parametrize(
    ("errors", "decimals"),
    [((0.45,), 2), ((0.0129,), 3), ((0.0996,), 2), ((1.34,), 1), ((13.4,), 0), ((134.0,), 0),
     ((0.00012,), 4), ((0.82, 0.0129), 3), ((None, 0.45), 2), ((), 2), ((0.0,), 2)],
)  # fmt: skip
def test_decimals_of_a_row(errors, decimals):
    """Two significant digits of the smallest standard error, four decimals at most."""
    assert numbers.decimals_for(*errors) == decimals


@pytest.mark.parametrize(
    ("values", "decimals"), [((1.2, 0.3), 2), ((1.2, 0.003), 3), ((0.00012,), 4), ((1e-9,), 2)]
)
def test_a_limit_is_not_put_on_zero(values, decimals):
    """The row gets more decimals, as far as four show it."""
    assert numbers.row_decimals([0.45], values) == decimals


@pytest.mark.parametrize(
    ("row", "decimals"),
    [
        ((2.48, 2.21, 2.79), 2),
        ((1.009, 1.0004, 1.017), 4),  # a limit that is not 1 is not printed as 1
        ((0.997, 0.991, 1.004), 3),
        ((0.084, 0.05, 0.12), 3),
        ((1.0, 0.8, 1.25), 2),
        ((None, None, None), 2),
    ],
)
def test_decimals_of_ratios(row, decimals):
    """Two from 0.1 to 10, more where rounding would put a value on the null or over it."""
    assert numbers.ratio_decimals([row]) == decimals


@given(st.floats(0.2, 5), st.floats(0.001, 1))
def test_rounded_limits_lead_to_the_same_conclusion(ratio, half):
    """An interval that leaves out 1 still does when it is printed."""
    low, high = ratio * math.exp(-half), ratio * math.exp(half)
    decimals = numbers.ratio_decimals([(ratio, low, high)])
    if decimals < 6:
        printed = [float(numbers.fixed(limit, decimals)) for limit in (low, high)]
        assert (printed[0] > 1) == (low > 1)
        assert (printed[1] < 1) == (high < 1)


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [(0.1234, 1000, "12.3%"), (0.1234, 99, "12%"), (0.5, None, "50.0%"), (None, 10, "—")],
)
def test_percentages(share, n, text):
    """No decimals under a hundred people, one otherwise."""
    assert numbers.percent(share, n) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0134, "0.013"), (0.0004, "<0.001"), (-0.0003, ">−0.001"), (0.0, "0"), (None, "—")],
)
def test_bounded(value, text):
    """A correlation too small for three decimals is given as a bound."""
    assert numbers.bounded(value, 3) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.018493, 3, "0.0185"), (1234.5, 3, "1,235"), (1.5e-9, 2, "1.5×10⁻⁹"), (3e12, 2, "3.0×10¹²"),
     (0.0, 3, "0"), (-2.0, 3, "−2.00")],
)  # fmt: skip
def test_significant_digits(value, digits, text):
    """Powers of ten where there would be more than six zeros."""
    assert numbers.significant(value, digits) == text


def test_conventions_hold_within():
    """Point, thousands and the style of p are the report's, and nobody else's."""
    with conventions(Conventions(",", "\u202f", "apa")):
        assert numbers.fixed(-12345.678, 2) == "−12\u202f345,68"
        assert numbers.p_value(0.0004) == "<,001"
        assert numbers.significant(0.25, 1) == "0,3"
    assert numbers.fixed(12345.678, 2) == "12,345.68"
    with conventions(Conventions("·", ",", "lancet")):
        assert numbers.p_value(0.0024) == "0·0024"
