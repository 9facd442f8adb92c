"""What models of the same rows would each find anew: it is found once for a table.

A thousand models of one data set ask the same of it: which values are missing, whether a column is
text, what its range is, which rows form a cluster. A prepared table is never changed, so that what
was found of it holds as long as it is there; then it is forgotten. Texts, numbers and arrays of a
number a row are kept, and those of a few columns only.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

LARGE = 4
"""Of so many columns (those asked for last) arrays of a number a row are kept."""

_tables: dict[int, tuple[weakref.ref[pd.DataFrame], dict[Hashable, Any], dict[Hashable, Any]]] = {}


def once(table: pd.DataFrame, what: Hashable, find: Callable[[], T]) -> T:
    """What `find` says of a table: asked the first time, for something small."""
    small, _ = _of(table)
    if what not in small:
        small[what] = find()
    found: T = small[what]
    return found


def lately(table: pd.DataFrame, what: Hashable, find: Callable[[], T]) -> T:
    """The same of what is as long as the table: the last `LARGE` are kept."""
    _, large = _of(table)
    found: T = large.pop(what) if what in large else find()
    large[what] = found  # the last is the one asked for last
    while len(large) > LARGE:
        del large[next(iter(large))]
    return found


def column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column, which pandas would make anew: of few rows nothing takes longer."""
    return once(table, ("column", name), lambda: table[name])


def _of(table: pd.DataFrame) -> tuple[dict[Hashable, Any], dict[Hashable, Any]]:
    """What is known of a table, small and large."""
    number = id(table)
    known = _tables.get(number)
    if known is None or known[0]() is not table:
        gone = weakref.ref(table, lambda _: _tables.pop(number, None))
        known = _tables[number] = (gone, {}, {})
    return known[1:]
