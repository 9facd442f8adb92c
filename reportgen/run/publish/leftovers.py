"""What builds that were killed have left beside their reports."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from reportgen.run.publish.alone import alone

STAGING = ".building-"
"""How the folders begin in which a report is made ready."""


def tidy(folder: Path) -> None:
    """Remove what a killed build left beside a report that stands."""
    with suppress(OSError):
        if any(folder.parent.glob(f"{STAGING}*")):
            with alone(folder.parent) as sure:
                if sure:
                    sweep(folder.parent)


def sweep(folder: Path) -> None:
    """Remove the folders in which builds that are dead have made reports ready."""
    import shutil

    for left in folder.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
