"""Where a file or folder that a spec names may lie: beneath the spec's or a data folder only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportgen.core.errors import DataError, Problem

FORBIDDEN = ("~", "$", "\0", "\\\\", "://")


def find(name: str, roots: Sequence[Path]) -> Path:
    """The regular file called `name` beneath the first of `roots` that has it, links followed.

    DataError (path `("path",)`) for one that is missing, lies outside, or is not a regular file.
    """
    found = _found(name, roots, "file")
    if not found.is_file():
        raise _wrong("not-a-file", f"`{name}` is not a regular file")
    return found


def find_folder(name: str, roots: Sequence[Path]) -> Path:
    """The folder called `name` beneath the first of `roots` that has it, links followed.

    DataError (path `("path",)`) for one that is missing, lies outside, or is not a folder.
    """
    found = _found(name, roots, "folder")
    if not found.is_dir():
        raise _wrong("not-a-folder", f"`{name}` is not a folder")
    return found


def _found(name: str, roots: Sequence[Path], what: str) -> Path:
    if any(sign in name for sign in FORBIDDEN) or Path(name).is_absolute():
        raise _wrong("outside", f"`{ascii(name)[1:-1]}` is not a path below the spec's folder")
    for root in roots:
        base = root.resolve()
        try:
            path = (base / name).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links that lead to each other
            raise _wrong("outside", f"`{name}` is a link that leads nowhere") from error
        if not path.is_relative_to(base):
            raise _wrong("outside", f"`{name}` leads out of the folder it is looked up in")
        if path.exists():
            return path
    where = ", ".join(f"`{root}`" for root in roots)
    raise _wrong(
        f"no-{what}",
        f"there is no {what} `{name}`",
        f"looked in {where}; `--data-dir DIR` adds a folder",
    )


def _wrong(code: str, message: str, help: str = "") -> DataError:
    return DataError(Problem(code, message, ("path",), help=help))
