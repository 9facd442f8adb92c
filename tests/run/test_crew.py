"""Work spread over processes: order, needs, errors, and processes that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from reportgen.core.errors import DataError, Problem
from reportgen.run import fits
from reportgen.run.crew import Lost, can_fork, spread

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")


def run(order, call, size=2, needs=None, given=None):
    return dict(spread(order, needs or {}, call, size, given or {}, begun=lambda name: None))


def test_every_task_is_done_elsewhere():
    """In other processes, never more of them than were asked for."""
    done = run(list("abcdef"), lambda name, needed: (name * 2, os.getpid()))
    assert {name: value for name, (value, _) in done.items()} == {c: c * 2 for c in "abcdef"}
    processes = {pid for _, pid in done.values()}
    assert os.getpid() not in processes
    assert len(processes) <= 2
    assert not multiprocessing.active_children()


def test_a_task_gets_what_it_needs():
    """Of a task done elsewhere, or of one that was done before."""
    done = run(
        ["b", "c"], lambda name, needed: (f"{needed}{name}", 0), needs={"b": "a", "c": "b"},
        given={"a": "a"},
    )  # fmt: skip
    assert done == {"b": ("ab", 0), "c": ("abc", 0)}


def test_an_error_arrives_with_its_problems():
    """As the same kind of error; nobody is left at work."""

    def call(name, needed):
        raise DataError(Problem("bad", f"{name} is wrong"))

    with pytest.raises(DataError, match="a is wrong") as caught:
        run(["a"], call)
    assert caught.value.problems[0].code == "bad"
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_replaced(tmp_path):
    """Its task is done again; the others never notice."""

    def call(name, needed):
        mark = Path(tmp_path / name)
        if name == "b" and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return name, 0

    assert run(list("abc"), call) == {"a": ("a", 0), "b": ("b", 0), "c": ("c", 0)}


def test_a_task_that_kills_is_given_up():
    """After two processes, and the rest is done."""

    def call(name, needed):
        if name == "b":
            os.kill(os.getpid(), signal.SIGKILL)
        return name, 0

    done = run(list("abc"), call)
    assert isinstance(done.pop("b"), Lost)
    assert done == {"a": ("a", 0), "c": ("c", 0)}


def test_an_interruption_leaves_nobody():
    """Ctrl-C is heard here, and ends all of them."""

    def begun(name):
        if name == "b":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dict(spread(list("ab"), {}, lambda name, needed: (name, 0), 2, {}, begun=begun))
    assert not multiprocessing.active_children()


def test_little_work_is_not_shared():
    """A second process must have a second of work to do."""

    facts = {"d": SimpleNamespace(n=5_000)}
    memory = SimpleNamespace(jobs=4, frames=SimpleNamespace(facts=facts))
    job = SimpleNamespace(plan=SimpleNamespace(kind="mixedlm", data="d", options=None))
    assert fits.hands([job] * 3, memory) == 1
    assert fits.hands([job] * 30, memory) == 4
    memory.jobs = 1
    assert fits.hands([job] * 30, memory) == 1
