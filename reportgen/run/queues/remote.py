"""A task on its way to a worker of a cluster, and what the worker does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.disclosure import asked, showing
from reportgen.core.limits import in_force, raised
from reportgen.core.types import Frame
from reportgen.run.likeness import likeness
from reportgen.run.queues.queue import Task, perform

_one_at_a_time = Lock()


@dataclass(frozen=True)
class Errand:
    """A task with all that it would find in the process that sends it: what that process is
    like, the bounds in force, and whether messages may hold values of the data.
    """

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    like: Mapping[str, str]
    limits: Mapping[str, int]
    values: bool


@dataclass(frozen=True)
class Different:
    """The answer of a worker that is not like the process that asked it."""

    there: Mapping[str, str]


def errand(task: Task) -> Errand:
    """A task, ready to be sent."""
    return Errand(task.call, task.arguments, likeness(), in_force(), asked())


def run(given: Errand, frame: Frame) -> tuple[Any, float]:
    """What becomes of an errand at a worker, and the seconds it took.

    A worker with several threads does one at a time: what libraries say while they fit is caught
    for the whole process.
    """
    with _one_at_a_time:
        if likeness() != given.like:
            return Different(likeness()), 0.0
        with raised(given.limits), showing(given.values):
            return perform(given.call, given.arguments, frame)
