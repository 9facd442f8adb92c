"""When a build was made. The only clock of the house; everything else is handed the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from reportgen.core.errors import Problem, UsageError


def created(environment: Mapping[str, str], date: str) -> str:
    """The build's time in ISO 8601 (UTC).

    The same inputs must give the same bytes, so a time that was set beats the clock:
    SOURCE_DATE_EPOCH (reproducible-builds.org), then the spec's own `date`, then now.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        return _stamp(datetime.fromtimestamp(_seconds(epoch), UTC))
    try:
        return _stamp(datetime.fromisoformat(date).replace(tzinfo=UTC))
    except ValueError:  # no date, or one that is not a calendar date ("Spring 2026")
        return _stamp(datetime.now(UTC))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    raise UsageError(
        Problem(
            "bad-epoch",
            "SOURCE_DATE_EPOCH is not a number of seconds",
            help="unset it, or give a whole number",
        )
    )
