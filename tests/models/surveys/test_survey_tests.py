"""Tests of a survey by its design, against R's `survey` and against their unweighted kin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from reportgen.core.errors import FitError
from reportgen.core.types import Facts, Frame, Variable
from reportgen.models.description.describe import Describe
from reportgen.models.surveys.comparisons import weighted_ranks

COLUMNS = (
    "BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA",
    "SDMVPSU",
)  # fmt: skip
DESIGN = {"weights": "WTINT2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU", "compare": True}
EDUCATION = {1: "lt9", 2: "x9_11", 3: "HS", 4: "SomeCollege", 5: "College"}


def compared(table, by, *columns, **design):
    variables = {name: Variable(name, name) for name in table}
    frame = Frame(table, Facts("d", len(table), len(table), "", variables=variables))
    kind = Describe()
    result = kind.fit(kind.Options(columns=columns, by=by, **design), frame)
    return {each.variable: each.tests for each in result.differences}


@pytest.fixture(scope="module")
def nhanes(nhanes_csv):
    table = pd.read_csv(nhanes_csv).dropna(subset=list(COLUMNS)).reset_index(drop=True)
    table["smq"] = table["SMQ020"].map({1: 1.0, 2: 0.0})
    table["sex"] = table["RIAGENDR"].map({1: "Male", 2: "Female"})
    table["education"] = table["DMDEDUC2"].map(EDUCATION)
    return table


def test_means_of_two_groups(nhanes, golden):
    """The square of `svyttest`'s t, with its degrees of freedom and its p."""
    expected = golden("nhanes_survey_R")["2015_2016"]["svyttest"]
    found = compared(nhanes, "sex", "BPXSY1", **DESIGN)["BPXSY1"]["means"]
    assert found.statistic == pytest.approx(expected["t"] ** 2, rel=1e-9)
    assert found.df_resid == expected["df"]
    assert found.p == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize(
    ("by", "column", "key"), [("sex", "smq", "svychisq_F"), ("sex", "education", "svychisq_edu_F")]
)
def test_rao_and_scott(nhanes, golden, by, column, key):
    """F and p of `svychisq`, of two levels and of five."""
    expected = golden("nhanes_survey_R")["2015_2016"][key]
    found = compared(nhanes, by, column, **DESIGN)[column]["counts"]
    assert found.statistic == pytest.approx(expected["F"], rel=1e-9)
    assert found.p == pytest.approx(expected["p"], rel=1e-8)


def test_means_of_several_groups_are_a_test_of_the_regression(nhanes, fit):
    """F of group means is the Wald test of the factor in the survey's linear model."""
    design = {key: value for key, value in DESIGN.items() if key != "compare"}
    model = fit("survey", nhanes, formula="BPXSY1 ~ C(RIDRETH1)", **design)
    expected = model.wald["C(RIDRETH1)"]
    found = compared(nhanes, "RIDRETH1", "BPXSY1", **DESIGN)["BPXSY1"]["means"]
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert (found.df, found.df_resid) == (expected.df, expected.df_resid)
    assert found.p == pytest.approx(expected.p, rel=1e-8)


def test_ranks_without_weights_are_ranks():
    """Equal weights give (rank − ½)/n, ties their mean."""
    x = np.array([3.0, 1.0, 2.0, 2.0, 9.0, 2.0])
    assert weighted_ranks(x, np.ones(6)) == pytest.approx((rankdata(x) - 0.5) / 6)


def test_a_row_of_weight_two_is_two_rows_in_ranks():
    """The rank of a value is that among all the rows it stands for."""
    x, w = np.array([5.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0])
    whole = (rankdata(np.repeat(x, [1, 2, 3])) - 0.5) / 6
    assert weighted_ranks(x, w) == pytest.approx([whole[0], whole[1], whole[3]])


def test_a_test_of_ranks_is_that_of_their_means(nhanes):
    """What `design_ranks` tests is the mean of the ranks, by the same design."""
    ranked = nhanes.assign(rank=weighted_ranks(*nhanes[["BPXSY1", "WTINT2YR"]].to_numpy(float).T))
    found = compared(ranked, "sex", "BPXSY1", "rank", **DESIGN)
    assert found["BPXSY1"]["ranks"].p == pytest.approx(found["rank"]["means"].p, rel=1e-9)


def test_a_stratum_of_one_unit_stops_unless_a_rule_is_given(nhanes):
    """As everywhere in a survey: the spread within the stratum is not known."""
    lonely = nhanes[~((nhanes["SDMVSTRA"] == 120) & (nhanes["SDMVPSU"] == 2))]
    with pytest.raises(FitError, match="one sampling unit"):
        compared(lonely, "sex", "BPXSY1", **DESIGN)
    found = compared(lonely, "sex", "BPXSY1", **DESIGN, lonely="adjust")
    assert found["BPXSY1"]["means"].p < 0.01


def test_what_cannot_be_tested_is_not():
    """One group, text, a column that does not vary: no test, and no number."""
    table = pd.DataFrame({
        "g": ["a"] * 6, "x": [1.0, 2, 3, 4, 5, 6], "h": ["u", "v"] * 3, "c": [2.0] * 6, "w": 1.0,
    })  # fmt: skip
    design = {"weights": "w", "compare": True}
    assert compared(table, "g", "x", "h", **design) == {"x": {}, "h": {}}
    assert compared(table, "h", "c", **design) == {"c": {}}
