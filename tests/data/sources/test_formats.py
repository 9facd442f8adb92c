"""Every file format gives the same plain columns, with the labels that the file holds."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.core.limits import raised
from reportgen.data import SOURCES
from reportgen.data.formats import kind_of

TABLE = pd.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "sex": [1, 2, 2, 1],
        "bmi": [21.5, None, 30.25, 24.0],
        "site": ["Näs", "b,c", "NA", "d"],
    }
)


def write(path):
    """The table in the format of the path's ending, as its own library writes it."""
    import openpyxl
    import pyreadstat

    labels = {
        "column_labels": {"id": "Identifier", "sex": "Sex", "bmi": "Body mass index", "site": ""},
        "variable_value_labels": {"sex": {1: "Male", 2: "Female"}},
    }
    ending = path.suffix
    if ending == ".gz":
        path.write_bytes(gzip.compress(TABLE.to_csv(index=False).encode()))
    elif ending in (".csv", ".tsv"):
        TABLE.to_csv(path, index=False, sep="\t" if ending == ".tsv" else ",")
    elif ending == ".parquet":
        TABLE.to_parquet(path)
    elif ending == ".feather":
        TABLE.to_feather(path)
    elif ending == ".xlsx":
        book = openpyxl.Workbook()
        for row in [tuple(TABLE.columns), *TABLE.astype(object).itertuples(index=False)]:
            book.active.append([None if pd.isna(value) else value for value in row])
        book.save(path)
    elif ending == ".dta":
        pyreadstat.write_dta(TABLE, path, **labels)
    elif ending == ".sav":
        pyreadstat.write_sav(TABLE, path, **labels)
    else:
        pyreadstat.write_xport(TABLE, path, column_labels=labels["column_labels"])


def load(path, columns=()):
    source = SOURCES.load(kind_of(path.name))
    reach = Reach((path.parent,))
    options = source.Options(path=path.name)
    assert source.files(options, reach) == (path.resolve(),)
    return source.columns(options, reach), source.read(options, reach, columns)


ENDINGS = (".csv", ".tsv", ".csv.gz", ".parquet", ".feather", ".xlsx", ".dta", ".sav", ".xpt")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_gives_the_same_columns(ending, tmp_path):
    """Whole numbers are integers, gaps are missing, text is text: also the text "NA"."""
    path = tmp_path / f"people{ending}"
    write(path)
    header, loaded = load(path)
    assert header == ("id", "sex", "bmi", "site")
    table = loaded.table
    assert table["id"].tolist() == [1, 2, 3, 4]
    assert table["id"].dtype == "int64"
    assert table["bmi"].isna().tolist() == [False, True, False, False]
    assert table["bmi"].dropna().tolist() == [21.5, 30.25, 24.0]
    assert table["site"].tolist() == ["Näs", "b,c", "NA", "d"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_the_wanted_columns_are_read(ending, tmp_path):
    """A column that nobody asked for does not enter the table."""
    path = tmp_path / f"people{ending}"
    write(path)
    _, loaded = load(path, ("bmi", "id"))
    assert set(loaded.table) == {"bmi", "id"}


@pytest.mark.parametrize("ending", [".dta", ".sav"])
def test_labels_of_the_file_come_along(ending, tmp_path):
    """Labels of variables, and of values where every value has one."""
    path = tmp_path / f"people{ending}"
    write(path)
    _, loaded = load(path)
    assert loaded.variables["bmi"].label == "Body mass index"
    assert loaded.variables["sex"].levels == {"1": "Male", "2": "Female"}
    assert loaded.variables["site"].label == "site"


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_not_such_a_file_is_refused(ending, tmp_path):
    """Bytes of another kind are one clear error, not the library's own."""
    path = tmp_path / f"broken{ending}"
    path.write_bytes(b"\x00\x01 nothing of the kind \xff" * 40)
    with pytest.raises(DataError) as caught:
        load(path)
    assert f"`{path.name}`" in caught.value.problems[0].message


def test_a_compressed_file_is_bounded(tmp_path):
    """A file that expands beyond the bound is refused while it is read, not after."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" + b"1\n" * 1_000_000))
    with raised({"bytes": 10_000}), pytest.raises(DataError, match="larger than 10,000 bytes"):
        load(path)


def test_a_workbook_is_bounded_by_its_own_directory(tmp_path):
    """A workbook whose parts would expand beyond all measure is not opened."""
    path = tmp_path / "people.xlsx"
    write(path)
    with raised({"bytes": 1_000}), pytest.raises(DataError, match="would expand"):
        load(path)


def test_a_parquet_file_is_bounded_by_its_footer(tmp_path):
    """Rows times columns are known before anything is read."""
    path = tmp_path / "people.parquet"
    write(path)
    with raised({"cells": 10}), pytest.raises(DataError, match="more than 10 values"):
        load(path)


def test_a_sheet_that_is_not_there_names_those_that_are(tmp_path):
    """The message lists the workbook's sheets."""
    path = tmp_path / "people.xlsx"
    write(path)
    source = SOURCES.load("excel")
    options = source.Options(path="people.xlsx", sheet="2019")
    with pytest.raises(DataError, match="no sheet `2019`"):
        source.read(options, Reach((tmp_path,)), ())


def test_identifiers_beyond_floats_stay_exact(tmp_path):
    """Two identifiers above 2⁵³ that differ by one stay two, though one value is missing."""
    path = tmp_path / "ids.parquet"
    ids = pd.array([2**60, 2**60 + 1, None], dtype="Int64")
    pd.DataFrame({"id": ids}).to_parquet(path)
    _, loaded = load(path)
    assert loaded.table["id"].nunique() == 2


def test_dates_are_iso_text(tmp_path):
    """Dates compare and sort as text."""
    path = tmp_path / "visits.parquet"
    pd.DataFrame({"day": pd.to_datetime(["2020-01-31", None])}).to_parquet(path)
    _, loaded = load(path)
    assert loaded.table["day"].dropna().tolist() == ["2020-01-31"]


def test_a_semicolon_separates_where_there_is_no_comma(tmp_path):
    """A file written by a spreadsheet in Germany."""
    path = tmp_path / "people.csv"
    path.write_text("a;b\n1;x\n2;y\n", encoding="utf-8")
    _, loaded = load(path)
    assert loaded.table["a"].tolist() == [1, 2]
