"""Builds that share a queue: who is opened when, what is done once, and errors."""

from __future__ import annotations

import pytest

from reportgen.core.errors import DataError, Problem
from reportgen.run.queues.queue import Here, Lost, Task
from reportgen.run.queues.stream import alone, stream


class Two(Here):
    """A queue that could do two things at once."""

    size = 2


def task(value, key="", log=None):
    return Task(log.append if log is not None else str, (value,), "k", 1.0, key=key)


def build(name, *rounds, log=None):
    """A build that asks for tasks round by round, and comes to what they were."""
    seen = []
    if log is not None:
        log.append(f"open {name}")
    for asked in rounds:
        given = len(seen)
        seen.append((yield asked))
        while len(seen) < given + len(asked):
            seen.append((yield []))
    if log is not None:
        log.append(f"close {name}")
    return [(each.ticket, each.value) for each in seen]


def test_a_build_is_sent_what_it_asked_for():
    """Each task by the build's own name for it, in as many rounds as it wants."""
    asked = build("a", [("x", task(1)), ("y", task(2))], [("z", task(3))])
    assert alone(asked, Here()) == [("x", "1"), ("y", "2"), ("z", "3")]


def test_a_build_that_needs_nothing_is_done():
    assert alone(build("a"), Here()) == []


@pytest.mark.parametrize(("queue", "most"), [(Here, 1), (Two, 2)])
def test_no_more_builds_are_open_than_keep_the_queue_busy(queue, most):
    """One at a time in one process, so that only its rows are held; a few more elsewhere."""
    log = []
    builds = (build(number, [("x", task(0))], [("y", task(0))], log=log) for number in range(9))
    assert sorted(number for number, _ in stream(builds, queue())) == list(range(9))
    held, highest = 0, 0
    for entry in log:
        held += 1 if entry.startswith("open") else -1
        highest = max(highest, held)
    assert highest == most


def test_equal_tasks_are_done_once():
    """Two builds that ask for the same at the same time get the same; the second is told that
    another had asked before.
    """
    log, began = [], []
    same = [Task(log.append, (0,), "k", 1.0, key="same", begun=lambda: began.append(0))] * 2

    def watched(asked):
        return (yield [("x", asked)]).seconds

    found = dict(stream((watched(each) for each in same), Two()))
    assert log == [0]
    assert began == [0, 0]
    assert found[0] is not None
    assert found[1] is None


def test_an_error_of_one_does_not_stop_the_others():
    """Whatever it had asked for is done, and nobody minds."""

    def wrong():
        yield [("x", task(1)), ("y", task(2))]
        raise DataError(Problem("bad", "the second is wrong"))

    found = dict(stream([build("a", [("x", task(1))]), wrong(), build("c")], Two()))
    assert found[0] == [("x", "1")]
    assert str(found[1]) == "the second is wrong"
    assert found[2] == []
    with pytest.raises(DataError):
        alone(wrong(), Here())


def test_what_becomes_of_a_task_is_sent_whatever_it_is():
    """A build decides what an error of a task, or its loss, means."""

    class Losing(Here):
        def get(self):
            ticket, _ = self._tasks.popleft()
            from reportgen.run.queues.queue import Done

            return Done(ticket, Lost(2), None)

    assert alone(build("a", [("x", task(1))]), Losing()) == [("x", Lost(2))]
