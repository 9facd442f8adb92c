"""The queue of many machines: a Dask cluster, which somebody else has started.

Tasks that need rows are sent to its workers, one at a time to each; their rows before them, once,
under the name of their content. All other tasks are done here while the workers are busy. A worker
that dies is the scheduler's affair, which gives its task and its rows to others. A task whose
workers die, and die once more when it is the only one at work, is given up.

Imported where a cluster is asked for: what it needs of Python itself takes its time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from pickle import dumps, loads
from queue import Empty, SimpleQueue
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from reportgen.run.queues.connect import (
    WORKERS,
    alike,
    connected,
    gone,
    installed,
    nobody,
    quiet,
    unwarned,
)
from reportgen.run.queues.queue import Done, Lost, Rows, Task, done_here
from reportgen.run.queues.remote import Different, errand, run

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK = 1.0
"""Seconds between two looks at the cluster while nothing comes from it."""
CLOSING = 5.0
TRIES = 5
"""How often a task is sent that the scheduler has forgotten, as it does when it is told to."""


class Flight(NamedTuple):
    """A task that was sent: what it will come to, and the worker that was meant."""

    future: Future
    worker: str
    ticket: Hashable
    task: Task


class Cluster:
    """The workers of a Dask scheduler. It is spoken to once there is something to send.

    UsageError where Dask is not installed, nobody answers, or a worker is not like this
    process; DocumentError where the cluster is lost.
    """

    def __init__(self, address: str) -> None:
        installed()
        self._address = address
        self._client: Client | None = None
        self._stack = ExitStack()
        self._workers: tuple[str, ...] = ("",)
        self._seen = monotonic()
        self._tasks: deque[tuple[Hashable, Task]] = deque()
        self._own: deque[tuple[Hashable, Task]] = deque()
        self._flying: dict[str, Flight] = {}
        self._landed: SimpleQueue[str] = SimpleQueue()
        self._rows: WeakKeyDictionary[Rows, Future] = WeakKeyDictionary()
        self._deaths, self._sendings = Counter[Hashable](), Counter[Hashable]()

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._workers)

    @property
    def waiting(self) -> int:
        """How many tasks have not been sent."""
        return len(self._tasks) + len(self._own)

    def put(self, ticket: Hashable, task: Task) -> None:
        """One more task, to be sent if it needs rows."""
        (self._tasks if task.rows else self._own).append((ticket, task))

    def get(self) -> Done:
        """The next task that is done, by a worker or here."""
        while True:
            self._send()
            try:
                landed = self._landed.get(timeout=0.0 if self._own else LOOK)
            except Empty:
                if self._own:
                    return done_here(*self._own.popleft())
                self._look()
                continue
            done = self._received(landed)
            if done is not None:
                return done

    def close(self) -> None:
        """What is at work is called back, and the cluster left."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # of a cluster that is gone nothing can be called back
                client.cancel([flight.future for flight in self._flying.values()])
            self._flying.clear()
            self._rows.clear()
            with suppress(Exception):
                client.close(timeout=CLOSING)
        self._stack.close()

    def _connect(self) -> Client:
        if self._client is None:
            self._stack.enter_context(quiet())
            self._client = connected(self._address)
            self._look()
        return self._client

    def _send(self) -> None:
        """A task to each worker; one whose workers died only while no other is at work."""
        while self._tasks and len(self._flying) < len(self._workers):
            alone = any(self._deaths[flight.ticket] for flight in self._flying.values())
            fresh = next((pair for pair in self._tasks if not self._deaths[pair[0]]), None)
            if alone or (fresh is None and self._flying):
                return
            pair = fresh or self._tasks[0]
            client = self._connect()
            self._tasks.remove(pair)
            ticket, task = pair
            if not self._sendings[ticket]:
                task.begun()
            self._sendings[ticket] += 1
            busy = {flight.worker for flight in self._flying.values()}
            worker = next(each for each in self._workers if each not in busy)
            name = f"reportgen-{token_hex(16)}"
            with unwarned():
                future = client.submit(
                    run, errand(task), self._sent(task, client), key=name, pure=False,
                    workers=[worker], allow_other_workers=True,
                )  # fmt: skip
            self._flying[name] = Flight(future, worker, ticket, task)
            future.add_done_callback(lambda landed: self._landed.put(landed.key))

    def _sent(self, task: Task, client: Client) -> Future:
        """The rows of a task, which the scheduler keeps as long as somebody here has them."""
        rows = task.rows
        assert rows is not None
        if rows not in self._rows:
            name = f"reportgen-rows-{rows.key or token_hex(16)}"
            self._rows[rows] = client.submit(loads, dumps(rows.frame), key=name, pure=False)
        return self._rows[rows]

    def _received(self, name: str) -> Done | None:
        """What became of a task that was sent; None where it is sent once more."""
        from distributed import KilledWorker

        if name not in self._flying:
            return None
        flight = self._flying.pop(name)
        future, ticket = flight.future, flight.ticket
        if future.status == "error":
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise error
            deaths = error.allowed_failures + 1
            self._deaths[ticket] += deaths
            if self._deaths[ticket] > deaths:
                return Done(ticket, Lost(self._deaths[ticket]), None)
        if future.status == "finished":
            with suppress(CancelledError, TimeoutError):
                value, seconds = future.result(timeout=WORKERS)
                if isinstance(value, Different):
                    alike(value.there, "a worker")
                return Done(ticket, value, seconds)
        if self._sendings[ticket] >= TRIES:
            raise gone(self._address)
        self._tasks.appendleft((ticket, flight.task))
        self._look()
        return None

    def _look(self) -> None:
        """Whether the scheduler is there, and who its workers are; what it has lost, has landed."""
        client = self._client
        assert client is not None
        try:
            workers = tuple(client.nthreads())
        except OSError as error:
            raise gone(self._address) from error
        if client.status != "running":
            raise gone(self._address)
        for name, flight in self._flying.items():
            if flight.future.status in ("lost", "cancelled"):
                self._landed.put(name)
        if workers:
            self._workers, self._seen = workers, monotonic()
        elif monotonic() - self._seen > WORKERS:
            raise nobody(self._address)
