"""Rows of a table as text: what shares its decimals with what."""

from __future__ import annotations

import pytest

from reportgen.core.document import Cell
from reportgen.core.words import load
from reportgen.writers.tables.celltext import row_text

WORDS = load("en")


def texts(*cells, style="default"):
    write = row_text(cells, WORDS, style)
    return [write(cell) for cell in cells]


def linear(estimate, se):
    limits = (estimate - 1.96 * se, estimate + 1.96 * se)
    return (
        Cell(estimate, "estimate", error=se), Cell(se, "se", error=se), Cell(limits, "ci", error=se)
    )  # fmt: skip


def ratio(estimate, se, low, high):
    return (
        Cell(estimate, "ratio", error=se), Cell(se, "ratio_se", error=se),
        Cell((low, high), "ratio_ci", error=se),
    )  # fmt: skip


def test_estimate_error_and_interval_share_decimals():
    """Two significant digits of the smallest standard error of the row."""
    made = texts(*linear(0.4787, 0.0129), *linear(0.4741, 0.0185))
    assert made == ["0.479", "0.013", "0.453 to 0.504", "0.474", "0.019", "0.438 to 0.510"]


def test_a_limit_near_zero_gives_the_row_more_decimals():
    """All of the row, so that its numbers still share them."""
    assert texts(*linear(0.8825, 0.45)) == ["0.8825", "0.4500", "0.0005 to 1.7645"]


def test_ratios_have_two_decimals_unless_that_misleads():
    """More where a limit would be printed as 1."""
    assert texts(*ratio(2.4833, 0.15, 2.207, 2.794)) == ["2.48", "0.15", "2.21 to 2.79"]
    glm, gee = ratio(1.0085, 0.004, 1.0004, 1.0167), ratio(1.0063, 0.006, 0.9953, 1.0175)
    made = texts(*glm, *gee)
    assert made[2] == "1.0004 to 1.0167"
    assert made[5] == "0.9953 to 1.0175"


def test_ratios_and_differences_in_one_row_keep_their_own_rules():
    """A linear model beside a logistic one."""
    made = texts(*linear(0.4787, 0.0129), *ratio(2.4833, 0.15, 2.207, 2.794))
    assert made == ["0.479", "0.013", "0.453 to 0.504", "2.48", "0.15", "2.21 to 2.79"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(0.01346, "icc"), "0.013"),
        (Cell(0.0003, "icc"), "<0.001"),
        (Cell(21409.87, "likelihood"), "21,409.9"),
        (Cell(5102, "count"), "5,102"),
        (Cell((125.6, 18.5), "mean_sd", decimals=1), "125.6 (18.5)"),
        (Cell((49, 35, 63), "median_iqr", decimals=0), "49 (35, 63)"),
        (Cell((-3, -9, 2), "median_iqr", decimals=0), "−3 (−9, 2)"),
        (Cell((2462, 0.483), "count_percent"), "2,462 (48.3%)"),
        (Cell((12, 0.24), "count_percent"), "12 (24%)"),
        (Cell((106, 226), "range"), "106 to 226"),
        (Cell(0.0004, "p"), "<0.001"),
        (Cell(9.3, "df"), "9.3"),
        (Cell(29, "df"), "29"),
        (Cell(empty="reference"), "Reference"),
        (Cell(empty="absent"), ""),
        (Cell(empty="undefined"), "—"),
        (Cell(empty="failed"), "—"),
        (Cell(), ""),
    ],
)
def test_each_role_has_its_rule(cell, text):
    """And each kind of empty cell its sign."""
    assert texts(cell) == [text]
