"""Every model of a plan, fitted in an order in which starting values come first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, replace
from typing import Any, Protocol

from reportgen.core.errors import DataError, Problem
from reportgen.core.options import spelled
from reportgen.core.sentences import say
from reportgen.core.types import Model, Result, failed
from reportgen.models.engine import job_seconds
from reportgen.plan.types import FitPlan, Plan
from reportgen.run.kept.memory import Memory
from reportgen.run.locate import in_fit, located
from reportgen.run.queues.queue import Lost, Task
from reportgen.run.queues.stream import Steps
from reportgen.run.queues.worker import Order, fitted
from reportgen.run.subgroups import Job

PORTION = 16
"""Tasks that are asked for at a time: the first are at work while the others are made ready."""
TIMES = {1: "once", 2: "twice"}


class Progress(Protocol):
    """Whoever wants to know how far a build is."""

    def begin(self, step: str, total: int) -> None:
        """`total` things will be done now."""

    def start(self, name: str) -> None:
        """One of them has begun."""

    def done(self, model: Model, seconds: float | None) -> None:
        """One of them is done, in so many seconds; None where an earlier build had done it."""

    def end(self) -> None:
        """All of them are done."""


def fit_all(
    plan: Plan, memory: Memory, observe: Set[str], progress: Progress
) -> Steps[dict[str, Model]]:
    """All models by id, in the order of the spec; those that `memory` knows are not fitted again.

    `observe`: names whose observations are kept. DataError with its place, once the model is met
    whose data are not what the spec says.
    """
    found = (subgroups(fit, memory) for fit in plan.fits.values())
    jobs = {job.id: job for each in found for job in each}
    progress.begin("fit", len(jobs))
    done: dict[str, Model] = {}
    left = _ordered(jobs)
    while len(done) < len(jobs):
        asked: list[tuple[str, Task]] = []
        for job in list(left.values()):
            if job.plan.start is not None and job.plan.start not in done:
                continue
            del left[job.id]
            seen = bool({job.id, job.plan.id, job.plan.name} & observe)
            result = memory.recall(job.id, job.plan, job.level, seen)
            if result is None:
                asked.append((job.id, _task(job, seen, done, memory, progress)))
                if len(asked) == PORTION:
                    break
                continue
            progress.start(job.id)
            done[job.id] = _model(plan, job, result)
            progress.done(done[job.id], None)
        if len(done) < len(jobs):
            finished = yield asked
            job = jobs[str(finished.ticket)]
            result = _result(plan, job, finished.value)
            if not isinstance(finished.value, Lost):  # another time there may be more memory
                memory.keep(job.id, result)
            done[job.id] = _model(plan, job, result)
            progress.done(done[job.id], finished.seconds)
    progress.end()
    return {name: done[name] for name in jobs}


def _task(
    job: Job, observe: bool, done: Mapping[str, Model], memory: Memory, progress: Progress
) -> Task:
    """The fit of a model, to be done wherever the queue does it."""
    kind, options, start = job.plan.kind, job.plan.options, job.plan.start
    begin = done[start].result if start else None
    order = Order(kind, job.subgroup, None, begin, observe, memory.audit, memory.patience)
    rows = memory.rows(job.plan.data)
    return Task(
        fitted, (order,), kind, job_seconds(kind, options, rows.frame.facts.n), rows,
        memory.key(job.id) or "", lambda: progress.start(job.id),
    )  # fmt: skip


def _result(plan: Plan, job: Job, value: Any) -> Result:
    """What a fit came to. DataError, in the words of the spec, where the data are wrong."""
    if isinstance(value, Lost):
        return lost(value, job.plan.kind, job.plan.options)
    if isinstance(value, DataError):
        named = (
            replace(each, message=f"model `{job.id}`: {each.message}") for each in value.problems
        )
        raise located(in_fit(DataError(named), job.plan), plan) from value
    assert isinstance(value, Result)
    return value


def times(value: Lost) -> str:
    """How often its process died: "twice"."""
    return TIMES.get(value.times, f"{value.times} times")


def lost(value: Lost, kind: str, options: Any) -> Result:
    """The Result of a fit that was given up."""
    formula = getattr(options, "formula", None) or ""
    twice = value.times == 2
    said = say("killed_twice") if twice else say("killed", times=value.times)
    return failed(kind, "killed", said, formula=formula)


def killed(model: Model) -> bool:
    """Whether a model was given up so: another time there may be more memory."""
    return any(note.code == "killed" for note in model.result.notes)


def subgroups(fit: FitPlan, memory: Memory) -> Iterator[Job]:
    """The jobs of one planned fit: itself, or with `by` one for each level of that column."""
    if fit.by is None:
        yield Job(fit, fit.id, fit.label)
        return
    variable = memory.frames.facts[fit.data].variables[fit.by]
    for level in memory.levels(fit):
        label = f"{fit.label}: {variable.show(level)}"
        yield Job(fit, f"{fit.name}[{level}]", label, level)


def _model(plan: Plan, job: Job, result: Result) -> Model:
    place = plan.place(job.plan.path)
    options = {
        spelled(each.name): getattr(job.plan.options, each.name)
        for each in fields(job.plan.options)
    }
    return Model(
        job.id, job.plan.name, job.label, job.plan.data, result, job.plan.values, place, options
    )  # fmt: skip


def _ordered(jobs: Mapping[str, Job]) -> dict[str, Job]:
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
    return order


def failures(models: Iterable[Model]) -> list[Problem]:
    """One problem for each model that failed, at its place in the spec."""
    return [
        Problem(
            "fit-failed", f"model `{model.id}`: {model.result.notes[0].text}", place=model.place
        )
        for model in models
        if model.result.status == "failed"
    ]


def warnings(models: Iterable[Model]) -> Iterable[Problem]:
    """One problem for each warning that a model carries, at the model's place in the spec."""
    for model in models:
        for note in model.result.notes:
            if model.result.status == "warning" and note.level == "warning":
                message = f"model `{model.id}`: {note.text}"
                yield Problem(note.code, message, place=model.place, severity="warning")
