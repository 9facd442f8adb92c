"""`table: describe`: a row for each number, a header and its levels for each category."""

from __future__ import annotations

import pytest

from reportgen.blocks.tables.describe import Describe
from reportgen.core.description import Difference, GroupTest, Summary
from reportgen.core.types import Result
from reportgen.writers.tables.grid import grid

BLOCK = Describe()
WELCH = GroupTest("welch", 3.7, 1, 55.3, 0.06)
RANKS = GroupTest("kruskal_wallis", 3.4, 1, None, 0.07)
CHI = GroupTest("chi_square", 3.9, 1, None, 0.05)


def numbers(name, group="", n=10, missing=0, mean=50.0, median=49.0, **more):
    return Summary(name, group, n, missing, mean, 10.0, median, 40.0, 60.0, 20.0, 80.0, **more)


def by_sex(make):
    return [make(group) for group in ("", "Female", "Male")]


@pytest.fixture(scope="module")
def build(make_context):
    """The table of summaries and differences."""

    def make(summaries, differences=(), **options):
        columns = tuple(dict.fromkeys(each.variable for each in summaries))
        given = Describe.Options(data="nhanes", columns=columns, **options)
        assert list(BLOCK.check(given)) == []
        computed = Result(
            "describe", "ok", summaries=tuple(summaries), differences=tuple(differences)
        )
        return BLOCK.build(given, make_context().with_computed({"summaries": computed}))

    return make


@pytest.fixture(scope="module")
def text_of(words):
    """The cells of a table as its readers see them, without what aligns them."""

    def written(table):
        made = grid(table, words)
        return [cell.bare for block in made.blocks for row in block.rows for cell in row.cells]

    return written


def rows(table):
    return [(row.label, [cell.value for cell in row.cells]) for row in table.blocks[0].rows]


def test_mean_or_median_as_fits_or_as_asked(build):
    """`auto` gives the median of a skewed distribution; a mapping says it for single columns."""
    even, skewed = numbers("RIDAGEYR"), numbers("BMXBMI", mean=55.0)
    assert [row[0] for row in rows(build([even, skewed]))] == [
        "Age (years)", "Body mass index (kg/m²), median (Q1, Q3)",
    ]  # fmt: skip
    assert rows(build([even, skewed], numeric="mean"))[1][1] == [(55.0, 10.0)]
    asked = rows(build([even, skewed], numeric={"RIDAGEYR": "median"}))
    assert asked[0] == ("Age (years), median (Q1, Q3)", [(49.0, 40.0, 60.0)])
    assert asked[1][0].endswith("median (Q1, Q3)")


def test_one_decimal_more_than_the_data(build):
    """For means; for a median where it lies between two values."""
    table = build([numbers("RIDAGEYR"), numbers("BMXBMI", median=49.5)], numeric="mean")
    assert [row.cells[0].decimals for row in table.blocks[0].rows] == [1, 1]
    table = build([numbers("RIDAGEYR"), numbers("BMXBMI", median=49.5)], numeric="median")
    assert [row.cells[0].decimals for row in table.blocks[0].rows] == [0, 1]


@pytest.mark.parametrize(
    ("decimals", "sd", "shown"),
    [(0, 18.4, 1), (1, 7.14, 2), (4, 293.2279, 1), (4, 0.01234, 4), (0, 31234.5, 0), (2, 0.0, 3)],
)
def test_many_decimals_of_the_data_are_bounded(build, decimals, sd, shown):
    """Three significant digits of the SD are enough, and a mean of thousands has no decimals; the
    groups of a row share their decimals.
    """
    summaries = [
        Summary("BMXBMI", group, 9, 0, 257.1085, sd / (1 + len(group)), 257.1, decimals=each)
        for group, each in (("", decimals), ("Female", 1), ("Male", 0))
    ]
    table = build(summaries, by="RIAGENDRx", numeric="mean")
    assert {cell.decimals for cell in table.blocks[0].rows[0].cells} == {shown}


def test_tests_of_weighted_rows_are_those_of_the_design(build):
    """The note names them, and says what they respect."""
    summaries = by_sex(lambda group: numbers("BMXBMI", group))
    test = GroupTest("design_means", 24.5, 1, 14.0, 0.0002)
    differences = [Difference("BMXBMI", 0.2, {"means": test})]
    for design, said in (({"psu": "u", "strata": "s"}, "strata, sampling units"), ({}, "as drawn")):
        table = build(summaries, differences, by="RIAGENDRx", p=True, weights="w", **design)
        assert any("Wald test of equal means" in note and said in note for note in table.notes)


def test_a_category_is_a_header_and_its_levels(build):
    """In the order of the labels; a yes or no of 0 and 1 is one row."""
    race = Summary("RIDRETH1", "", 10, 2, counts={"3": 4, "1": 6})
    smoker = Summary("smq", "", 12, 0, counts={"0": 9, "1": 3})
    assert rows(build([race, smoker])) == [
        ("Race/ethnicity", []),
        ("Mexican American", [(6, 0.6)]),
        ("Non-Hispanic White", [(4, 0.4)]),
        ("Missing", [2]),
        ("Ever smoker", [(3, 0.25)]),
    ]


