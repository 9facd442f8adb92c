"""The commit a spec belongs to, read from git's own files, so that a build runs no other program;
and, for a comparison that asks for it, the text of a spec at another revision.
"""

from __future__ import annotations

import re
from pathlib import Path

from reportgen.core.errors import Problem, UsageError

_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[A-Za-z0-9_@][\w./~^@{}-]*", re.ASCII)
_SECONDS = 30


def commit(folder: Path) -> str | None:
    """The hash of the commit checked out in the repository around `folder`; None outside one."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return _head(parent / ".git")
    return None


def _head(git: Path) -> str | None:
    if git.is_file():  # a worktree: the file names the folder
        git = git.parent / _read(git).removeprefix("gitdir:").strip()
    head = _read(git / "HEAD")
    if not head.startswith("ref:"):
        return _hash(head)
    name = head.removeprefix("ref:").strip()
    common = _read(git / "commondir")
    home = git / common if common else git
    return _hash(_read(home / name)) or _packed(home, name)


def _packed(git: Path, name: str) -> str | None:
    for line in _read(git / "packed-refs").splitlines():
        if line.endswith(f" {name}"):
            return _hash(line.split(" ")[0])
    return None


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""


def _hash(text: str) -> str | None:
    return text if _COMMIT.fullmatch(text) else None


def text_at(path: Path, revision: str) -> str:
    """The text of a file at a revision, asked of git itself. UsageError where it has none."""
    import subprocess

    wrong = UsageError(Problem("no-revision", f"git has no `{path}` at `{revision}`"))
    if not _REVISION.fullmatch(revision):
        raise wrong
    command = ["git", "-C", str(path.resolve().parent), "show", f"{revision}:./{path.name}"]
    try:
        found = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        return found.stdout.decode("utf-8")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        raise wrong from error
