"""Sources joined by the columns they share."""

from __future__ import annotations

import pandas as pd
import pytest

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.errors import DataError
from reportgen.data.dataset import ColumnOptions, Dataset
from reportgen.data.join import Join, JoinKeys, joined
from reportgen.data.prepare import prepare
from reportgen.data.sources.csv import Csv

LEFT = pd.DataFrame({"id": [1, 2, 3], "age": [30, 40, 50]})
RIGHT = pd.DataFrame({"id": [2, 3, 4], "bmi": [22, 33, 44]})


def join(left=LEFT, right=RIGHT, **keys):
    made = Join("b.csv", "csv", None, JoinKeys(source="b.csv", **{"on": ("id",), **keys}))
    return joined(Loaded(left), Loaded(right), made)


@pytest.mark.parametrize(
    ("how", "ids"), [("left", [1, 2, 3]), ("inner", [2, 3]), ("outer", [1, 2, 3, 4])]
)
def test_which_rows_are_kept(how, ids):
    """As pandas keeps them, and the step counts them."""
    loaded, step = join(how=how)
    assert loaded.table["id"].tolist() == ids
    assert (step.label, step.before, step.after) == ("Joined with b.csv", 3, len(ids))


def test_integers_that_find_a_partner_stay_integers():
    """Only a gap makes floats."""
    assert join(how="inner")[0].table["bmi"].dtype == "int64"
    assert join(how="left")[0].table["bmi"].isna().sum() == 1


def test_rows_are_never_multiplied_unasked():
    """An identifier that stands twice on the right is an error, until `validate` allows it."""
    twice = pd.DataFrame({"id": [2, 2], "bmi": [1, 2]})
    with pytest.raises(DataError, match="1 rows of the data"):
        join(right=twice)
    assert len(join(right=twice, validate="one_to_many")[0].table) == 4


def test_missing_identifiers_match_nothing():
    """pandas would match missing with missing."""
    left = pd.DataFrame({"id": [1.0, None], "age": [1, 2]})
    right = pd.DataFrame({"id": [1.0, None], "bmi": [5, 6]})
    assert join(left, right)[0].table["bmi"].isna().tolist() == [False, True]


def test_numbers_are_not_joined_to_text():
    """1 and "1" are told apart by an error, not by an empty join."""
    with pytest.raises(DataError, match="numbers on one side"):
        join(right=RIGHT.assign(id=["2", "3", "4"]))


@pytest.fixture
def files(tmp_path):
    LEFT.to_csv(tmp_path / "a.csv", index=False)
    RIGHT.assign(age=0).to_csv(tmp_path / "b.csv", index=False)
    return Reach((tmp_path,))


def dataset(columns):
    second = Join("b.csv", "csv", Csv.Options(path="b.csv"), JoinKeys(source="b.csv", on=("id",)))
    return Dataset(
        "people", "csv", Csv.Options(path="a.csv"),
        {name: ColumnOptions() for name in columns}, joins=(second,),
    )  # fmt: skip


def test_a_dataset_of_two_files(files):
    """Columns come from wherever they are; the flow begins with the join; both files are named."""
    frame = prepare(dataset(["id", "bmi"]), files)
    assert list(frame.table) == ["id", "bmi"]
    assert frame.facts.rows_read == 3
    assert [step.label for step in frame.facts.steps] == ["Joined with b.csv"]


def test_a_column_that_both_files_have_could_be_either(files):
    """An error, not a silent `age_x`."""
    with pytest.raises(DataError, match="`age` is in more than one source"):
        prepare(dataset(["id", "age"]), files)
