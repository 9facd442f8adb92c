"""The quick reader of CSV files gives what the careful one gives, or leaves the file to it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.core.types import Frame
from reportgen.data import RECODES, SOURCES
from reportgen.data.dataset import ColumnOptions, Dataset, RecodeStep, SampleStep
from reportgen.data.prepare import prepare
from reportgen.data.sources import _csvblocks, _quickcsv
from reportgen.data.sources._csvcolumn import Column

pa = pytest.importorskip("pyarrow")

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


def asked(quick: bool, ask: Callable[[], object]) -> object:
    """What is answered, or what is wrong with the file; with `quick` Arrow reads it, a few lines at
    a time.
    """
    with pytest.MonkeyPatch.context() as patch:
        for bound in ("SMALL", "ZIPPED"):
            patch.setattr(_quickcsv, bound, -1 if quick else 10**9)
        patch.setattr(_csvblocks, "STEP", 50)
        try:
            return ask()
        except DataError as error:
            return error.problems


def read(
    folder: Path, content: bytes, quick: bool, columns: tuple[str, ...] = (), name: str = "d.csv"
) -> object:
    """The table, or what is wrong with the file; with `quick` Arrow is asked first."""
    (folder / name).write_bytes(content)
    source = SOURCES.load("csv")
    options = source.Options(path=name)
    return asked(quick, lambda: source.read(options, Reach((folder,)), columns).table)


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
def sheets(draw: st.DrawFn, least: int = 1) -> bytes:
    """A file, `least` columns wide or more, mostly of one sort each, with what people and programs
    put there.
    """
    width = draw(st.integers(least, 3))
    pool = st.sampled_from([NUMBERS, WORDS, CELLS, ["1", "2"], ["", "NA"]])
    pools = [draw(st.tuples(pool, pool)) for _ in range(width)]
    rows, change = draw(st.integers(0, 25)), draw(st.sampled_from([25, 25, 12, 20]))
    lines = [",".join("abc"[:width])]
    for row in range(rows):
        cells = [draw(st.sampled_from(pair[row >= change])) for pair in pools]
        lines.append(",".join(cells))
    if draw(st.integers(0, 9)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", " ", "1,2,3,4"])))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return (mark + end.join(lines) + draw(st.sampled_from(["", end]))).encode()


SAMPLES = (
    SampleStep(where="a >= 2"), SampleStep(where="a != '1'"), SampleStep(where="b == 1 or b > 3"),
    SampleStep(complete=("a",)), SampleStep(complete=("a", "b")), SampleStep(where="old == 1"),
    SampleStep(where="not ismissing(a)"), SampleStep(drop_duplicates=("b",)),
)  # fmt: skip
DECLARED = (
    {}, {"c": ColumnOptions(label="C"), "a": ColumnOptions(), "b": ColumnOptions()},
    {"a": ColumnOptions(missing=(1,)), "b": ColumnOptions(unit="kg")},
    {"b": ColumnOptions(), "a": ColumnOptions(type="text"), "c": ColumnOptions(levels=("1", "2"))},
)  # fmt: skip


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """A sample of such a file, with recodes before and after it."""
    source, steps = SOURCES.load("csv"), st.sampled_from(SAMPLES)
    recodes = {"old": ("expr", {"expr": "b > 1"}), "late": ("center", {"center": "b"})}
    made = draw(st.sampled_from([("old",), ("old", "late")]))
    return Dataset(
        "d", "csv", source.Options(path="d.csv"), draw(st.sampled_from(DECLARED)),
        tuple(draw(st.lists(steps, min_size=1, max_size=2))),
        tuple(RecodeStep(name, recodes[name][0], RECODES.load(recodes[name][0]).Options(
            **recodes[name][1])) for name in made),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(content=sheets())
def test_both_readers_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever is in the file: the same values, types and errors."""
    alike(tmp_path_factory.getbasetemp(), content)


