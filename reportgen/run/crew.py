"""Work spread over processes forked from this one, which has all libraries and rows loaded already.

A task goes to the first hand that is free, once what it needs is done. A hand that dies is
replaced, and its task is given out once more; a task that kills two hands is given up.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from reportgen.core.errors import ReportgenError

Call = Callable[[str, Any], Any]
TRIES = 2


class Lost:
    """What became of a task whose process died each time."""


def can_fork() -> bool:
    """Whether this system makes a process by copying one, safely."""
    return os.name == "posix" and os.uname().sysname == "Linux"


def spread(
    order: Sequence[str], needs: Mapping[str, str], call: Call, size: int,
    given: Mapping[str, Any], *, begun: Callable[[str], None],
) -> Iterator[tuple[str, Any]]:  # fmt: skip
    """Each task by name with its value, in the order of being done; `Lost` for one given up.

    `call` gets a task's name and what the task made that it `needs`, if any: the first of the pair
    that is its value, or what is `given`. A ReportgenError of a task is raised here, once the
    others have been stopped.
    """
    done, waiting, tries = dict(given), list(order), Counter[str]()
    crew = _Crew(call)
    try:
        while waiting or crew.busy:
            for name in [each for each in waiting if needs.get(each) in (None, *done)]:
                if len(crew.busy) == size:
                    break
                waiting.remove(name)
                tries[name] += 1
                begun(name)
                crew.give(name, done.get(needs.get(name, "")))
            for name, value in crew.returned():
                if isinstance(value, Lost) and tries[name] < TRIES:
                    waiting.insert(0, name)
                    continue
                if isinstance(value, ReportgenError):
                    raise value
                done[name] = value if isinstance(value, Lost) else value[0]
                yield name, value
    finally:
        crew.dismiss()


class _Crew:
    """Processes that wait for tasks, and those at work by the name of their task."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._context = multiprocessing.get_context("fork")
        self._idle: list[tuple[Any, Connection]] = []
        self.busy: dict[str, tuple[Any, Connection]] = {}

    def give(self, name: str, needed: Any) -> None:
        """A task for a hand that is free, or for a new one."""
        hand = self._idle.pop() if self._idle else self._hired()
        self.busy[name] = hand
        hand[1].send((name, needed))

    def returned(self) -> Iterator[tuple[str, Any]]:
        """Wait for something to be done; each task's value, or `Lost` where its hand has died."""
        names = {hand[1]: name for name, hand in self.busy.items()}
        for connection in wait(list(names)):
            name = names[connection]  # type: ignore[index]
            hand = self.busy.pop(name)
            try:
                value = hand[1].recv()
            except (EOFError, OSError):
                hand[0].join()
                yield name, Lost()
                continue
            self._idle.append(hand)
            yield name, _error(value)

    def dismiss(self) -> None:
        """Nobody is left, whatever they were doing."""
        for process, connection in (*self._idle, *self.busy.values()):
            process.kill()
            process.join()
            connection.close()

    def _hired(self) -> tuple[Any, Connection]:
        own, theirs = self._context.Pipe()
        others = [hand[1] for hand in (*self._idle, *self.busy.values())]
        process = self._context.Process(
            target=_work, args=(theirs, [own, *others], self._call), daemon=True
        )
        process.start()
        theirs.close()  # so that its death is the end of the line
        return process, own


def _work(line: Connection, others: Sequence[Connection], call: Call) -> None:
    """A hand's life. Whoever interrupts the build speaks to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in others:
        each.close()
    while True:
        try:
            name, needed = line.recv()
        except EOFError:
            return
        try:
            value = call(name, needed)
        except ReportgenError as error:
            value = _Wrong(type(error), tuple(error.problems))
        line.send(value)


class _Wrong:
    """An error on its way between processes."""

    def __init__(self, kind: type[ReportgenError], problems: tuple[Any, ...]) -> None:
        self.kind, self.problems = kind, problems


def _error(value: Any) -> Any:
    return value.kind(value.problems) if isinstance(value, _Wrong) else value
