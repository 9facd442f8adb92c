"""`matrix`: one report for each combination of values; its names are parameters of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.core.errors import Path, Problem, UsageError
from reportgen.core.types import Scalar, level_text
from reportgen.plan.problems import Problems, nearest
from reportgen.plan.types import Axis

UNKNOWN = 0
"""What stands for a value that only the data know, while a spec is checked."""


def axes(given: Any, problems: Problems) -> tuple[Axis, ...]:
    """The axes of a spec's `matrix`; what is wrong with one is told and the axis left out."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        problems.add("wrong-type", "`matrix` must be a mapping of names to values", ("matrix",))
        return ()
    found = (_axis(str(name), raw, ("matrix", name), problems) for name, raw in given.items())
    return tuple(axis for axis in found if axis)


def overridden(axes_: tuple[Axis, ...], given: Mapping[str, str]) -> tuple[Axis, ...]:
    """The axes with the values that the command line gives instead (`--matrix site=a,b`)."""
    names = [axis.name for axis in axes_]
    for name in given:
        if name not in names:
            message = f"`--matrix {name}=…`: the spec's `matrix` has no `{name}`"
            raise UsageError(Problem("unknown-param", message, hint=nearest(name, names)))
    return tuple(
        Axis(axis.name, tuple(given[axis.name].split(","))) if axis.name in given else axis
        for axis in axes_
    )


def first(axes_: tuple[Axis, ...]) -> dict[str, Scalar]:
    """A value for each name, with which a spec can be checked before its data are read."""
    return {axis.name: axis.values[0] if axis.values else UNKNOWN for axis in axes_}


def _axis(name: str, raw: Any, path: Path, problems: Problems) -> Axis | None:
    if isinstance(raw, Mapping):
        return _of_data(name, raw, path, problems)
    values = raw if isinstance(raw, list) else [raw]
    if not values or any(isinstance(value, (list, Mapping)) or value is None for value in values):
        message = f"`{name}` must be a list of values, or `{{from: dataset.COLUMN}}`"
        problems.add("wrong-type", message, path)
        return None
    texts = tuple(level_text(value) for value in values)
    if len(set(texts)) < len(texts):
        problems.add("matrix-twice", f"`{name}` has a value twice", path)
        return None
    return Axis(name, texts)


def _of_data(name: str, raw: Mapping[str, Any], path: Path, problems: Problems) -> Axis | None:
    dataset, dot, column = str(raw.get("from", "")).partition(".")
    if set(raw) != {"from"} or not (dataset and dot and column):
        problems.add("matrix", f"`{name}` must be `{{from: dataset.COLUMN}}`", path)
        return None
    datasets = problems.source.data.get("datasets")
    known = list(datasets) if isinstance(datasets, Mapping) else []
    if dataset not in known:
        message = f"there is no dataset `{dataset}`"
        problems.unknown("unknown-dataset", message, dataset, known, (*path, "from"))
        return None
    return Axis(name, origin=(dataset, column))
