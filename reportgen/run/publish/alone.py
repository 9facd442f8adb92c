"""One build at a time publishes into a folder; the system lets go of the lock of a killed one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from reportgen.core.errors import DocumentError, Problem

SECONDS = 60.0
PAUSE = 0.05


@contextmanager
def alone(folder: Path, patience: float = SECONDS) -> Iterator[bool]:
    """Wait until no other build writes into `folder`, and keep others waiting meanwhile.

    False where the file system knows no locks: then nobody waits. DocumentError where another
    build does not end within `patience` seconds.
    """
    if sys.platform == "win32":
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        end = monotonic() + patience
        locked = _locked(handle)
        while locked is None:
            if monotonic() >= end:
                raise _busy(folder, patience)
            sleep(PAUSE)
            locked = _locked(handle)
        yield locked
    finally:
        os.close(handle)


def _locked(handle: int) -> bool | None:
    """Whether the lock is ours; None while another one holds it."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError:  # a file system without locks
        return False
    return True


def _busy(folder: Path, patience: float) -> DocumentError:
    message = f"another build has been writing to `{folder}` for {patience:.0f} seconds"
    help_ = "wait for it, or end it; the previous report is as it was"
    return DocumentError(Problem("busy", message, help=help_))