@pytest.mark.parametrize(("missing", "labels"), [("never", 1), ("auto", 1), ("always", 2)])
def test_missing_values(build, missing, labels):
    """Counted where there are any, always, or never."""
    assert len(rows(build([numbers("RIDAGEYR")], missing=missing))) == labels
    gone = rows(build([numbers("RIDAGEYR", missing=3)], missing=missing))
    assert (("Missing", [3]) in gone) == (missing != "never")


def test_groups_stand_side_by_side(build):
    """With their sizes; the column that makes them is counted for everybody alone."""
    summaries = [
        *by_sex(lambda group: numbers("RIDAGEYR", group)),
        *by_sex(lambda group: Summary("RIAGENDRx", group, 10, 0, counts={"Female": 5, "Male": 5})),
    ]
    table = build(summaries, by="RIAGENDRx")
    assert [head.label.replace("\u00a0", " ") for head in table.columns] == [
        "Overall (n = 10)", "Female (n = 10)", "Male (n = 10)",
    ]  # fmt: skip
    assert rows(table)[2] == ("Female", [(5, 0.5), None, None])
    assert len(build(summaries, by="RIAGENDRx", overall=False).columns) == 2


def test_rows_without_a_group_are_counted(build):
    """Everybody is more than the groups where some have no value of their column."""
    summaries = [numbers("RIDAGEYR", "", 10, 5), *by_sex(lambda g: numbers("RIDAGEYR", g, 6))[1:]]
    notes = " ".join(build(summaries, by="RIAGENDRx").notes)
    assert "3 rows without a value of sex are in no group." in notes


def test_differences_stand_behind_the_groups(build):
    """On the row of a number, on the header of a category; the test is that of what is shown."""
    race = by_sex(lambda group: Summary("RIDRETH1", group, 5, 0, counts={"1": 3, "3": 2}))
    summaries = [*by_sex(lambda group: numbers("RIDAGEYR", group)), *race]
    tests = {"means": WELCH, "ranks": RANKS}
    differences = [
        Difference("RIDAGEYR", 0.494, tests), Difference("RIDRETH1", 0.0, {"counts": CHI}),
    ]  # fmt: skip
    table = build(summaries, differences, by="RIAGENDRx", smd=True, p=True)
    assert [head.label for head in table.columns[3:]] == ["SMD", "p"]
    found = rows(table)
    assert found[0][1][3:] == [0.494, 0.06]
    assert found[1] == ("Race/ethnicity", [None, None, None, 0.0, 0.05])
    assert found[2][1][3:] == [None, None]
    assert "SMD" in table.abbreviations
    note = next(note for note in table.notes if note.startswith("p: "))
    assert "Welch" in note
    assert "χ²" in note
    assert "independent" in note
    median = build(summaries, differences, by="RIAGENDRx", p=True, numeric="median")
    assert rows(median)[0][1][3:] == [0.07]


def test_weights_are_said_and_change_shares(build):
    """Counts stay counts; percentages are of the weights."""
    smoker = Summary("smq", "", 12, 0, counts={"0": 9, "1": 3}, shares={"0": 0.9, "1": 0.1})
    table = build([smoker], weights="w")
    assert rows(table) == [("Ever smoker", [(3, 0.1)])]
    assert any("eighted" in note for note in table.notes)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"columns": ()}, ("columns",)),
        ({"smd": True}, ("smd",)),
        ({"p": True}, ("p",)),
        ({"by": "RIAGENDRx", "p": True, "strata": "s"}, ("strata",)),
        ({"by": "RIAGENDRx", "psu": "u"}, ("psu",)),
        ({"numeric": {"BMXBMI": "mean"}}, ("numeric", "BMXBMI")),
    ],
)
def test_what_makes_no_sense_is_refused(options, path):
    """With the key at fault."""
    given = Describe.Options(**{"data": "nhanes", "columns": ("RIDAGEYR",)} | options)
    assert [problem.path for problem in BLOCK.check(given)] == [path]


def test_standard_errors_stand_behind_means_and_percentages(build, text_of):
    """With their decimals, and a note that says what they rest on."""
    age = numbers("RIDAGEYR", mean=47.20508, se=0.58261, mass=1000.0)
    smoke = Summary("smq", "", 10, 0, counts={"0": 6, "1": 4}, shares={"0": 0.57, "1": 0.43},
                    mass=1000.0, share_errors={"0": 0.0102, "1": 0.0102})  # fmt: skip
    given = {"weights": "w", "strata": "s", "spread": "se"}
    table = build([age, smoke], numeric="mean", **given)
    assert text_of(table) == ["47.21 (0.58)", "43.0% (1.0%)"]
    assert any("linearised" in note for note in table.notes)
    assert "SE" in table.abbreviations
    weighted = build([age, smoke], numeric="mean", weights="w", counts="weighted")
    assert text_of(weighted) == ["47.2 (10.0)", "430 (43.0%)"]


@pytest.mark.parametrize("options", [{}, {"weights": "w", "spread": "se"}])
def test_weighted_counts_need_weights_and_a_place(options):
    """Without weights there are none, and beside standard errors none are shown."""
    given = Describe.Options(data="nhanes", columns=("smq",), counts="weighted", **options)
    assert [problem.code for problem in BLOCK.check(given)] == ["no-weighted-counts"]
