"""Tasks done in forked processes: what they know, errors, and processes that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from reportgen.core.errors import DataError, Problem
from reportgen.run.queues.crew import Crew, can_fork
from reportgen.run.queues.queue import Lost, Rows, Task

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")


def task(call, *arguments, rows=None, kind="k", seconds=10.0, **more):
    return Task(call, arguments, kind, seconds, rows, **more)


def run(tasks, size=2):
    """What became of tasks by their tickets, once the first of a kind was done here."""
    with closing(Crew(size)) as crew:
        crew.put("first", task(int))
        assert crew.get().value == 0
        for ticket, each in tasks.items():
            crew.put(ticket, each)
        done = [crew.get() for _ in tasks]
    assert not multiprocessing.active_children()
    return {each.ticket: each.value for each in done}


def where(name):
    return name * 2, os.getpid()


def test_every_task_is_done_elsewhere():
    """In other processes, never more of them than were asked for."""
    done = run({name: task(where, name) for name in "abcdef"})
    assert {name: value for name, (value, _) in done.items()} == {c: c * 2 for c in "abcdef"}
    processes = {pid for _, pid in done.values()}
    assert os.getpid() not in processes
    assert len(processes) <= 2


def test_the_first_of_a_kind_is_done_here():
    """What it loads, the others find loaded when they are forked."""
    with closing(Crew(2)) as crew:
        for name in "abc":
            crew.put(name, task(where, name))
        done = dict(each.value for each in (crew.get(), crew.get(), crew.get()))
    assert done.pop("aa") == os.getpid()
    assert os.getpid() not in done.values()


def given(frame, more):
    return int(frame.table) + more


class Table(int):
    """A table that says how large it is."""

    size = 10


class Large(Table):
    """One that cannot be sent."""

    size = 10**9

    def __reduce__(self):
        raise AssertionError("it was sent")


@pytest.mark.parametrize("kind", [Table, Large])
def test_rows_are_there(kind):
    """Few are sent to a hand that was forked before they were here; many are never copied."""
    first, second = (Rows(SimpleNamespace(table=kind(each))) for each in (1, 2))
    with closing(Crew(2)) as crew:
        crew.put("here", task(given, 0, rows=first))
        assert crew.get().value == 1
        for rows in (first, second, first):
            for number in range(3):
                crew.put(number, task(given, 10 * number, rows=rows))
            done = {each.ticket: each.value for each in (crew.get() for _ in range(3))}
            one = int(rows.frame.table)
            assert done == {0: one, 1: one + 10, 2: one + 20}


def wrong(name):
    raise DataError(Problem("bad", f"{name} is wrong"))


def test_an_error_is_what_became_of_a_task():
    """It arrives with its problems, and the others are done."""
    done = run({"a": task(wrong, "a"), "b": task(str, "b")})
    assert done.pop("b") == "b"
    (problem,) = done["a"].problems
    assert isinstance(done["a"], DataError)
    assert (problem.code, problem.message) == ("bad", "a is wrong")


def broken():
    return 1 / 0


def test_an_error_that_nobody_meant_is_raised_here():
    """As itself, and with the lines where it happened."""
    with pytest.raises(ZeroDivisionError) as caught:
        run({"a": task(broken)})
    assert "in broken" in caught.value.__notes__[0]
    assert not multiprocessing.active_children()


def dies(mark=None):
    """The process is killed, the first time where there is a mark."""
    if mark is None or not mark.exists():
        if mark:
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def test_a_process_that_dies_is_replaced(tmp_path):
    """Its task is done again; the others never notice."""
    tasks = {"a": task(str, "a"), "b": task(dies, Path(tmp_path / "b")), "c": task(str, "c")}
    assert run(tasks) == {"a": "a", "b": "alive", "c": "c"}


def test_short_tasks_lie_ready(tmp_path):
    """While a hand is at one, it has the next; nothing is lost or done twice by a death."""
    tasks = {str(number): task(where, number, seconds=0.5) for number in range(9)}
    tasks["b"] = task(dies, Path(tmp_path / "b"), seconds=0.5)
    tasks |= {str(number): task(where, number, seconds=0.5) for number in range(9, 20)}
    done = run(tasks)
    assert done.pop("b") == "alive"
    assert {name: value for name, (value, _) in done.items()} == {
        str(number): number * 2 for number in range(20)
    }


def test_what_waited_behind_a_task_that_kills_is_done():
    """Only the one that kills is given up, and the next are not held against it."""
    names = [str(number) for number in range(12)]
    tasks = {"b": task(dies, seconds=0.5)} | {name: task(str, name, seconds=0.5) for name in names}
    assert run(tasks) == {"b": Lost(2)} | {name: name for name in names}


def test_a_task_with_much_to_send_does_not_lie_ready():
    """A line that is full would stop this process and the hand for ever."""
    long = "x" * 300_000
    done = run({str(number): task(str, long, seconds=0.5) for number in range(12)})
    assert set(done.values()) == {long}


def test_a_task_that_kills_is_given_up():
    """After two processes, and the rest is done."""
    done = run({"a": task(str, "a"), "b": task(dies), "c": task(str, "c")})
    assert done == {"a": "a", "b": Lost(2), "c": "c"}


def test_an_interruption_leaves_nobody():
    """Ctrl-C is heard here, and ends all of them."""

    def interrupted():
        raise KeyboardInterrupt

    tasks = {"a": task(str, "a"), "b": task(str, "b", begun=interrupted)}
    with pytest.raises(KeyboardInterrupt):
        run(tasks)
    assert not multiprocessing.active_children()


def test_little_work_is_not_shared():
    """A second process must have a second of work to do."""
    crew = Crew(4)
    hired = []
    for number in range(6):
        crew.put(number, task(int, seconds=0.8))
        hired.append(crew.worth())
    assert hired == [1, 1, 2, 3, 4, 4]
    crew.close()