@settings(max_examples=40, deadline=None)
@given(content=sheets(least=3), dataset=datasets())
def test_a_sample_is_that_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, dataset: Dataset
) -> None:
    """Whatever is in the file, and whoever is analysed: values, types, the flow of rows, notes and
    errors do not tell that columns were read for the rows of the sample alone.
    """
    folder = tmp_path_factory.getbasetemp()
    (folder / "d.csv").write_bytes(content)
    careful, quick = (
        asked(quick, lambda: prepare(dataset, Reach((folder,)))) for quick in (False, True)
    )
    if not isinstance(careful, Frame):
        assert quick == careful
        return
    assert isinstance(quick, Frame)
    pd.testing.assert_frame_equal(quick.table, careful.table, check_exact=True)
    assert quick.facts == careful.facts


@settings(max_examples=50, deadline=None)
@given(content=sheets(), data=st.data())
def test_rows_are_those_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    """Some rows by their places, of any column, have the type that the column has as a whole."""
    folder = tmp_path_factory.getbasetemp()
    whole = read(folder, content, quick=False)
    source = SOURCES.load("csv")
    options, reach = source.Options(path="d.csv"), Reach((folder,))
    if not isinstance(whole, pd.DataFrame) or not asked(True, lambda: source.alike(options, reach)):
        return
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, len(whole) - 1)))), dtype=int)
    names = data.draw(st.sets(st.sampled_from(list(whole)), min_size=1))
    some = asked(True, lambda: source.read_rows(options, reach, names, rows).table)
    expected = whole[[name for name in whole if name in names]].take(rows).reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected, check_exact=True)


@settings(max_examples=30, deadline=None)
@given(content=sheets(), cut=st.integers(0, 40))
def test_compressed(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int
) -> None:  # fmt: skip
    """A compressed file is read as it is; one that ends early is told alike."""
    folder, zipped = tmp_path_factory.getbasetemp(), gzip.compress(content)
    zipped = zipped[: len(zipped) - cut] if cut < 10 else zipped
    careful, quick = (read(folder, zipped, quick, name="d.csv.gz") for quick in (False, True))
    if not isinstance(careful, pd.DataFrame):
        assert quick == careful
        return
    pd.testing.assert_frame_equal(quick, careful, check_exact=True)


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


def test_what_waits_is_held_for_the_sample_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns that the sample does not look at are kept for its rows, numbers and words alike."""
    lines = [f"{number},{number / 8},{'xyz'[number % 3]}" for number in range(300)]
    (tmp_path / "d.csv").write_text("\n".join(["a,b,c", *lines]))
    held = []
    kept = Column._kept

    def watched(self: Column, values: pa.Array) -> pa.Array:
        held.append(len(kept(self, values)))
        return kept(self, values)

    monkeypatch.setattr("reportgen.data.sources.csv._table", None)
    monkeypatch.setattr(Column, "_kept", watched)
    options = SOURCES.load("csv").Options(path="d.csv")
    dataset = Dataset("d", "csv", options, {}, (SampleStep(where="a >= 280"),))
    frame = asked(True, lambda: prepare(dataset, Reach((tmp_path,))))
    assert (frame.facts.rows_read, frame.facts.n) == (300, 20)
    assert sum(held) == 300 + 2 * 20


def test_a_mistake_in_what_waits_is_told_first(tmp_path: Path) -> None:
    """A sample of nobody, and a cell that is no number in a column that nobody looked at yet."""
    lines = [f"{number},{number}" for number in range(300)]
    content = "\n".join(["a,b", *lines[:200], "200,2OO", *lines[201:]]).encode()
    (tmp_path / "d.csv").write_bytes(content)
    options = SOURCES.load("csv").Options(path="d.csv")
    dataset = Dataset("d", "csv", options, {}, (SampleStep(where="a >= 500"),))
    (problem,) = asked(True, lambda: prepare(dataset, Reach((tmp_path,))))
    assert (problem.code, problem.path) == ("not-a-number", ("columns", "b"))
    assert "line 202" in problem.message


def test_large_numbers_with_gaps_keep_their_digits(tmp_path: Path) -> None:
    """Identifiers beyond 2⁵³ stay apart though others are missing; beyond 2⁶³ they are text."""
    for quick in (False, True):
        table = read(tmp_path, b"a,b\n9007199254740993,1\n,2\n9007199254740992,3\n", quick)
        assert table["a"].dropna().tolist() == [9007199254740993, 9007199254740992]
        table = read(tmp_path, b"a,b\n9223372036854775808,1\n,2\n", quick)
        assert table["a"].dropna().tolist() == ["9223372036854775808"]
