"""Two records of builds → what changed between them: rows, fits, numbers, claims."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reportgen.core.dataclass import dataclass

TOLERANCE = 1e-9
"""Relative difference below which two numbers are the same: rounding of another machine."""

MISSING = object()
IGNORED = {("build", "created"), ("build", "git"), ("build", "versions")}


@dataclass(frozen=True)
class Change:
    """One value that is not what it was; `before` or `after` is None where it was not there."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def relative(self) -> float | None:
        """The relative change of a number; None for anything else."""
        if not (_is_number(self.before) and _is_number(self.after)) or self.before == 0:
            return None
        return float((self.after - self.before) / abs(self.before))


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], tolerance: float = TOLERANCE
) -> tuple[Change, ...]:
    """Everything that differs between two contents of results.json, in their order.

    When and on what machine they were made does not count; numbers closer than `tolerance`
    (relative) are the same.
    """
    return tuple(_changes((), before, after, tolerance))


def _changes(path: tuple[str, ...], before: Any, after: Any, tolerance: float) -> Iterator[Change]:
    if path in IGNORED or _same(before, after, tolerance):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            one, other = before.get(key, MISSING), after.get(key, MISSING)
            yield from _changes((*path, str(key)), one, other, tolerance)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(path, before, after, tolerance)
    else:
        yield Change(path, *(None if each is MISSING else each for each in (before, after)))


def _lists(
    path: tuple[str, ...], before: list[Any], after: list[Any], tolerance: float
) -> Iterator[Change]:
    """Lists of named things are compared by name, others by position."""
    one, other = _named(before), _named(after)
    if one is None or other is None:
        one = {str(number): each for number, each in enumerate(before)}
        other = {str(number): each for number, each in enumerate(after)}
    yield from _changes(path, one, other, tolerance)


def _named(items: Iterable[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for item in items:
        name = next((item[key] for key in ("claim", "code", "label") if key in item), None) \
            if isinstance(item, Mapping) else None  # fmt: skip
        if name is None or name in found:
            return None
        found[str(name)] = {key: value for key, value in item.items() if key != "line"}
    return found


def _same(before: Any, after: Any, tolerance: float) -> bool:
    if _is_number(before) and _is_number(after):
        return math.isclose(before, after, rel_tol=tolerance, abs_tol=1e-300)
    return type(before) is type(after) and bool(before == after)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
