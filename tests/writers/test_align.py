"""Decimal points of a column stand below each other, by spaces as wide as figures."""

from __future__ import annotations

import pytest

from reportgen.core.numbers import Conventions, conventions
from reportgen.writers.tables.align import FIGURE, POINT, aligned, aligned_first
from reportgen.writers.tables.metrics import ems


def point(text: str, mark: str = ".") -> float:
    """How far from the right edge the first decimal point is (or would be), in em."""
    whole = text.split(mark, 1)[0] if mark in text else text.rstrip(FIGURE + POINT)
    return width(text) - width(whole)


def width(text: str) -> float:
    return ems(text.replace(POINT, ".").replace(FIGURE, "0"))


@pytest.mark.parametrize(
    "texts",
    [
        ("0.479", "3.67", "91.7", "−1.80", "5"),
        ("1,234.5", "0.013", "−0.46", "<0.001"),
        ("0.449", "2.77", "12"),
    ],
)
def test_points_stand_below_each_other(texts):
    """And every text is as wide as every other."""
    made = aligned(texts)
    assert len({round(point(text), 6) for text in made}) == 1
    assert len({round(width(text), 6) for text in made}) == 1
    assert [text.strip(FIGURE + POINT) for text in made] == list(texts)


def test_the_limits_of_an_interval_stay_together():
    """The word between them stands at one place, and no gap opens beside it."""
    texts = ("0.449 to 0.500", "−1.59 to 1.89", "89.4 to 94.9", "−3.72 to −0.75")
    made = aligned(texts)
    assert len({round(width(text), 6) for text in made}) == 1
    assert len({round(width(text.split("to")[0]), 6) for text in made}) == 1
    assert [text.strip(FIGURE + POINT) for text in made] == list(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("125.6 (18.5)", "29.51 (6.98)", "9.5 (1.0)"),
        ("2,462 (48.3%)", "86 (1.7%)", "5 (<0.1%)"),
        ("608 (11.9%)", "2"),
    ],
)
def test_what_explains_a_number_follows_it(texts):
    """No gap opens before a bracket; the first numbers are aligned as far as spaces allow."""
    made = aligned_first(texts)
    assert [text.strip(FIGURE + POINT) for text in made] == list(texts)
    wholes = [text.split(".")[0].split(" ")[0].rstrip(FIGURE + POINT) for text in made]
    ends = [width(text) - width(whole) for text, whole in zip(made, wholes, strict=True)]
    assert max(ends) - min(ends) < 0.15


def test_other_points_and_thousands():
    """Where a language writes 1 234,5 the commas are aligned."""
    with conventions(Conventions(",", "\u202f")):
        made = aligned(("1\u202f234,5", "0,013", ",04"))
        assert len({round(point(text, ","), 6) for text in made}) == 1


def test_texts_without_numbers_stay():
    """There is nothing to align."""
    assert aligned(("—", "a")) == ("—", "a")
    assert aligned(()) == ()
    assert aligned_first(()) == ()
