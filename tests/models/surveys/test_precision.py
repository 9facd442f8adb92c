"""Standard errors of what a table describes, against R's `survey`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import FitError
from reportgen.core.types import Facts, Frame, Variable
from reportgen.models.description.describe import Describe

DESIGN = {"weights": "WTINT2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}
CLOSED = 1e-9


@pytest.fixture(scope="module")
def people(nhanes_csv):
    table = pd.read_csv(nhanes_csv)
    return table.assign(
        smq=table.SMQ020.map({1: 1, 2: 0}).astype("Float64"),
        race=table.RIDRETH1.map(str), sex=table.RIAGENDR.map({1: "Male", 2: "Female"}),
    )  # fmt: skip


def described(table, *columns, **options):
    """The summaries by column and group."""
    variables = {name: Variable(name, name) for name in table}
    frame = Frame(table, Facts("d", len(table), len(table), "", variables=variables))
    kind = Describe()
    result = kind.fit(kind.Options(columns=columns, errors=True, **options), frame)
    return {(each.variable, each.group): each for each in result.summaries}


def test_means_and_shares_of_everybody(people, golden):
    """`svymean` of age, of blood pressure with rows that lack it, and of smoking."""
    expected = golden("nhanes_survey_R")["2015_2016"]
    found = described(people, "RIDAGEYR", "BPXSY1", "smq", **DESIGN)
    for column, key in (("RIDAGEYR", "mean_age_full"), ("BPXSY1", "mean_bp_narm")):
        summary = found[column, ""]
        assert summary.mean == pytest.approx(expected[key]["est"][column], rel=CLOSED)
        assert summary.se == pytest.approx(expected[key]["se"][column], rel=CLOSED)
    smokers = found["smq", ""]
    assert smokers.shares["1"] == pytest.approx(expected["mean_smq_narm"]["est"]["smq"], rel=CLOSED)
    for level in ("0", "1"):
        assert smokers.share_errors[level] == pytest.approx(
            expected["mean_smq_narm"]["se"]["smq"], rel=CLOSED
        )
    assert found["RIDAGEYR", ""].mass == pytest.approx(expected["sum_weights"], rel=CLOSED)


def test_groups_are_domains(people):
    """`svyby(~BPXSY1, ~RIAGENDR, svydesign(~SDMVPSU, ~SDMVSTRA, weights = ~WTINT2YR, nest =
    TRUE), svymean, na.rm = TRUE)` and the same of `factor(RIDRETH1)`: survey 4.1-1, R 4.2.2.
    """
    found = described(people, "BPXSY1", "race", by="sex", **DESIGN)
    by_hand = {"Male": (124.802590630684, 0.600415713912149),
               "Female": (121.781155827524, 0.558933489530235)}  # fmt: skip
    for sex, (mean, se) in by_hand.items():
        assert found["BPXSY1", sex].mean == pytest.approx(mean, rel=1e-12)
        assert found["BPXSY1", sex].se == pytest.approx(se, rel=1e-9)
    men, women = found["race", "Male"], found["race", "Female"]
    assert men.shares["3"] == pytest.approx(0.637648281131966, rel=1e-12)
    assert men.share_errors["1"] == pytest.approx(0.0229320726232342, rel=1e-9)
    assert women.share_errors["3"] == pytest.approx(0.0397163790005976, rel=1e-9)


def test_without_a_design_rows_were_drawn_at_random(people):
    """s/√n of the values there are, and √(p(1 − p)/(n − 1)) of a share."""
    found = described(people, "BPXSY1", "sex")
    values = people.BPXSY1.dropna()
    # Rows that lack a value stay in the design, with a score of zero.
    n, kept = len(people), len(values)
    expected = np.sqrt(n / (n - 1) * ((values - values.mean()) ** 2).sum()) / kept
    assert found["BPXSY1", ""].se == pytest.approx(expected, rel=1e-12)
    share = (people.sex == "Male").mean()
    assert found["sex", ""].share_errors["Male"] == pytest.approx(
        np.sqrt(share * (1 - share) / (n - 1)), rel=1e-12
    )


def test_a_lonely_unit_is_an_error_unless_a_rule_is_named(people):
    """As in every estimate of a survey."""
    first = people.SDMVSTRA.iloc[0]
    one = people[(first != people.SDMVSTRA) | (people.SDMVPSU == 1)]
    with pytest.raises(FitError, match="one sampling unit"):
        described(one, "RIDAGEYR", **DESIGN)
    assert described(one, "RIDAGEYR", lonely="adjust", **DESIGN)["RIDAGEYR", ""].se > 0
