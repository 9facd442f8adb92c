"""Results kept between builds, each under the digest of all that it depends on.

An entry is JSON that names its own schema and key and carries the digest of its content: what is
damaged, or not what it says, is not used and is made again. Entries are written beside their place
and moved there, so that two builds at once, or one that is killed, leave whole entries only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any, TypeVar

from reportgen.core.digest import digest, plain
from reportgen.core.revive import revive

Noun = TypeVar("Noun")

SCHEMA = "reportgen/cache/1"
PART, HOUR = ".part", 3600.0
MOST_BYTES = 500_000_000
"""The cache is trimmed to this size, what was used longest ago first."""


class Cache:
    """A folder of entries in rooms ("fit", "facts", …); without a folder it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.damaged: list[Path] = []

    def get(self, room: str, key: str, kind: type[Noun]) -> Noun | None:
        """The noun kept under a key; None where there is none, or what is there is not whole."""
        content = self.read(room, key)
        if content is None:
            return None
        try:
            return revive(kind, content)
        except (ValueError, TypeError, RecursionError):
            self.damaged.append(self._path(room, key))
            return None

    def put(self, room: str, key: str, value: Any) -> None:
        """Keep a noun, or plain data. A folder that cannot be written keeps nothing."""
        if self.folder is None:
            return
        text = json.dumps(plain(value), ensure_ascii=False)  # the order of a mapping is part of it
        entry = json.dumps(
            {"schema": SCHEMA, "room": room, "key": key, "sha256": digest(text), "content": text}
        )
        try:
            _write(self._path(room, key), entry)
        except OSError:
            self.folder = None  # a full or read-only disk: the build goes on without a cache

    def read(self, room: str, key: str) -> Any:
        """The plain data kept under a key, or None."""
        if self.folder is None:
            return None
        path = self._path(room, key)
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            named = (entry["schema"], entry["room"], entry["key"])
            if named != (SCHEMA, room, key) or entry["sha256"] != digest(entry["content"]):
                raise ValueError("not what it says")
            with suppress(OSError):  # a folder that can only be read
                os.utime(path)
            return json.loads(entry["content"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.damaged.append(path)
            return None

    def has(self, room: str, key: str) -> bool:
        """Whether there is an entry, without reading it."""
        return self.folder is not None and self._path(room, key).is_file()

    def trim(self, most: int = MOST_BYTES) -> None:
        """Remove what was used longest ago until the cache is no larger than `most` bytes."""
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1], reverse=True)
        total = 0
        for path, _, size in entries:
            total += size
            if total > most:
                _forget(path)
        for path in _left(self.folder):
            _forget(path)

    def size(self) -> tuple[int, int]:
        """How many entries there are, and how many bytes they take."""
        sizes = [size for _, _, size in _entries(self.folder)]
        return len(sizes), sum(sizes)

    def clear(self) -> None:
        """Remove every entry, and nothing else."""
        if self.folder is not None:
            from shutil import rmtree

            rmtree(self.folder / "entries", ignore_errors=True)

    def _path(self, room: str, key: str) -> Path:
        assert self.folder is not None
        return self.folder / "entries" / room / key[:2] / f"{key}.json"


def _entries(folder: Path | None) -> Iterator[tuple[Path, float, int]]:
    if folder is None:
        return
    for path in (folder / "entries").glob("*/*/*.json"):
        try:
            known = path.stat()
        except OSError:  # another build trimmed it
            continue
        yield path, known.st_mtime, known.st_size


def _forget(path: Path) -> None:
    with suppress(OSError):  # a folder that can only be read
        path.unlink()


def _left(folder: Path | None) -> Iterator[Path]:
    """What builds that were killed while they wrote have left, an hour ago or more."""
    for path in (folder / "entries").glob(f"*/*/*{PART}") if folder else ():
        with suppress(OSError):
            if abs(time() - path.stat().st_mtime) > HOUR:
                yield path


def _write(path: Path, text: str) -> None:
    from tempfile import mkstemp  # a build in which nothing changed writes nothing

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, staging = mkstemp(dir=path.parent, suffix=PART)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(staging, path)
    except OSError:
        Path(staging).unlink(missing_ok=True)
        raise
