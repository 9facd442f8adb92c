"""What is found of a table once, for all models of its rows."""

from __future__ import annotations

import gc

import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame
from reportgen.models import known
from reportgen.models.formulas.rows import complete


@pytest.fixture
def table():
    return pd.DataFrame({"x": [1.0, 2.0, None], "y": [1.0, None, 3.0], "z": [1.0, 2.0, 3.0]})


def counted(calls, value="found"):
    def find():
        calls.append(value)
        return value

    return find


@pytest.mark.parametrize("remember", [known.once, known.lately])
def test_a_table_is_asked_once(table, remember):
    """Another model of the same rows is told what the first has found."""
    calls = []
    assert [remember(table, "what", counted(calls)) for _ in range(3)] == ["found"] * 3
    assert calls == ["found"]


@pytest.mark.parametrize("remember", [known.once, known.lately])
def test_equal_tables_are_not_the_same(table, remember):
    """What was found of one table is not said of another, whatever that holds."""
    calls = []
    remember(table, "what", counted(calls))
    remember(table.copy(), "what", counted(calls))
    assert len(calls) == 2


def test_of_large_things_the_last_are_kept(table):
    """As many as `LARGE`; one that is asked for again counts as the last."""
    calls = []
    for name in range(known.LARGE):
        known.lately(table, name, counted(calls, name))
    known.lately(table, 0, counted(calls, 0))
    known.lately(table, "new", counted(calls, "new"))
    known.lately(table, 0, counted(calls, 0))
    known.lately(table, 1, counted(calls, 1))
    assert calls == [*range(known.LARGE), "new", 1]


def test_what_is_known_goes_with_its_table():
    """Neither the table nor what was found of it is held."""
    table = pd.DataFrame({"x": [1.0]})
    number = id(table)
    known.column(table, "x")
    assert number in known._tables
    del table
    gc.collect()
    assert number not in known._tables


def test_models_that_lack_the_same_have_the_same_rows(table):
    """They need not be copied for each; those that lack other values have other rows."""
    frame = Frame(table, Facts("d", 3, 3, ""))
    rows, missing = complete(frame, ["x", "z"])
    again, _ = complete(frame, ["z", "x"])
    other, both = complete(frame, ["x", "y", "z"])
    assert again is rows
    assert (list(rows.index), missing) == ([0, 1], {"x": 1})
    assert (list(other.index), both) == ([0], {"x": 1, "y": 1})
    assert complete(frame, ["z"])[0] is table
