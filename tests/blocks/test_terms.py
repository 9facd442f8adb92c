"""The union of the terms of several models."""

from __future__ import annotations

import pytest

from reportgen.blocks.terms import term_rows, without_headers
from reportgen.core.types import Term


def shown(rows):
    return [(row.kind, row.label, row.indent) for row in rows]


def numeric(name, column):
    return Term(name, (column,), (name,))


def test_a_category_is_a_header_with_its_levels(ols, make_context):
    """Levels in the order of display, the reference among them, the intercept at the end."""
    assert shown(term_rows([ols], make_context(ols))) == [
        ("numeric", "Age (years)", 0),
        ("header", "Sex", 0),
        ("reference", "Female", 1),
        ("level", "Male", 1),
        ("numeric", "Body mass index (kg/m²)", 0),
        ("header", "Race/ethnicity", 0),
        ("reference", "Mexican American", 1),
        ("level", "Other Hispanic", 1),
        ("level", "Non-Hispanic White", 1),
        ("level", "Non-Hispanic Black", 1),
        ("level", "Other or multiracial", 1),
        ("intercept", "Intercept", 0),
    ]


def test_rows_know_their_coefficients(ols, independent, make_context):
    """A row names its coefficient in each model that has it, and in no other."""
    rows = {row.label: row for row in term_rows([ols, independent], make_context())}
    assert rows["Male"].coefs == {
        "sbp_ols": "RIAGENDRx[T.Male]",
        "independent": "RIAGENDRx[T.Male]",
    }
    assert rows["Other Hispanic"].coefs == {"sbp_ols": "C(RIDRETH1)[T.2]"}
    assert rows["Female"].references == ("sbp_ols", "independent")
    assert rows["Male"].full == "Sex: Male"


def test_one_variable_written_in_two_ways_is_one(make_model, make_context):
    """`C(RIAGENDRx)` and `RIAGENDRx` share their rows and both find the label."""
    plain = Term("RIAGENDRx", ("RIAGENDRx",), ("a",), "categorical", {"Male": "a"}, "Female")
    wrapped = Term("C(RIAGENDRx)", ("RIAGENDRx",), ("b",), "categorical", {"Male": "b"}, "Female")
    models = [make_model("one", terms=(plain,)), make_model("two", terms=(wrapped,))]
    rows = term_rows(models, make_context())
    assert [row.label for row in rows] == ["Sex", "Female", "Male"]
    assert rows[2].coefs == {"one": "a", "two": "b"}


def test_references_may_differ(make_model, make_context):
    """A level that is the reference in one model and has a coefficient in another is one row."""
    female = Term("s", ("RIAGENDRx",), ("a",), "categorical", {"Male": "a"}, "Female")
    male = Term("s", ("RIAGENDRx",), ("b",), "categorical", {"Female": "b"}, "Male")
    models = [make_model("one", terms=(female,)), make_model("two", terms=(male,))]
    rows = {row.label: row for row in term_rows(models, make_context())}
    assert (rows["Female"].kind, rows["Female"].references) == ("level", ("one",))
    assert rows["Female"].coefs == {"two": "b"}
    assert rows["Male"].references == ("two",)


def test_a_number_and_a_category_are_two_terms(make_model, make_context):
    """A variable that is a number in one model and a category in another has two sets of rows."""
    category = Term("C(smq)", ("smq",), ("b",), "categorical", {"1": "b"}, "0")
    models = [
        make_model("one", terms=(numeric("smq", "smq"),)),
        make_model("two", terms=(category,)),
    ]
    kinds = [row.kind for row in term_rows(models, make_context())]
    assert kinds == ["numeric", "header", "reference", "level"]


def test_the_order_of_factors_does_not_matter(make_model, make_context):
    """`a:b` in one model is `b:a` in another."""
    one = Term("smq:BMXBMI", ("smq", "BMXBMI"), ("smq:BMXBMI",), "other")
    two = Term("BMXBMI:smq", ("BMXBMI", "smq"), ("BMXBMI:smq",), "other")
    models = [make_model("one", terms=(one,)), make_model("two", terms=(two,))]
    (row,) = term_rows(models, make_context())
    assert row.coefs == {"one": "smq:BMXBMI", "two": "BMXBMI:smq"}


@pytest.mark.parametrize(
    ("coefficient", "variables", "label"),
    [
        ("I(RIDAGEYR ** 2)", ("RIDAGEYR",), "Age (years), squared"),
        ("I(RIDAGEYR ** 4)", ("RIDAGEYR",), "Age (years), to the power of 4"),
        ("np.log(RIDAGEYR)", ("RIDAGEYR",), "Age (years), natural logarithm"),
        ("center(RIDAGEYR)", ("RIDAGEYR",), "Age (years), centred"),
        ("bs(RIDAGEYR, df=4)[1]", ("RIDAGEYR",), "Age (years), spline 2"),
        ("I(RIDAGEYR * BMXBMI)", ("RIDAGEYR", "BMXBMI"), "RIDAGEYR * BMXBMI"),
        ("RIDAGEYR:RIAGENDRx[T.Male]", ("RIDAGEYR", "RIAGENDRx"), "Age (years) × Sex: Male"),
        (
            "C(RIDRETH1)[T.2.0]:np.log(RIDAGEYR)",
            ("RIDRETH1", "RIDAGEYR"),
            "Race/ethnicity: Other Hispanic × Age (years), natural logarithm",
        ),
        (
            "C(RIDRETH1, Sum)[S.3]",
            ("RIDRETH1",),
            "Race/ethnicity: Non-Hispanic White (against the mean of all levels)",
        ),
        ("unknown", ("unknown",), "unknown"),
    ],
)
def test_other_terms_have_sensible_labels(coefficient, variables, label, make_model, make_context):
    """Transformations, splines, contrasts and interactions are put in words."""
    model = make_model("m", terms=(Term(coefficient, variables, (coefficient,), "other"),))
    (row,) = term_rows([model], make_context())
    assert (row.kind, row.label) == ("other", label)


def test_a_list_without_headers(ols, make_context):
    """For a plot: rows that hold a number, each with a label of its own."""
    rows = without_headers(term_rows([ols], make_context()))
    assert [row.full for row in rows][:3] == [
        "Age (years)",
        "Sex: Male",
        "Body mass index (kg/m²)",
    ]


def test_a_failed_model_adds_nothing(ols, broken, make_context):
    """A model without terms leaves the union as it was."""
    rows = term_rows([broken, ols], make_context())
    assert rows == term_rows([ols], make_context())
