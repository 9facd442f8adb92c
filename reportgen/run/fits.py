"""Every model of a plan, fitted in an order in which starting values come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from reportgen.core.errors import DataError, Problem
from reportgen.core.types import Frame, Model, Result, level_text
from reportgen.plan.types import FitPlan, Plan
from reportgen.run import worker
from reportgen.run.domains import takes_domains, within
from reportgen.run.locate import in_fit, located

if TYPE_CHECKING:
    import pandas as pd


class Progress(Protocol):
    """Whoever wants to know how far a build is."""

    def begin(self, step: str, total: int) -> None:
        """`total` things will be done now."""

    def start(self, name: str) -> None:
        """One of them has begun."""

    def done(self, model: Model, seconds: float) -> None:
        """One of them is done."""

    def end(self) -> None:
        """All of them are done."""


@dataclass(frozen=True)
class Job:
    """One fit: a model of the plan, or one subgroup of it, and the rows it is fitted to."""

    plan: FitPlan
    id: str
    label: str
    frame: Frame


def fit_all(
    plan: Plan, frames: Mapping[str, Frame], observe: Set[str], progress: Progress
) -> dict[str, Model]:
    """All models by id, in the order of the spec. `observe`: names whose observations are kept."""
    jobs = {job.id: job for fit in plan.fits.values() for job in subgroups(fit, frames[fit.data])}
    progress.begin("fit", len(jobs))
    done: dict[str, Model] = {}
    for job in _ordered(jobs):
        progress.start(job.id)
        clock = perf_counter()
        start = done[job.plan.start].result if job.plan.start else None
        observed = bool({job.id, job.plan.id, job.plan.name} & observe)
        done[job.id] = _fit(plan, job, start, observed)
        progress.done(done[job.id], perf_counter() - clock)
    progress.end()
    return {name: done[name] for name in jobs}


def subgroups(fit: FitPlan, frame: Frame) -> Iterable[Job]:
    """The jobs of one planned fit: itself, or with `by` one for each level of that column."""
    if fit.by is None:
        yield Job(fit, fit.id, fit.label, frame)
        return
    column = frame.table[fit.by].map(level_text, na_action="ignore")
    variable = frame.facts.variables[fit.by]
    present = set(column.dropna())
    levels = [level for level in variable.levels if level in present]
    for level in levels + sorted(present - set(levels)):
        shown = variable.show(level)
        own, part = _subgroup(fit, frame, column == level, f"{variable.label}: {shown}")
        yield Job(own, f"{fit.name}[{level}]", f"{fit.label}: {shown}", part)


def _subgroup(
    fit: FitPlan, frame: Frame, inside: pd.Series[Any], name: str
) -> tuple[FitPlan, Frame]:
    """The rows of a subgroup; all of them where it is the domain of a survey."""
    if takes_domains(fit.options):
        options, whole = within(fit.options, frame, name, inside)
        return replace(fit, options=options), whole
    rows = frame.table[inside]
    return fit, replace(frame, table=rows, facts=replace(frame.facts, n=len(rows)))


def _fit(plan: Plan, job: Job, start: Result | None, observe: bool) -> Model:
    try:
        result = worker.fit(job.plan.kind, job.plan.options, job.frame, start, observe)
    except DataError as error:
        named = (
            replace(each, message=f"model `{job.id}`: {each.message}") for each in error.problems
        )
        raise located(in_fit(DataError(named), job.plan), plan) from error
    place = plan.place(job.plan.path)
    return Model(job.id, job.plan.name, job.label, job.plan.data, result, job.plan.values, place)


def _ordered(jobs: Mapping[str, Job]) -> list[Job]:
    """Depth first along `start`; the plan has refused circles and unknown names."""
    order: dict[str, Job] = {}

    def visit(name: str) -> None:
        if name not in order:
            before = jobs[name].plan.start
            if before:
                visit(before)
            order[name] = jobs[name]

    for name in jobs:
        visit(name)
    return list(order.values())


def failures(models: Iterable[Model]) -> list[Problem]:
    """One problem for each model that failed, at its place in the spec."""
    return [
        Problem(
            "fit-failed", f"model `{model.id}`: {model.result.notes[0].text}", place=model.place
        )
        for model in models
        if model.result.status == "failed"
    ]
