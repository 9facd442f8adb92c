import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.core.errors import DocumentError
from reportgen.run.publish import store
from reportgen.run.publish.alone import alone
from reportgen.run.publish.leftovers import tidy
from reportgen.run.publish.store import publish

POSIX = pytest.mark.skipif(os.name != "posix", reason="locks and links as POSIX has them")


@pytest.fixture(params=["swap", "move"])
def way(request, monkeypatch):
    """Folders change places, or files are moved one by one where they cannot."""
    if request.param == "move":
        monkeypatch.setattr(store, "swap", lambda one, other: False)
    return request.param


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_appear_whole_and_nothing_else(tmp_path, way):
    """What is published is what was given, with no trace of the work beside it."""
    files = {"results.json": b"{}", "report.html": b"<p>", "tables/01-icc.csv": b"a\n"}
    publish(tmp_path / "out", files)
    assert contents(tmp_path / "out") == files


def test_the_page_people_open_moves_last(tmp_path, way):
    """Results and tables are in place before the PDF, and the PDF before the HTML."""
    files = {"report.html": b"", "report.pdf": b"", "results.json": b"", "tables/01-x.csv": b""}
    moved = [path.name for path in publish(tmp_path, files)]
    assert moved[-2:] == ["report.pdf", "report.html"]


def test_tables_of_an_earlier_build_go(tmp_path, way):
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

    monkeypatch.setattr("reportgen.run.publish.store.os.fsync", full)
    with pytest.raises(DocumentError, match="No space left"):
        publish(tmp_path, {"results.json": b"2", "report.html": b"2"})
    assert contents(tmp_path) == before


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path):
    """An output folder that cannot be made is a DocumentError, not a traceback."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DocumentError, match="cannot be written"):
        publish(tmp_path / "out", {"report.html": b""})


def killed(folder, way):
    """What each kill left, one line a touch of a file."""
    script = Path(__file__).parent / "kill_publish.py"
    command = [sys.executable, str(script), str(folder), way]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.splitlines()  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders swap as Linux has it")
def test_a_kill_at_any_touch_leaves_one_whole_report(tmp_path):
    """Right before every file that is touched: the old report or the new one, and then it works."""
    *states, end = killed(tmp_path, "swap")
    assert set(states) == {"old", "new"}
    assert states == sorted(states, reverse=True)
    assert end == "whole"


@POSIX
def test_where_folders_cannot_swap_the_page_is_never_ahead_of_the_results(tmp_path):
    """Files are moved one by one, and a new page never stands beside old results."""
    *states, end = killed(tmp_path, "move")
    assert not [each for each in states if "report.html=new" in each and "json=old" in each]
    assert {"old", "new"} < set(states)
    assert end == "whole"


def test_files_of_others_are_the_same_files_afterwards(tmp_path, way):
    """A note, a folder with a deep file, a link that leads nowhere: kept, not copied."""
    folder = tmp_path / "out"
    publish(folder, {"report.html": b"1"})
    (folder / "deep" / "er").mkdir(parents=True)
    for name in ("mine.txt", "deep/er/mine.txt"):
        (folder / name).write_text("mine", encoding="utf-8")
    (folder / "nowhere").symlink_to("not-there")
    before = (folder / "mine.txt").stat().st_ino
    folder.chmod(0o750)
    publish(folder, {"report.html": b"2"})
    assert contents(folder) == {
        "report.html": b"2", "mine.txt": b"mine", "deep/er/mine.txt": b"mine",
    }  # fmt: skip
    assert os.readlink(folder / "nowhere") == "not-there"
    assert (folder / "mine.txt").stat().st_ino == before
    assert folder.stat().st_mode & 0o777 == 0o750
    assert os.listdir(tmp_path) == ["out"]


def test_nothing_is_written_through_a_link(tmp_path):
    """A report folder that is a link to elsewhere is refused; what it leads to is as it was."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to("elsewhere")
    with pytest.raises(DocumentError, match="a link to elsewhere"):
        publish(tmp_path / "out", {"report.html": b""})
    assert os.listdir(tmp_path / "elsewhere") == []


def test_links_within_the_folder_are_replaced_not_followed(tmp_path, way):
    """Neither a table's folder nor a page that is a link leads a build out of the report."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").write_text("precious", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "tables").symlink_to(elsewhere)
    (folder / "report.html").symlink_to(elsewhere / "precious.txt")
    publish(folder, {"tables/01-icc.csv": b"1", "report.html": b"1"})
    assert contents(folder) == {"tables/01-icc.csv": b"1", "report.html": b"1"}
    assert contents(elsewhere) == {"precious.txt": b"precious"}


def test_what_a_killed_build_left_goes(tmp_path):
    """With the next report, or when it is found that the report stands."""
    left = tmp_path / ".building-00000000"
    left.mkdir()
    (left / "report.html").write_text("half", encoding="utf-8")
    publish(tmp_path / "out", {"report.html": b""})
    assert os.listdir(tmp_path) == ["out"]
    left.mkdir()
    tidy(tmp_path / "out")
    assert os.listdir(tmp_path) == ["out"]


@POSIX
def test_builds_wait_for_each_other(tmp_path):
    """While one writes another waits, and says so when that takes too long."""
    with alone(tmp_path) as sure:
        assert sure
        with (
            pytest.raises(DocumentError, match="another build has been writing"),
            alone(tmp_path, 0),
        ):
            pytest.fail("two at once")
    with alone(tmp_path, 0) as sure:
        assert sure


def record(created, n):
    return json.dumps({"schema": "x", "build": {"created": created}, "n": n}).encode()


def test_a_page_of_other_results_does_not_stay(tmp_path, way):
    """A PDF of an earlier build goes when the results are no longer those it shows."""
    pages = lambda: ("report.html", "report.pdf")  # noqa: E731
    publish(tmp_path, {"results.json": record("1", 5), "report.pdf": b"1"}, pages)
    publish(tmp_path, {"results.json": record("2", 5), "report.html": b"2"}, pages)
    assert set(contents(tmp_path)) == {"results.json", "report.pdf", "report.html"}
    publish(tmp_path, {"results.json": record("3", 6), "report.html": b"3"}, pages)
    assert set(contents(tmp_path)) == {"results.json", "report.html"}
    # Where every file is written anew nobody is asked, which would load every format there is.
    unasked = lambda: pytest.fail("asked")  # noqa: E731
    publish(tmp_path, {"results.json": record("4", 7), "report.html": b"4"}, unasked)
