"""Subpopulations of a survey: conditions become columns, and subgroups keep every row."""

import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame, Variable
from reportgen.models.surveys.survey import Survey
from reportgen.run.domains import takes_domains, with_conditions, within
from reportgen.run.queues import worker

DESIGN = {"weights": "w", "strata": "h", "psu": "u", "estimate": "mean", "of": ("y",)}


@pytest.fixture
def frame() -> Frame:
    table = pd.DataFrame({
        "y": [1.0, 2.0, 4.0, 3.0, 6.0, 5.0, 8.0, 9.0],
        "age": [20, 30, 40, None, 20, 50, 60, 30],
        "sex": ["m", "f"] * 4,
        "w": [2.0] * 4 + [3.0] * 4,
        "h": ["a"] * 4 + ["b"] * 4,
        "u": [1, 1, 2, 2, 1, 1, 2, 2],
    })  # fmt: skip
    variables = {name: Variable(name, name) for name in table}
    variables["sex"] = Variable("sex", "Sex", levels={"m": "Men", "f": "Women"}, categorical=True)
    return Frame(table, Facts("d", 8, 8, "", variables=variables))


def test_a_condition_becomes_a_column(frame):
    """It is named by its text; what is not known is neither true nor false."""
    options = Survey.Options(**DESIGN, domain="age >= 30")
    column = with_conditions(options, frame).table["age >= 30"]
    assert column.isna().tolist() == [False] * 3 + [True] + [False] * 4
    assert column.fillna(False).tolist() == [False, True, True, False, False, True, True, True]
    assert "age >= 30" not in frame.table


def test_a_frame_without_conditions_is_left_alone(frame):
    """No column is made where there is nothing to make."""
    assert with_conditions(Survey.Options(**DESIGN), frame) is frame


def test_a_condition_that_is_not_known_is_outside(frame):
    """The domain is what a filter would keep, with the design of all rows."""
    result = worker.fit("survey", Survey.Options(**DESIGN, domain="age >= 30"), frame, None, False)
    kept = frame.table.loc[frame.table.age >= 30]
    assert result.n == len(kept) == 5
    assert result.method.details["outside"] == 3
    assert result.coef["y"].estimate == pytest.approx((kept.w * kept.y).sum() / kept.w.sum())


def test_a_subgroup_is_within_the_domain(frame):
    """Both conditions hold in it, and no row is lost."""
    options = Survey.Options(**DESIGN, domain="age >= 30")
    assert takes_domains(options)
    own, part = within(options, frame, "Sex: Men", frame.table.sex == "m")
    assert len(part.table) == 8
    result = worker.fit("survey", own, part, None, False)
    kept = frame.table.loc[(frame.table.age >= 30) & (frame.table.sex == "m")]
    assert result.coef["y"].estimate == pytest.approx((kept.w * kept.y).sum() / kept.w.sum())
    assert "age >= 30, Sex: Men" in result.notes[0].text
