from pathlib import Path

import pytest

from reportgen.core.errors import DocumentError
from reportgen.run.store import publish


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_appear_whole_and_nothing_else(tmp_path):
    """What is published is what was given, with no trace of the work beside it."""
    files = {"results.json": b"{}", "report.html": b"<p>", "tables/01-icc.csv": b"a\n"}
    publish(tmp_path / "out", files)
    assert contents(tmp_path / "out") == files


def test_the_page_people_open_moves_last(tmp_path):
    """Results and tables are in place before the PDF, and the PDF before the HTML."""
    files = {"report.html": b"", "report.pdf": b"", "results.json": b"", "tables/01-x.csv": b""}
    moved = [path.name for path in publish(tmp_path, files)]
    assert moved[-2:] == ["report.pdf", "report.html"]


def test_tables_of_an_earlier_build_go(tmp_path):
    """A table that the spec no longer has does not stay behind; other people's files do."""
    publish(tmp_path, {"tables/01-icc.csv": b"old", "report.html": b"old"})
    (tmp_path / "mine.txt").write_text("mine")
    publish(tmp_path, {"tables/02-fit.csv": b"new", "report.html": b"new"})
    assert set(contents(tmp_path)) == {"tables/02-fit.csv", "report.html", "mine.txt"}


def test_an_error_while_writing_leaves_the_previous_report(tmp_path, monkeypatch):
    """A disk that fills up half way leaves every file of the previous build as it was."""
    before = {"results.json": b"1", "report.html": b"1"}
    publish(tmp_path, before)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reportgen.run.store.os.fsync", full)
    with pytest.raises(DocumentError, match="No space left"):
        publish(tmp_path, {"results.json": b"2", "report.html": b"2"})
    assert contents(tmp_path) == before


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path):
    """An output folder that cannot be made is a DocumentError, not a traceback."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DocumentError, match="cannot be written"):
        publish(tmp_path / "out", {"report.html": b""})
