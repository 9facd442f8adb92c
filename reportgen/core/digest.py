"""A value's name: the SHA-256 of its canonical JSON; a file's, that of its bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

_SCALARS = frozenset({str, int, bool, type(None)})
"""What nearly every value is, told at once: a record holds ten thousand."""


def plain(value: Any) -> Any:
    """`value` as JSON data: dataclasses become mappings, tuples lists, NaN and infinities None."""
    kind = value.__class__
    if kind in _SCALARS:
        return value
    if kind is float:
        return value if isfinite(value) else None
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    if kind is dict:
        return {str(key): plain(item) for key, item in value.items()}
    return _unusual(value)


def _unusual(value: Any) -> Any:
    """The same of what is neither a usual scalar nor one of the usual containers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, full double precision."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def of_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. A process reads a file once that stays as it is."""
    known = path.stat()
    return _of_file(path, known.st_ino, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=256)
def _of_file(path: Path, *identity: int) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(value: Any) -> str:
    """The SHA-256 of `value`, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
