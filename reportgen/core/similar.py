"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

from collections.abc import Iterable


def similar(given: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `given`; None where none is like it."""
    from difflib import get_close_matches  # few runs have anything mistyped

    return next(iter(get_close_matches(given, list(known), 1)), None)
