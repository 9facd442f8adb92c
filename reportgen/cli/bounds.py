"""`--limit NAME=N`: bounds that whoever runs a command raises."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.core.errors import Problem, UsageError
from reportgen.core.limits import LIMITS
from reportgen.core.similar import similar

MOST_DIGITS = 15


def limits(given: Iterable[str]) -> dict[str, int]:
    """The bounds by name. UsageError for a name that is none, and for what is no number."""
    return dict(map(_limit, given))


def _limit(text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    if name not in LIMITS:
        near = similar(name, LIMITS)
        raise _wrong(f"there is no bound `{name}`", f"did you mean `{near}`?" if near else "")
    digits = value.replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise _wrong(f"`--limit {text}` gives no whole number")
    return name, int(digits)


def _wrong(message: str, hint: str = "") -> UsageError:
    bounds = ", ".join(f"{name} ({limit.most:,})" for name, limit in LIMITS.items())
    return UsageError(Problem("bad-limit", message, hint=hint, help=f"bounds: {bounds}"))
