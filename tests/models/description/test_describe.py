"""Summaries of columns, overall and by group, plain and weighted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError
from reportgen.core.types import Facts, Frame, Variable
from reportgen.models.description.describe import Describe

KIND = Describe()
TABLE = pd.DataFrame({
    "age": [20.0, 30.0, 40.0, 50.0, None], "sex": ["F", "M", "M", "F", None],
    "smoker": [0, 1, 1, 0, 1], "w": [1.0, 1.0, 1.0, 3.0, 2.0], "bad": [1.0, -1.0, 1.0, 1.0, 1.0],
})  # fmt: skip
FRAME = Frame(TABLE, Facts("d", 5, 5, "0", variables={"sex": Variable("sex", "Sex")}))


def fit(*columns, **options):
    result = KIND.fit(Describe.Options(columns=columns, **options), FRAME)
    return {(each.variable, each.group): each for each in result.summaries}, result


def test_numbers_overall_and_by_group():
    """As pandas has them; rows without a group count overall alone."""
    found, _ = fit("age", by="sex")
    everybody = found["age", ""]
    assert (everybody.n, everybody.missing) == (4, 1)
    assert (everybody.mean, everybody.sd) == pytest.approx((35.0, TABLE["age"].std()))
    quartiles = (everybody.q1, everybody.median, everybody.q3)
    assert quartiles == pytest.approx(tuple(TABLE["age"].quantile([0.25, 0.5, 0.75])))
    assert found["age", "F"].mean == 35.0
    assert {group for _, group in found} == {"", "F", "M"}


def test_counts():
    """Of texts, and of zeros and ones."""
    found, _ = fit("sex", "smoker")
    assert found["sex", ""].counts == {"F": 2, "M": 2}
    assert found["smoker", ""].counts == {"0": 2, "1": 3}
    assert found["smoker", ""].shares == {}


def test_weights():
    """Mean and shares of the weights; a weighted median is a value of the data."""
    found, _ = fit("age", "smoker", weights="w")
    age = found["age", ""]
    assert age.mean == pytest.approx(np.average([20, 30, 40, 50], weights=[1, 1, 1, 3]))
    assert (age.q1, age.median, age.q3) == (30.0, 40.0, 50.0)
    assert found["smoker", ""].shares == pytest.approx({"0": 0.5, "1": 0.5})
    assert found["smoker", ""].counts == {"0": 2, "1": 3}


def test_equal_weights_change_no_mean():
    """Nor any standard deviation or share."""
    frame = Frame(TABLE.assign(one=1.0), FRAME.facts)
    plain = KIND.fit(Describe.Options(columns=("age", "smoker")), frame).summaries
    equal = KIND.fit(Describe.Options(columns=("age", "smoker"), weights="one"), frame).summaries
    assert (equal[0].mean, equal[0].sd) == pytest.approx((plain[0].mean, plain[0].sd))
    assert equal[1].shares == pytest.approx({"0": 0.4, "1": 0.6})


@pytest.mark.parametrize("column", ["bad", "age", "sex"])
def test_bad_weights_are_refused(column):
    """Negative, missing, text."""
    with pytest.raises(DataError, match="weights"):
        fit("smoker", weights=column)


def test_differences_are_computed_when_asked():
    """Of all columns but the one that makes the groups."""
    _, result = fit("age", "sex", "smoker", by="sex", compare=True)
    assert [each.variable for each in result.differences] == ["age", "smoker"]
    assert fit("age", by="sex")[1].differences == ()
