"""What a task leaves behind."""

from __future__ import annotations

import gc
import weakref

from reportgen.run.queues.queue import perform


class Fit:
    """Refers to itself, as fits with their caches do."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_task_made_is_freed_when_it_is_done():
    """However seldom Python looks for circles of objects: many fits take the memory of one."""
    made = []
    before = gc.get_threshold()
    gc.set_threshold(1_000_000)
    try:
        value, _ = perform(lambda: made.append(weakref.ref(Fit())), (), None)
    finally:
        gc.set_threshold(*before)
    assert value is None
    assert made[0]() is None
