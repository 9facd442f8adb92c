"""Builds in progress: many at once share one queue, each says by itself what it needs next.

A build is a generator of `Steps`: it yields tasks, each under a name of its own, and is sent what
became of one of them at a time. It is opened when the queue has need of work, and
is finished, and forgotten with its rows, as soon as its last task is done.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any, TypeVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import ReportgenError
from reportgen.run.queues.queue import Done, Queue, Task

T = TypeVar("T")

Steps = Generator[Sequence[tuple[Hashable, Task]], Done, T]
"""What a build yields: new tasks by name, maybe none. It is sent one that is done, by its name."""


def stream(builds: Iterable[Steps[T]], queue: Queue) -> Iterator[tuple[int, T | ReportgenError]]:
    """What became of each build by its number, in the order of being finished.

    An error of one does not stop the others. Not more builds are open at a time than keep the queue
    busy, so that only their rows are held.
    """
    desk, rest = _Desk(queue), enumerate(builds)
    while True:
        while desk.hungry and (following := next(rest, None)):
            yield from desk.opened(*following)
        if not desk.open:
            return
        yield from desk.served()


def alone(build: Steps[T], queue: Queue) -> T:
    """What one build comes to; its error is raised."""
    for _, value in stream([build], queue):
        if isinstance(value, ReportgenError):
            raise value
        return value
    raise AssertionError("a build ends")


@dataclass
class _Desk:
    """The builds that are open, and who waits for which task; equal tasks are done once."""

    queue: Queue
    open: dict[int, Steps[Any]] = field(default_factory=dict)
    askers: dict[Hashable, list[tuple[int, Hashable]]] = field(default_factory=dict)

    @property
    def hungry(self) -> bool:
        """Whether one more build shall be opened."""
        if not self.open:
            return True
        size = self.queue.size
        return size > 1 and self.queue.waiting < size and len(self.open) <= size

    def opened(self, number: int, build: Steps[Any]) -> Iterator[tuple[int, Any]]:
        """Begin a build."""
        self.open[number] = build
        return self._advance(number, None)

    def served(self) -> Iterator[tuple[int, Any]]:
        """Wait for a task, and let those that asked for it go on."""
        done = self.queue.get()
        seconds = done.seconds
        for number, name in self.askers.pop(done.ticket):
            if number in self.open:
                yield from self._advance(number, Done(name, done.value, seconds))
            seconds = None

    def _advance(self, number: int, done: Done | None) -> Iterator[tuple[int, Any]]:
        try:
            build = self.open[number]
            asked = next(build) if done is None else build.send(done)
        except StopIteration as stopped:
            del self.open[number]
            yield number, stopped.value
        except ReportgenError as error:
            del self.open[number]
            yield number, error
        else:
            for name, task in asked:
                ticket = task.key or (number, name)
                if ticket in self.askers:
                    task.begun()
                else:
                    self.queue.put(ticket, task)
                self.askers.setdefault(ticket, []).append((number, name))
