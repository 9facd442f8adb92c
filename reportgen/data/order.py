"""In which order recodes are made: what they need first, row-wise ones before the sample.

Light: the plan asks for the order to check a spec, `prepare` to carry it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import marks
from reportgen.data import RECODES
from reportgen.data.dataset import RecodeStep
from reportgen.data.expression import Name, parse


@dataclass(frozen=True)
class Order:
    """Recodes made before the sample is taken, and those made after it."""

    early: tuple[RecodeStep, ...]
    late: tuple[RecodeStep, ...]


def inputs(step: RecodeStep) -> tuple[tuple[str, Name], ...]:
    """The columns a recode needs, each with the key that names it."""
    found: list[tuple[str, Name]] = []
    for mark in marks(step.options):
        if mark.role == "column":
            found.append((str(mark.path[0]), Name(mark.text, 0, len(mark.text))))
        elif mark.role == "expression":
            found += [(str(mark.path[0]), name) for name in parse(mark.text).names]
    return tuple(found)


def outputs(step: RecodeStep) -> tuple[str, ...]:
    """The columns a recode makes."""
    made: tuple[str, ...] = RECODES.load(step.verb).outputs(step.name, step.options)
    return made


def order(recodes: Sequence[RecodeStep]) -> Order:
    """The order of making. SpecError where recodes need each other in a circle."""
    makers = {column: step for step in recodes for column in outputs(step)}
    done: dict[str, RecodeStep] = {}
    open_: list[str] = []

    def visit(step: RecodeStep) -> None:
        if step.name in done:
            return
        if step.name in open_:
            circle = " → ".join([*open_[open_.index(step.name) :], step.name])
            raise SpecError(
                Problem(
                    "recode-circle", f"recodes need each other: {circle}", ("recodes", step.name)
                )
            )
        open_.append(step.name)
        for _, name in inputs(step):
            if name.text in makers:
                visit(makers[name.text])
        open_.pop()
        done[step.name] = step

    for step in recodes:
        visit(step)
    return _split(tuple(done.values()), makers)


def _split(steps: Sequence[RecodeStep], makers: dict[str, RecodeStep]) -> Order:
    """A recode is late if it looks across rows, or needs one that does."""
    late: set[str] = set()
    for step in steps:
        across = RECODES.load(step.verb).when(step.options) == "sample"
        needs = {makers[name.text].name for _, name in inputs(step) if name.text in makers}
        if across or needs & late:
            late.add(step.name)
    return Order(
        tuple(step for step in steps if step.name not in late),
        tuple(step for step in steps if step.name in late),
    )
