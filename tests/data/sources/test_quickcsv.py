"""The quick reader of CSV files gives what the careful one gives, or leaves the file to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.data import SOURCES
from reportgen.data.sources import _quickcsv

pytest.importorskip("pyarrow")

CELLS = [
    "1", "-2", "007", "+5", "3.5", "-.5", "2.", "1e3", "1E-2", "1e400", "inf", "-0", "", " ",
    "  7 ", "NA", ".", "nan", "NULL", "NAN", "x", "Süd", "ja ", "\u00a0a", "\x1c", '"', 'a"b', '""',
    '"a"', '"1"', '"a,b"', '"a""b"', '"a\nb"', '" 2 "', "9007199254740993", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "000000000000000000000007", "0x10", "1_0",
    "True", "2020-01-01", "1,5", "\x00", "\r", "-", "1-2", "１２", "12345678901234567",
    "1.7976931348623157e308",
]  # fmt: skip
NUMBERS = ["1", "-2", "3.5", "0.1", "1e3", "", "NA", " 4", "+5", "-0", "9007199254740993"]
WORDS = ["north", "süd", "", "NA", "1", "a b", '"q"', "Ja"]


def read(folder: Path, content: bytes, quick: bool, columns: tuple[str, ...] = ()) -> object:
    """The table, or what is wrong with the file; with `quick` Arrow is asked first."""
    path = folder / "d.csv"
    path.write_bytes(content)
    source = SOURCES.load("csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_quickcsv, "SMALL", -1 if quick else 10**9)
        patch.setattr(_quickcsv, "STEP", 50)
        try:
            return source.read(source.Options(path="d.csv"), Reach((folder,)), columns).table
        except DataError as error:
            return error.problems


def alike(folder: Path, content: bytes, columns: tuple[str, ...] = ()) -> None:
    """Both readers give the same table, to the type of every column, or the same error."""
    careful, quick = (read(folder, content, quick, columns) for quick in (False, True))
    if not isinstance(careful, pd.DataFrame):
        assert quick == careful
        return
    assert isinstance(quick, pd.DataFrame)
    pd.testing.assert_frame_equal(quick, careful, check_exact=True)
    for name in careful.select_dtypes("float"):
        assert np.array_equal(np.signbit(careful[name]), np.signbit(quick[name]))


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """A file whose columns are mostly of one sort, with what people and programs put there."""
    width = draw(st.integers(1, 3))
    pools = [draw(st.sampled_from([NUMBERS, WORDS, CELLS, ["1", "2"]])) for _ in range(width)]
    rows = draw(st.integers(0, 25))
    lines = [",".join("abc"[:width])]
    for _ in range(rows):
        cells = [draw(st.sampled_from(pool)) for pool in pools]
        lines.append(",".join(cells))
    if draw(st.integers(0, 9)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", " ", "1,2,3,4"])))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return (mark + end.join(lines) + draw(st.sampled_from(["", end]))).encode()


@settings(max_examples=100, deadline=None)
@given(content=sheets())
def test_both_readers_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever is in the file: the same values, types and errors."""
    alike(tmp_path_factory.getbasetemp(), content)


@pytest.mark.parametrize("cell", CELLS)
def test_one_odd_cell_among_many(tmp_path: Path, cell: str) -> None:
    """A value that occurs once in a column of numbers, of decimals, and of words."""
    for others in (["1", "2"], ["0.5", "1e3"], ["a", "b"], ['"a"', '"b"'], ["", "3"]):
        lines = [f"{others[number % 2]},z" for number in range(40)]
        content = "\n".join(["h,k", *lines[:20], f"{cell},z", *lines[20:]]) + "\n"
        alike(tmp_path, content.encode())
        alike(tmp_path, content.encode(), ("h",))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A wrong encoding is found in any column, wanted or not, with its line."""
    content = b"h,k\n" + b"1,a\n" * 30 + b"2,caf\xe9\n" + b"1,a\n" * 30
    alike(tmp_path, content, ("h",))


def test_a_large_file_is_read_by_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quoted words, gaps and marks of a usual file do not need the careful reader."""
    lines = [f'{number},"n, {number % 7}",{number / 8},{"NA" if number % 5 else number}'
             for number in range(300)]  # fmt: skip
    content = ("\ufeffa,b,c,d\r\n" + "\r\n".join(lines) + "\r\n").encode()
    careful = read(tmp_path, content, False)
    monkeypatch.setattr("reportgen.data.sources.csv._table", None)
    quick = read(tmp_path, content, True)
    assert isinstance(quick, pd.DataFrame)
    pd.testing.assert_frame_equal(quick, careful, check_exact=True)
    assert [str(kind) for kind in quick.dtypes] == ["int64", "str", "float64", "float64"]


def test_large_numbers_with_gaps_keep_their_digits(tmp_path: Path) -> None:
    """Identifiers beyond 2⁵³ stay apart though others are missing; beyond 2⁶³ they are text."""
    for quick in (False, True):
        table = read(tmp_path, b"a,b\n9007199254740993,1\n,2\n9007199254740992,3\n", quick)
        assert table["a"].dropna().tolist() == [9007199254740993, 9007199254740992]
        table = read(tmp_path, b"a,b\n9223372036854775808,1\n,2\n", quick)
        assert table["a"].dropna().tolist() == ["9223372036854775808"]
