"""Where the work of builds is done: the queue, and what is put into it.

A build says what is to be done and waits for what becomes of it; where it is done is the queue's
own affair: in this process (`Here`), in processes forked from it (`crew.Crew`), on the machines of
a cluster (`cluster.Cluster`). The three give the same values in every digit, in whatever order.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import field
from itertools import count
from time import perf_counter
from typing import Any, Protocol

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import ReportgenError
from reportgen.core.types import Frame

_numbers = count()


@dataclass(frozen=True)
class Rows:
    """A prepared dataset as tasks name it. `key` is its content's; "" where its data are no files.

    `number` is this object's own, never given again: by it a process knows what it has.
    """

    __eq__, __hash__ = object.__eq__, object.__hash__

    frame: Frame
    key: str = ""
    number: int = field(default_factory=_numbers.__next__)


def _nobody() -> None:
    """Nobody wants to know when a task begins."""


@dataclass(frozen=True)
class Task:
    """A call of a function of ours with plain data, and the rows that are brought to it, if any.

    `call` gets the Frame of `rows` before its `arguments`. Tasks of one `kind` need the same
    libraries; `seconds` is what it may take; equal tasks have equal `key`s, "" is no key. `begun`
    is called, in this process, when it is given out.
    """

    __eq__, __hash__ = object.__eq__, object.__hash__

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    kind: str
    seconds: float
    rows: Rows | None = None
    key: str = ""
    begun: Callable[[], None] = _nobody


@dataclass(frozen=True)
class Lost:
    """What became of a task whose process died each of so many times."""

    times: int


@dataclass(frozen=True)
class Done:
    """What became of a task: its value, a ReportgenError that it raised, or `Lost`.

    `seconds` is what it took; None where another had asked for the very same.
    """

    ticket: Hashable
    value: Any
    seconds: float | None


class Queue(Protocol):
    """Does tasks, in the order that suits it. A task is known by the ticket it was put with."""

    @property
    def size(self) -> int:
        """How many tasks may be done at once."""

    @property
    def waiting(self) -> int:
        """How many tasks have not been given out yet."""

    def put(self, ticket: Hashable, task: Task) -> None:
        """One more task to be done. Nothing is begun before somebody asks for what is done."""

    def get(self) -> Done:
        """The next task that is done, waited for; only while there are any."""

    def close(self) -> None:
        """Nothing more is asked for: what is being done is given up."""


def perform(
    call: Callable[..., Any], arguments: tuple[Any, ...], frame: Frame | None
) -> tuple[Any, float]:
    """A task's value, or the ReportgenError that it raised, and the seconds it took.

    A fit refers to itself, and Python looks for such circles only now and then: what is done with
    is freed here, so that a thousand fits take the memory of one.
    """
    clock = perf_counter()
    try:
        value = call(*arguments) if frame is None else call(frame, *arguments)
    except ReportgenError as error:
        value = error
    gc.collect(0)
    return value, perf_counter() - clock


class Here:
    """The queue that does one task after the other, in this process."""

    size = 1

    def __init__(self) -> None:
        self._tasks: deque[tuple[Hashable, Task]] = deque()

    @property
    def waiting(self) -> int:
        """How many tasks are to be done."""
        return len(self._tasks)

    def put(self, ticket: Hashable, task: Task) -> None:
        """One more task, behind the others."""
        self._tasks.append((ticket, task))

    def get(self) -> Done:
        """The first task, done now."""
        ticket, task = self._tasks.popleft()
        return done_here(ticket, task)

    def close(self) -> None:
        """Forget what was not asked for."""
        self._tasks.clear()


def done_here(ticket: Hashable, task: Task) -> Done:
    """A task done in this process."""
    task.begun()
    frame = task.rows.frame if task.rows else None
    return Done(ticket, *perform(task.call, task.arguments, frame))
