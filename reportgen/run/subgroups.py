"""The fits of one planned model: itself, or with `by` one for each level of a column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.levels import level_texts
from reportgen.core.types import Frame
from reportgen.plan.types import FitPlan
from reportgen.run.domains import takes_domains, within


@dataclass(frozen=True)
class Subgroup:
    """Whose rows: a model's by its options, or with `by` its subgroup's at one level."""

    options: Any
    by: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class Job:
    """One fit: a model of the plan, or with `by` the subgroup of it at one level."""

    plan: FitPlan
    id: str
    label: str
    level: str | None = None

    @property
    def subgroup(self) -> Subgroup:
        """Whose rows it is fitted to."""
        return Subgroup(self.plan.options, self.plan.by, self.level)


def levels_of(fit: FitPlan, frame: Frame) -> tuple[str, ...]:
    """The levels of a model's `by` that occur, in display order."""
    assert fit.by is not None
    present = set(level_texts(frame.table[fit.by]).dropna())
    levels = [level for level in frame.facts.variables[fit.by].levels if level in present]
    return (*levels, *sorted(present - set(levels)))


def rows_of(subgroup: Subgroup, frame: Frame) -> tuple[Any, Frame]:
    """The options of a model and the rows it is fitted to: those of its subgroup.

    They are all rows where the subgroup is the domain of a survey.
    """
    if subgroup.level is None:
        return subgroup.options, frame
    by = str(subgroup.by)
    inside = level_texts(frame.table[by]) == subgroup.level
    if takes_domains(subgroup.options):
        variable = frame.facts.variables[by]
        return within(
            subgroup.options, frame, f"{variable.label}: {variable.show(subgroup.level)}", inside
        )
    rows = frame.table[inside]
    facts = replace(frame.facts, n=len(rows))
    return subgroup.options, replace(frame, table=rows, facts=facts)
