"""Each recode on a few rows, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError
from reportgen.core.saying import english
from reportgen.data import RECODES

TABLE = pd.DataFrame(
    {
        "age": [20.0, 40.0, 60.0, 80.0, np.nan],
        "site": ["n", "n", "s", "s", "s"],
        "code": [1, 2, 7, 1, 2],
        "psu": [1, 2, 1, 2, 1],
    }
)


def made(verb, name="new", **keys):
    recode = RECODES.load(verb)
    options = recode.Options(**keys)
    assert list(recode.check(options)) == []
    return recode.apply(name, options, TABLE.copy()), recode.describe(name, options)


def values(verb, **keys):
    return made(verb, **keys)[0]["new"].tolist()


def test_map_gives_new_values():
    """Listed codes change, `missing` is missing, and an unlisted code is an error."""
    assert values("map", map="code", values={"1": 1, "2": 0, "7": "missing"})[:2] == [1, 0]
    assert pd.isna(values("map", map="code", values={"1": 1, "2": 0, "7": "missing"})[2])
    with pytest.raises(DataError, match="1 row"):
        made("map", map="code", values={"1": 1, "2": 0})
    assert values("map", map="code", values={"1": 9}, else_="keep") == [9, 2, 7, 9, 2]


def test_map_to_text_is_a_category():
    """In the order of writing; the base level is the first by alphabet, as statsmodels takes it."""
    columns, described = made("map", map="code", values={"2": "low", "1": "high", "7": "missing"})
    assert columns["new"].dropna().tolist() == ["high", "low", "high", "low"]
    assert list(described["new"].levels) == ["low", "high"]
    assert described["new"].reference == "high"


def test_center_and_standardize_and_mean():
    """Across all rows, and within groups; missing stays missing."""
    assert values("center", center="age")[:4] == [-30, -10, 10, 30]
    assert values("center", center="age", within="site")[:4] == [-10, 10, -10, 10]
    assert values("mean", mean="age", within="site") == [30, 30, 70, 70, 70]
    standard = values("standardize", standardize="age")
    assert np.nanstd(standard, ddof=1) == pytest.approx(1)
    assert np.isnan(standard[4])


def test_scale():
    """Divided by a number: per 10 years."""
    assert values("scale", scale="age", by=10)[:2] == [2, 4]


@pytest.mark.parametrize(
    ("right", "expected"),
    [(False, ["<40", "40 to <80", "40 to <80", "≥80"]), (True, ["≤40", "≤40", ">40 to 80"])],
)
def test_cut_at_points(right, expected):
    """A point belongs above it, or with `right` below it."""
    found = values("cut", cut="age", at=(40.0, 80.0), right=right)
    assert found[: len(expected)] == expected
    assert pd.isna(found[4])


def test_cut_at_quantiles():
    """Groups of equal size among those analysed."""
    assert values("cut", cut="age", quantiles=2, labels=("low", "high"))[:4] == [
        "low", "low", "high", "high",
    ]  # fmt: skip


@pytest.mark.parametrize("right", [False, True])
def test_intervals_between_quantiles_are_levels_in_their_order(right):
    """Known once the data are: the lowest first, so that it is the reference. Nobody named them,
    so that a report says them in its language; whole numbers have no thousands.
    """
    recode = RECODES.load("cut")
    table = pd.DataFrame({"x": [1000.0, 9.5, 1.0, 3000.0, 20.5, 2000.0]})
    options = recode.Options(cut="x", quantiles=3, right=right)
    assert not recode.describe("band", options)["band"].levels
    known = recode.learn("band", options, table)["band"]
    made = recode.apply("band", options, table)["band"]
    assert list(known.levels) == list(made.cat.categories)
    assert made[2] == next(iter(known.levels))
    said = [english(known.said[level]) for level in known.levels]
    assert said == (
        ["≤16.8333", ">16.8333 to 1,333.33", ">1,333.33"]
        if right
        else ["<16.8333", "16.8333 to <1,333.33", "≥1,333.33"]
    )
    years = recode.describe("band", recode.Options(cut="x", at=(1990, 2000.0)))["band"]
    assert [english(years.said[level]) for level in years.levels] == list(years.levels)


def test_combine_never_joins_two_combinations():
    """`a/b` and `c` is not `a` and `b/c`."""
    assert values("combine", combine=("site", "psu"))[:2] == ["n/1", "n/2"]
    table = pd.DataFrame({"one": ["a/b", "a"], "two": ["c", "b/c"]})
    recode = RECODES.load("combine")
    found = recode.apply("new", recode.Options(combine=("one", "two")), table)["new"]
    assert found.nunique() == 2


def test_draw_is_the_same_on_every_machine():
    """NumPy's PCG64 at the seed, column after column."""
    columns, described = made("draw", "noise", draw="normal", copies=2, seed=7)
    expected = np.random.default_rng(7).standard_normal(10)
    assert np.concatenate(list(columns.values())).tolist() == expected.tolist()
    assert list(described) == ["noise_1", "noise_2"]


def test_expr():
    """An expression over columns."""
    assert values("expr", expr="10 * code + psu") == [11, 22, 71, 12, 21]


@pytest.mark.parametrize(
    ("verb", "keys"),
    [
        ("center", {"center": "site"}), ("scale", {"scale": "site", "by": 2}),
        ("cut", {"cut": "site", "at": (1.0,)}), ("standardize", {"standardize": "site"}),
    ],
)  # fmt: skip
def test_text_is_no_number(verb, keys):
    """A column of text where a number is needed: one clear error."""
    with pytest.raises(DataError):
        made(verb, **keys)


@pytest.mark.parametrize(
    ("verb", "keys"),
    [
        ("cut", {"cut": "age"}), ("cut", {"cut": "age", "at": (3.0, 1.0)}),
        ("cut", {"cut": "age", "quantiles": 4, "labels": ("a",)}), ("combine", {"combine": ("a",)}),
        ("draw", {"draw": "normal", "seed": 1, "copies": 10**9}),
        ("scale", {"scale": "age", "by": 0}),
    ],
)  # fmt: skip
def test_options_that_mean_nothing(verb, keys):
    """Known before data are read."""
    recode = RECODES.load(verb)
    assert list(recode.check(recode.Options(**keys)))
