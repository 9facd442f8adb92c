"""The reports of a matrix: every combination, and the folder of each, before anything is fitted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from reportgen.core.contracts import Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.errors import DataError, Problem, ReportgenError, SpecError
from reportgen.core.limits import most, raising
from reportgen.core.types import level_text
from reportgen.data.dataset import ColumnOptions
from reportgen.data.read import read
from reportgen.plan.types import Axis, Plan
from reportgen.run.locate import located

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 60


@dataclass(frozen=True)
class Variant:
    """One report of a matrix: the values of its names, and the folder it is written to."""

    values: Mapping[str, str]
    folder: str


def variants(plan: Plan, axes: Sequence[Axis], reach: Reach) -> tuple[Variant, ...]:
    """Every combination, in the order of writing. `plan` is the spec's at any of them.

    DataError where a column has no levels, SpecError for too many reports or two that
    would share a folder.
    """
    values = [axis.values or _levels(plan, axis, reach) for axis in axes]
    count = 1
    for each in values:
        count *= len(each)
    if count > most("reports"):
        message = f"the matrix makes {count:,} reports; {most('reports'):,} are the most"
        help_ = raising("reports")
        raise located(SpecError(Problem("matrix-limit", message, ("matrix",), help=help_)), plan)
    names = [axis.name for axis in axes]
    found = tuple(
        Variant(dict(zip(names, each, strict=True)), "+".join(map(_safe, each)))
        for each in product(*values)
    )
    folders = [variant.folder.casefold() for variant in found]
    twice = next((folder for folder in folders if folders.count(folder) > 1), None)
    if twice:
        message = f"two reports of the matrix would be written to `{twice}`"
        raise located(SpecError(Problem("matrix-collision", message, ("matrix",))), plan)
    return found


def _levels(plan: Plan, axis: Axis, reach: Reach) -> tuple[str, ...]:
    """The levels of a source column, before any row is left out."""
    assert axis.origin is not None
    name, column = axis.origin
    dataset = replace(plan.datasets[name], columns={column: ColumnOptions()})
    try:
        values = read(dataset, reach).loaded.table[column].dropna().unique()
    except ReportgenError as error:
        path = ("matrix", axis.name, "from")
        raise located(
            type(error)(replace(problem, path=path, key=False) for problem in error.problems), plan
        ) from error
    if not len(values):
        message = f"`{column}` has no value in `{name}`"
        raise located(DataError(Problem("no-rows", message, ("matrix", axis.name))), plan)
    return tuple(map(level_text, sorted(values)))


def _safe(value: str) -> str:
    """A name for a folder; what had to be changed gets a digest, so that two never meet."""
    text = UNSAFE.sub("_", value).strip("._-")[:LONGEST]
    return text if text == value else f"{text}-{digest(value)[:8]}".lstrip("-")
