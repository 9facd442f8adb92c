"""Ranges of years are set with an en dash; whatever only looks like one is left alone."""

from __future__ import annotations

import pytest

from reportgen.core.typography import mended, set_ranges


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("NHANES 2015-2016", "NHANES 2015–2016"),
        ("2015-16 and 2017-2018.", "2015–16 and 2017–2018."),
        ("(1999-2000)", "(1999–2000)"),
        ("2015–2016", "2015–2016"),
    ],
)
def test_ranges_of_years(typed, printed):
    """Four figures or two, the second year the later."""
    assert set_ranges(typed) == printed


@pytest.mark.parametrize(
    "text",
    [
        *("2015-11", "2015-11-03", "2016-2015", "12015-2016", "nhanes_2015-2016.csv"),
        *("wave-2015-2016", "2015-2016-a", "1234-5678", "10-20", "x2015-2016", "2.2015-2016"),
    ],
)
def test_what_is_no_range_of_years(text):
    """Months, dates, names of files, other numbers."""
    assert set_ranges(text) == text


def test_apostrophes_stand_inside_words():
    """A quotation mark, a prime and a straight quote beside a figure stay as they are."""
    assert mended("a firm's years 2015-2016") == "a firm\u2019s years 2015\u20132016"
    for text in ("'quoted'", "5' 11", "the firms' years", "x' y"):
        assert mended(text) == text
