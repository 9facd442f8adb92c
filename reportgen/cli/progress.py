"""How far a build is: one line a model, rewritten in place on a terminal, plain elsewhere."""

from __future__ import annotations

from typing import TextIO

from reportgen.core.numbers import count, fixed
from reportgen.core.types import Model

MARKS = {"ok": "ok", "warning": "warning", "failed": "FAILED"}
COLOURS = {"ok": "32", "warning": "33", "failed": "31"}


class Lines:
    """Progress as lines of text on a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._total = 0
        self._number = 0

    def begin(self, step: str, total: int) -> None:
        """A step of `total` parts begins."""
        self._total, self._number = total, 0

    def start(self, name: str) -> None:
        """A part begins: on a terminal its name waits at the end of the screen."""
        self._number += 1
        if self._terminal:
            self._write(f"\r\x1b[K{self._counter()} fitting {name} …")

    def done(self, model: Model, seconds: float | None) -> None:
        """A part is done: its line stays."""
        status = model.result.status
        mark = f"{MARKS[status]:<7}"
        if self._terminal:
            mark = f"\x1b[{COLOURS[status]}m{mark}\x1b[0m"
        size = f"n {count(model.result.n)}"
        if model.result.n_groups:
            size += f" in {count(model.result.n_groups)} clusters"
        clear = "\r\x1b[K" if self._terminal else ""
        self._write(f"{clear}{self._counter()} {mark} {model.id}  {size}  {_took(seconds)}\n")

    def end(self) -> None:
        """The step is over."""
        self._stream.flush()

    def _counter(self) -> str:
        return f"[{self._number:>{len(str(self._total))}}/{self._total}]"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _took(seconds: float | None) -> str:
    return "as before" if seconds is None else f"{fixed(seconds, 2)} s"


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
