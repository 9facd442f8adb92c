"""Whether messages may hold values of the data: people are in them, so only who asks sees any.

A message names the column, the first row and the count. With `--show-values` the values follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 10
"""Values that are shown, those of most rows first."""

_asked: ContextVar[bool] = ContextVar("show_values", default=False)
ASK = "--show-values tells which"


@contextmanager
def showing(asked: bool) -> Iterator[None]:
    """During a `with` block messages hold values, or do not."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def asked() -> bool:
    """Whether values may be shown."""
    return _asked.get()


def told(values: Iterable[object]) -> str:
    """The values a message is about, each with its count of rows; how to ask where nobody did."""
    if not asked():
        return ASK
    counted = Counter(map(str, values)).most_common()
    shown = ", ".join(f"`{value}` ({count:,})" for value, count in counted[:MOST])
    more = f" and {len(counted) - MOST:,} more" if len(counted) > MOST else ""
    return f"values and rows: {shown}{more}"
