"""Columns that are read for the sample alone change nothing of what is prepared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.core.types import Frame
from reportgen.data import RECODES, SOURCES
from reportgen.data import read as reading
from reportgen.data.dataset import ColumnOptions, Dataset, RecodeStep, SampleStep
from reportgen.data.postponed import postponed
from reportgen.data.prepare import prepare

pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Reach:
    """A file of many small groups of rows, with every type of column."""
    rng = np.random.default_rng(5)
    n = 400
    table = pd.DataFrame({
        "age": np.sort(rng.integers(0, 90, n)), "bmi": rng.normal(27, 5, n),
        "site": rng.integers(0, 9, n), "gaps": pd.array(rng.integers(0, 9, n), "Int64"),
        "text": rng.choice(["a", "B", "b ", "b"], n), "yes": rng.random(n) < 0.5,
        "code": rng.choice([1, 2, 9], n), "day": pd.Timestamp("2020-01-01"),
        "kind": pd.Categorical(rng.choice(["x", "y"], n), ["y", "x"], ordered=True),
        "narrow": rng.integers(0, 9, n).astype("int8"),
        "single": rng.normal(size=n).astype("float32"),
    })  # fmt: skip
    table.loc[3::7, "gaps"] = pd.NA
    table.loc[2::5, "bmi"] = np.nan
    table.loc[4::6, "text"] = None
    folder = tmp_path_factory.mktemp("parquet")
    table.to_parquet(folder / "d.parquet", row_group_size=23)
    return Reach((Path(folder),))


SAMPLES = {
    "adults": (SampleStep(where="age >= 40 and site != 3"),),
    "complete": (SampleStep(where="age >= 20"), SampleStep(complete=("bmi",), label="BMI")),
    "first": (SampleStep(drop_duplicates=("age", "site")),),
    "recoded": (SampleStep(where="old == 1"),),
    "all": (SampleStep(complete="all"),),
    "everyone": (SampleStep(where="age >= 0"),),
    "nobody": (SampleStep(where="age > 400"),),
    "none": (),
}
RECODES_ = {
    "old": ("expr", {"expr": "age >= 60"}),
    "own": ("map", {"map": "code", "values": {"1": "one", "2": "two", "9": "missing"}}),
    "bmi_c": ("center", {"center": "bmi"}),
}


def dataset(sample: str, columns: dict[str, ColumnOptions]) -> Dataset:
    """A dataset with early and late recodes."""
    source = SOURCES.load("parquet")
    recodes = tuple(
        RecodeStep(name, verb, RECODES.load(verb).Options(**keys))
        for name, (verb, keys) in RECODES_.items()
    )
    return Dataset(
        "d", "parquet", source.Options(path="d.parquet"), columns, SAMPLES[sample], recodes
    )


COLUMNS = {
    "named": {
        name: ColumnOptions()
        for name in ("text", "age", "code", "bmi", "site", "narrow", "gaps", "single", "yes")
    }
    | {"kind": ColumnOptions(label="Kind"), "day": ColumnOptions(label="Day")},
    "declared": {
        "age": ColumnOptions(label="Age", unit="years"), "code": ColumnOptions(missing=(9,)),
        "bmi": ColumnOptions(label="BMI"), "site": ColumnOptions(missing=(0,)),
        "text": ColumnOptions(type="category"), "narrow": ColumnOptions(label="Narrow"),
    },
    "every": {},
}  # fmt: skip


def prepared(asked: Dataset, reach: Reach) -> Frame | object:
    """The frame, or what is wrong."""
    try:
        return prepare(asked, reach)
    except DataError as error:
        return error.problems


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("columns", COLUMNS)
def test_nothing_changes(
    sample: str, columns: str, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values, types, the flow of rows, notes and variables are those of a file read whole."""
    asked = dataset(sample, COLUMNS[columns])
    found = prepared(asked, reach)
    monkeypatch.setattr(reading, "postponed", lambda *_: ())
    whole = prepared(asked, reach)
    if not isinstance(whole, Frame):
        assert found == whole
        return
    assert isinstance(found, Frame)
    pd.testing.assert_frame_equal(found.table, whole.table, check_exact=True)
    assert found.facts == whole.facts
    assert list(found.facts.variables) == list(whole.facts.variables)


def test_what_waits(reach: Reach) -> None:
    """Plain columns wait that neither the sample nor a recode before it looks at."""
    header = reading.header(dataset("adults", {}), reach)
    assert postponed(dataset("adults", {}), header, reach) == ("bmi", "text", "narrow", "single")
    assert postponed(dataset("complete", {}), header, reach) == (
        "site", "text", "narrow", "single"
    )  # fmt: skip
    assert postponed(dataset("adults", COLUMNS["declared"]), header, reach) == ("bmi", "narrow")
    assert postponed(dataset("all", {}), header, reach) == ()
    assert postponed(dataset("none", {}), header, reach) == ()


def test_groups_without_a_row_are_not_read(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file sorted by age, a sample of the oldest reads the last groups of what waits."""
    read, groups = parquet.ParquetFile.read_row_group, []

    def watched(self, number: int, **how: object) -> object:
        groups.append((number, *how["columns"]))
        return read(self, number, **how)

    monkeypatch.setattr(parquet.ParquetFile, "read_row_group", watched)
    asked = dataset("recoded", {name: ColumnOptions() for name in ("age", "bmi", "code")})
    frame = prepare(asked, reach)
    assert frame.facts.rows_read == 400
    assert {name for _, name in groups} == {"bmi"}
    assert min(number for number, _ in groups) * 23 > 400 - frame.facts.n - 23
