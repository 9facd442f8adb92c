"""The queue of one machine: processes forked from this one, which has libraries and rows loaded.

A task goes to the first hand that is free and has the rows and libraries it needs: a hand has
what was here when it was forked. Few rows are sent to one that lacks them; where they are many, or
a library is missing, it gives way to a new one, so that many rows are never copied. A hand that
dies is replaced, and its task is given out once more; a task that kills two hands is given up.
Beside a short task the next lies ready, so that a hand need not wait until this process has time.
"""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from reportgen.run.queues.queue import Done, Lost, Rows, Task, done_here, perform

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TRIES = 2
WORTH = 1.0
"""The seconds of work that a further process must have."""
SHORT = 1.0
"""The seconds of a task that may lie ready: one that takes longer goes to whoever is free first."""
LITTLE = 16_384
"""Bytes that a line takes although nobody listens."""
FEW = 100_000
"""Rows times columns that are sent more cheaply than a process is forked."""


def can_fork() -> bool:
    """Whether this system makes a process by copying one, safely."""
    return os.name == "posix" and os.uname().sysname == "Linux"


class Hand:
    """A process that waits for tasks or is at work, the line to it, and what it was forked with:
    kinds of tasks by name and rows by number. `sent` are the rows that came to it last; `ready` is
    the task that it finds when it has done the one it is at.
    """

    def __init__(self, process: Any, line: Connection, born: frozenset[Hashable]) -> None:
        self.process, self.line, self.born = process, line, born
        self.sent: Rows | None = None
        self.ready: tuple[Hashable, Task] | None = None

    def suits(self, task: Task) -> bool:
        """Whether it has all that a task needs."""
        return task.kind in self.born and (
            task.rows is None or task.rows is self.sent or task.rows.number in self.born
        )

    def may(self, task: Task) -> bool:
        """Whether it has, once few rows were sent."""
        return self.suits(task) or (
            task.kind in self.born and task.rows is not None and task.rows.frame.table.size < FEW
        )

    def give(self, task: Task) -> None:
        """Have a task done."""
        rows = None if self.suits(task) else task.rows
        self.sent = rows or self.sent
        number = task.rows.number if task.rows else None
        with suppress(BrokenPipeError):  # it has died: that is seen when it is waited for
            self.line.send((task.call, task.arguments, number, rows))

    def lay(self, pair: tuple[Hashable, Task]) -> bool:
        """Have a task ready; not where it is long, or needs rows or much else to be sent."""
        from multiprocessing.reduction import ForkingPickler

        task = pair[1]
        if self.ready is not None or task.seconds >= SHORT or not self.suits(task):
            return False
        number = task.rows.number if task.rows else None
        message = ForkingPickler.dumps((task.call, task.arguments, number, None))
        if len(message) > LITTLE:
            return False
        with suppress(BrokenPipeError):
            self.line.send_bytes(message)
        self.ready = pair
        return True

    def dismiss(self) -> None:
        """It ends, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.line.close()


class Crew:
    """At most `size` processes, as many as the work is worth; little work is done in this one.

    So is the first task of each kind, which loads what the others of its kind need.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._tasks: deque[tuple[Hashable, Task]] = deque()
        self._tries = Counter[Hashable]()
        self._idle: list[Hand] = []
        self._busy: dict[Hand, tuple[Hashable, Task]] = {}
        self._done: deque[Done] = deque()
        self._kinds: set[str] = set()
        self._strange: set[str] = set()
        self._seconds = 0.0

    @property
    def waiting(self) -> int:
        """How many tasks have not been given out."""
        return len(self._tasks)

    def put(self, ticket: Hashable, task: Task) -> None:
        """One more task, behind the others."""
        self._tasks.append((ticket, task))
        if task.kind not in self._kinds:
            self._strange.add(task.kind)
        self._seconds += task.seconds

    def get(self) -> Done:
        """The next task that is done, here or elsewhere."""
        while not self._done:
            self._give()
            self._lay_ready()
            own = self._own()
            if own is not None:
                self._tasks.remove(own)
                self._kinds.add(own[1].kind)
                self._strange.discard(own[1].kind)
                return done_here(*own)
            self._collect()
        return self._done.popleft()

    def close(self) -> None:
        """Nobody is left, whatever they were doing."""
        for hand in (*self._idle, *self._busy):
            hand.dismiss()
        self._idle.clear()
        self._busy.clear()
        self._tasks.clear()
        self._strange.clear()
        self._done.clear()

    def worth(self) -> int:
        """How many hands the work has been worth so far; 1 is this process alone."""
        return max(1, min(self.size, int(self._seconds / WORTH)))

    def _own(self) -> tuple[Hashable, Task] | None:
        """What is done in this process: a task of a new kind, or any where no hand is at work."""
        if self._strange:
            return next(pair for pair in self._tasks if pair[1].kind in self._strange)
        return self._tasks[0] if self._tasks and not self._busy else None

    def _give(self) -> None:
        """Tasks for all hands that are free, or may be hired."""
        room = self.worth() if self.worth() > 1 else 0
        if len(self._busy) >= room:
            return
        for pair in [pair for pair in self._tasks if pair[1].kind in self._kinds]:
            if len(self._busy) >= room:
                return
            ticket, task = pair
            able = [each for each in self._idle if each.may(task)]
            hand = next((each for each in able if each.suits(task)), next(iter(able), None))
            if hand is None and self._idle and len(self._idle) + len(self._busy) >= room:
                self._idle.pop(0).dismiss()
            elif hand is not None:
                self._idle.remove(hand)
            self._tasks.remove(pair)
            hand = hand or self._hired((task, *(each for _, each in self._tasks)))
            self._busy[hand] = pair
            self._tries[ticket] += 1
            task.begun()
            hand.give(task)

    def _lay_ready(self) -> None:
        """The next tasks beside those that are being done, while there are more than hands."""
        for hand in self._busy:
            if len(self._tasks) > self.size and self._tasks[0][1].kind in self._kinds:
                pair = self._tasks[0]
                if not self._tries[pair[0]] and hand.lay(pair):
                    self._tasks.popleft()
                    pair[1].begun()

    def _collect(self) -> None:
        """Wait for something to be done, or for a hand to die."""
        from multiprocessing.connection import wait

        hands = {hand.line: hand for hand in self._busy}
        for line in wait(list(hands)):
            hand = hands[line]  # type: ignore[index]
            ticket, task = self._busy.pop(hand)
            try:
                value, seconds = hand.line.recv()
            except (EOFError, OSError):
                hand.dismiss()
                if hand.ready is not None:
                    self._tasks.appendleft(hand.ready)
                if self._tries[ticket] < TRIES:
                    self._tasks.appendleft((ticket, task))
                else:
                    self._done.append(Done(ticket, Lost(TRIES), None))
                continue
            self._next(hand)
            if isinstance(value, Broken):
                value.tell()
            self._done.append(Done(ticket, value, seconds))

    def _next(self, hand: Hand) -> None:
        """A hand goes on to what lies ready for it, or is free."""
        if hand.ready is None:
            self._idle.append(hand)
            return
        self._busy[hand], hand.ready = hand.ready, None
        self._tries[self._busy[hand][0]] += 1

    def _hired(self, tasks: Sequence[Task]) -> Hand:
        """A new hand, which knows the rows of these tasks and all libraries loaded so far."""
        import multiprocessing

        context = multiprocessing.get_context("fork")
        rows = {task.rows.number: task.rows for task in tasks if task.rows}
        own, theirs = context.Pipe()
        others = [hand.line for hand in (*self._idle, *self._busy)]
        process = context.Process(target=_work, args=(theirs, [own, *others], rows), daemon=True)
        process.start()
        theirs.close()  # so that its death is the end of the line
        return Hand(process, own, frozenset({*self._kinds, *rows}))


class Broken:
    """An exception that nobody meant to raise, on its way to this process."""

    def __init__(self, error: Exception) -> None:
        from traceback import format_exc

        self.error, self.trace = error, format_exc()

    def tell(self) -> None:
        """Raise it here."""
        self.error.add_note(self.trace)
        raise self.error


def _work(line: Connection, others: Sequence[Connection], rows: Mapping[int, Rows]) -> None:
    """A hand's life. Whoever interrupts the build speaks to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in others:
        each.close()
    known = dict(rows)
    while True:
        try:
            call, arguments, number, sent = line.recv()
        except EOFError:
            return
        if sent is not None:
            known = {**rows, number: sent}
        try:
            frame = None if number is None else known[number].frame
            line.send(perform(call, arguments, frame))
        except Exception as error:
            line.send((Broken(error), 0.0))
