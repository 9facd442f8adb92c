"""Publishing: a report appears whole, or the previous one stays.

Everything is written beside its destination first and flushed; then the new folder and the old one
change places in one step, so that a full disk, a kill at any moment or a second build leaves one
whole report. Where folders cannot change places (some network drives, Windows), files are moved
one by one: results first, the page people open last.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError, Problem
from reportgen.run.publish.alone import alone
from reportgen.run.publish.leftovers import STAGING, sweep
from reportgen.run.publish.swap import swap

LAST = (".docx", ".md", ".tex", ".xlsx", ".pdf", ".html")
"""What people open is moved into place after what it rests on."""

OURS = ("tables", "figures")
"""Folders whose contents belong to one build: files of earlier builds go."""

RESULTS = "results.json"


def publish(
    folder: Path, files: Mapping[str, bytes], pages: Callable[[], Sequence[str]] = tuple
) -> tuple[Path, ...]:
    """Write `files` (relative name → bytes) into `folder`; their paths, in the order of moving.

    `pages` gives the names of the pages that any build of this spec may write, asked only where one
    of an earlier build has to go: the results are no longer those it shows. Files of other people
    stay.
    DocumentError where the folder or the disk does not take the report; nothing has changed then.
    """
    names = sorted(
        files, key=lambda name: (Path(name).suffix in LAST, name.endswith(".html"), name)
    )
    if folder.is_symlink():
        help_ = "remove the link, or name another folder with `--out`"
        raise _wrong(folder, "it is a link to elsewhere", help_)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with alone(folder.parent) as sure, _staging(folder, sure) as staging:
            for name in names:
                _write(staging / name, files[name])
            _place(staging, folder, _Ours(tuple(names), _stale(folder, files, pages)))
    except OSError as error:
        raise _wrong(
            folder, error.strerror or str(error), "the previous report, if any, is as it was"
        ) from error
    return tuple(folder / name for name in names)


@dataclass(frozen=True)
class _Ours:
    """What in the folder of a report is reportgen's: this build's files, and what is outdated."""

    names: tuple[str, ...]
    stale: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        known = name in OURS or name in self.names or name in self.stale
        return known or name.startswith(STAGING)


def _stale(
    folder: Path, files: Mapping[str, bytes], pages: Callable[[], Sequence[str]]
) -> tuple[str, ...]:
    """Pages of an earlier build that show other results than those written now."""
    left = {each.name for each in folder.iterdir()} - files.keys() if folder.is_dir() else set()
    if not any((folder / name).is_file() for name in left):
        return ()
    if _results(files.get(RESULTS, b"")) == _results(_read(folder / RESULTS)):
        return ()
    return tuple(name for name in pages() if name in left)


def _results(content: bytes) -> Any:
    """What a record says, but for the time it was made."""
    try:
        record = json.loads(content)
        return {**record, "build": {**record["build"], "created": None}}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@contextmanager
def _staging(folder: Path, sure: bool) -> Iterator[Path]:
    """An empty folder in which a report is made ready; `sure`: what killed builds left goes."""
    beside = _beside(folder)
    if sure:
        sweep(beside)
    import secrets

    staging = beside / f"{STAGING}{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _beside(folder: Path) -> Path:
    """Where a report is made ready: beside its folder, or within it where that must be."""
    if not folder.exists():
        return folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is a file")
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "permission denied")
    mounted = folder.stat().st_dev != folder.parent.stat().st_dev
    return folder if mounted or not os.access(folder.parent, os.W_OK) else folder.parent


def _place(staging: Path, folder: Path, ours: _Ours) -> None:
    """The report that was made ready becomes the one in `folder`."""
    if not folder.exists():
        _flush(staging)
        os.rename(staging, folder)
        _flush(folder.parent)
    elif staging.parent == folder or not _exchanged(staging, folder, ours):
        _move(staging, folder, ours)


def _exchanged(staging: Path, folder: Path, ours: _Ours) -> bool:
    """Both folders have changed places, and `staging` holds the report of the earlier build."""
    carried = [path for path in folder.iterdir() if path.name not in ours]
    for path in carried:
        _carry(path, staging / path.name)
    shutil.copymode(folder, staging)
    _flush(staging)
    if not swap(staging, folder):
        for path in carried:
            _remove(staging / path.name)
        return False
    _flush(folder.parent)
    for path in list(staging.iterdir()):  # what somebody put there in the meantime
        if path.name not in ours and not os.path.lexists(folder / path.name):
            os.rename(path, folder / path.name)
    return True


def _carry(path: Path, to: Path) -> None:
    """A file of somebody else's has its place in the new folder too: the same file, no copy."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, to, symlinks=True, copy_function=_link)
    else:
        _link(path, to)


def _link(path: str | Path, to: str | Path) -> None:
    try:
        os.link(path, to, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(path, to, follow_symlinks=False)


def _move(staging: Path, folder: Path, ours: _Ours) -> None:
    """Every file into its place, one after the other; then what is left of earlier builds goes."""
    for name in OURS:
        if (folder / name).is_symlink():
            (folder / name).unlink()
    for name in ours.names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / name, folder / name)
    _flush(folder)
    for name in ours.stale:
        (folder / name).unlink(missing_ok=True)
    for name in OURS:
        for path in (folder / name).glob("*.*"):
            if f"{name}/{path.name}" not in ours.names:
                path.unlink()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make the names in `folder`, and in the folders of it that are ours, last."""
    if os.name == "posix":
        for each in (folder, *(folder / name for name in OURS)):
            if each.is_dir():
                handle = os.open(each, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)


def _wrong(folder: Path, reason: str, help_: str) -> DocumentError:
    message = f"the report cannot be written to `{folder}`: {reason}"
    return DocumentError(Problem("cannot-write", message, help=help_))
