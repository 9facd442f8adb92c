"""In which order recodes are made: what they need first, row-wise ones before the sample.

Light: the plan asks for the order to check a spec, `prepare` to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args, get_origin, get_type_hints

from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import Mark
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
    hints = get_type_hints(type(step.options), include_extras=True)
    return tuple(
        (field.name, name)
        for field in fields(step.options)
        for name in _named(hints[field.name], getattr(step.options, field.name))
    )


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


def _named(hint: Any, value: Any) -> Iterator[Name]:
    """The column names within a value, found by the marks of its annotation."""
    if value is None:
        return
    mark = next(
        (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Mark)), None
    )
    if mark and mark.role == "column":
        yield Name(str(value), 0, len(str(value)))
    elif mark and mark.role == "expression":
        yield from parse(value).names
    elif isinstance(value, tuple) and get_origin(hint) is tuple:
        for each in value:
            yield from _named(get_args(hint)[0], each)
    else:
        for inner in get_args(hint):
            if hasattr(inner, "__metadata__"):
                yield from _named(inner, value)
