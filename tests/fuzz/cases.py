"""One case: an input made from a number, fed to a target, within limits of time."""

from __future__ import annotations

import contextlib
import io
import random
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from reportgen.core.errors import ReportgenError

FINE = (0, 1, 2, 3, 4, 5)
"""Exit codes with which a command may end."""


class TooLong(BaseException):
    """A case took more processor time than it may."""


@dataclass(frozen=True)
class Case:
    """The number that makes an input."""

    target: str
    number: int

    @property
    def chance(self) -> random.Random:
        """The source of everything random about the case."""
        return random.Random(f"{self.target} {self.number}")


class Target(Protocol):
    """What is fed. `feed` gives the exit code of a command, or None; errors of ours are fine."""

    def show(self, case: Case) -> str:
        """The input, for people."""

    def feed(self, case: Case) -> int | None:
        """Make the input and feed it."""


def run(target: Target, case: Case, seconds: float) -> str:
    """How the case ended: `ok`, `refused`, `exit N`, or `BROKEN: …`."""
    said = io.StringIO()
    try:
        with limited(seconds), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = target.feed(case)
    except ReportgenError:
        return "refused"
    except TooLong:
        return f"BROKEN: more than {seconds:.0f} s"
    except SystemExit as error:
        return f"exit {error.code}"
    except BaseException as error:
        return f"BROKEN: {_where(error)}"
    text = said.getvalue()
    if "Traceback" in text or "reportgen has a bug" in text or "error[memory]" in text:
        return f"BROKEN: {next(iter(text.strip().splitlines()[-2:]), '')[:200]!r}"
    if code is not None and code not in FINE:
        return f"BROKEN: exit {code}"
    return "ok" if code is None else f"exit {code}"


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """TooLong after so many seconds of the processor."""

    def stop(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/reportgen/" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "?"
    return f"{type(error).__name__} at {place} {str(error)[:100]!r}"
