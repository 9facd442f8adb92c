"""How far a build is: one line a model, rewritten in place on a terminal, plain elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from reportgen.cli.terminal import coloured, redraws
from reportgen.core.numbers import count, fixed
from reportgen.core.types import Model, Result

MARKS = {"ok": "ok", "warning": "warning", "failed": "FAILED"}
COLOURS = {"ok": "32", "warning": "33", "failed": "31"}


class Lines:
    """Progress as lines of text on a stream; each begins with the `name` of the report."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        self._stream, self._name = stream, f"{name}  " if name else ""
        self._terminal, self._coloured = redraws(stream), coloured(stream)
        self._total = self._begun = self._done = 0

    def begin(self, step: str, total: int) -> None:
        """A step of `total` parts begins."""
        self._total, self._begun, self._done = total, 0, 0

    def start(self, name: str) -> None:
        """A part begins: on a terminal its name waits at the end of the screen."""
        self._begun += 1
        if self._terminal:
            self._write(f"\r\x1b[K{self._counter(self._begun)} fitting {name} …")

    def done(self, model: Model, seconds: float | None) -> None:
        """A part is done: its line stays."""
        self._done += 1
        status = model.result.status
        mark = f"{MARKS[status]:<7}"
        if self._coloured:
            mark = f"\x1b[{COLOURS[status]}m{mark}\x1b[0m"
        clear = "\r\x1b[K" if self._terminal else ""
        parts = [f"{clear}{self._counter(self._done)} {mark} {model.id}", *_size(model.result)]
        self._write("  ".join([*parts, f"{_took(seconds)}\n"]))

    def end(self) -> None:
        """The step is over."""
        self._stream.flush()

    def _counter(self, number: int) -> str:
        return f"{self._name}[{number:>{len(str(self._total))}}/{self._total}]"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _took(seconds: float | None) -> str:
    return "as before" if seconds is None else f"{fixed(seconds, 2)} s"


def _size(result: Result) -> Iterator[str]:
    """How many rows a fit rests on; nothing of one that failed."""
    if result.n:
        clusters = f" in {count(result.n_groups)} clusters" if result.n_groups else ""
        yield f"n {count(result.n)}{clusters}"


class Silent:
    """Progress that nobody watches (`--json`)."""

    def begin(self, step: str, total: int) -> None:
        """Nothing."""

    def start(self, name: str) -> None:
        """Nothing."""

    def done(self, model: Model, seconds: float | None) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""
