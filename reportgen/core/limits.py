"""How much a spec or its data may ask for, and how whoever runs a build raises that.

A spec may come from anyone, so nothing in it raises a limit: only the command line does
(`--limit models=20000`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Limit:
    """A bound: how high it is unless raised, and on what."""

    most: int
    what: str


LIMITS: Mapping[str, Limit] = {
    "bytes": Limit(2_000_000_000, "bytes of a data file, and of what a compressed one expands to"),
    "cells": Limit(500_000_000, "rows times columns that are read of one source"),
    "columns": Limit(20_000, "columns of one source"),
    "models": Limit(5_000, "models of a spec, those of `each` counted one by one"),
    "reports": Limit(10_000, "reports of a `matrix`"),
    "copies": Limit(1_000, "columns of one `draw`, and completed data sets of one `impute`"),
    "levels": Limit(2_000, "levels of a category in a formula"),
    "design": Limit(200_000_000, "rows times columns of the design matrix of a model"),
    "table-cells": Limit(100_000, "cells of one table of the report"),
}

_raised: ContextVar[Mapping[str, int] | None] = ContextVar("limits", default=None)


def most(name: str) -> int:
    """How much of something there may be in this build."""
    return (_raised.get() or {}).get(name, LIMITS[name].most)


def in_force() -> Mapping[str, int]:
    """The bounds that were raised, for a process elsewhere to raise them too."""
    return _raised.get() or {}


def raising(name: str) -> str:
    """What a message says to whoever wants more."""
    return f"if so many are meant, raise the bound: --limit {name}=…"


@contextmanager
def raised(limits: Mapping[str, int]) -> Iterator[None]:
    """Other bounds during a `with` block."""
    token = _raised.set({**(_raised.get() or {}), **limits})
    try:
        yield
    finally:
        _raised.reset(token)
