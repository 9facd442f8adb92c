"""Publishing: a report appears whole, or the previous one stays.

Everything is written beside its destination first, flushed, and only then moved into place: a
full disk or a kill while writing leaves what was there. Results move first, the page last.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reportgen.core.errors import DocumentError, Problem

LAST = (".pdf", ".html")
"""What people open is moved into place after what it rests on."""

OURS = ("tables", "figures")
"""Folders whose contents belong to one build: files of earlier builds go."""


def publish(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write `files` (relative name → bytes) into `folder`; their paths, in the order of moving.

    DocumentError where the folder or the disk does not take them; nothing has changed then.
    """
    names = sorted(
        files, key=lambda name: (Path(name).suffix in LAST, name.endswith(".html"), name)
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            for name in names:
                _write(staging / name, files[name])
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / name, folder / name)
            _flush(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        _prune(folder, files)
    except OSError as error:
        message = f"the report cannot be written to `{folder}`: {error.strerror or error}"
        raise DocumentError(
            Problem("cannot-write", message, help="the previous report, if any, is as it was")
        ) from error
    return tuple(folder / name for name in names)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _prune(folder: Path, files: Mapping[str, bytes]) -> None:
    for name in OURS:
        for path in (folder / name).glob("*.*"):
            if f"{name}/{path.name}" not in files:
                path.unlink()
