"""Every model of a plan, fitted in an order in which starting values come first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, replace
from time import perf_counter
from typing import Protocol

from reportgen.core.errors import DataError, Problem
from reportgen.core.options import spelled
from reportgen.core.types import Frame, Model, Result, failed
from reportgen.models.engine import job_seconds
from reportgen.plan.types import FitPlan, Plan
from reportgen.run import worker
from reportgen.run.cache import Cache
from reportgen.run.crew import Lost, can_fork, spread
from reportgen.run.locate import in_fit, located
from reportgen.run.memory import Frames, Memory
from reportgen.run.subgroups import Job, rows_of

Call = Callable[[str, Result | None], tuple[Result, float]]
WORTH = 1.0
"""The seconds of work that a further process must have."""


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
    plan: Plan, frames: Frames, observe: Set[str], progress: Progress, memory: Memory | None = None
) -> dict[str, Model]:
    """All models by id, in the order of the spec; those that `memory` knows are not fitted again.

    `observe`: names whose observations are kept.
    """
    memory = memory or Memory(frames, Cache(None))
    jobs = {job.id: job for fit in plan.fits.values() for job in subgroups(fit, frames, memory)}
    progress.begin("fit", len(jobs))
    done: dict[str, Model] = {}
    left: dict[str, Job] = {}
    for job in _ordered(jobs):
        result = memory.recall(job.id, job.plan, job.level, _observed(job, observe))
        if result is None:
            left[job.id] = job
            continue
        progress.start(job.id)
        done[job.id] = _model(plan, job, result)
        progress.done(done[job.id], None)

    def call(name: str, start: Result | None) -> tuple[Result, float]:
        job, clock = left[name], perf_counter()
        frame, seen = frames[job.plan.data], _observed(job, observe)
        result = _fit(plan, job, frame, start, seen, audit=memory.audit)
        return result, perf_counter() - clock

    known = {name: model.result for name, model in done.items()}
    for name, (result, seconds) in _fitted(left, call, known, progress, memory):
        memory.keep(name, result)
        done[name] = _model(plan, left[name], result)
        progress.done(done[name], seconds)
    progress.end()
    return {name: done[name] for name in jobs}


def _observed(job: Job, observe: Set[str]) -> bool:
    return bool({job.id, job.plan.id, job.plan.name} & observe)


def _fitted(
    left: Mapping[str, Job], call: Call, known: dict[str, Result], progress: Progress,
    memory: Memory,
) -> Iterator[tuple[str, tuple[Result, float]]]:  # fmt: skip
    """Every fit that is left. They are shared out where that is asked for and worth it: then the
    first of each kind is made here, which loads what the others need.
    """
    shared = hands(list(left.values()), memory)
    kinds: set[str] = set()
    later: list[str] = []
    for name, job in left.items():
        if shared > 1 and (job.plan.kind in kinds or job.plan.start in later):
            later.append(name)
            continue
        kinds.add(job.plan.kind)
        progress.start(name)
        found = call(name, known[job.plan.start] if job.plan.start else None)
        known[name] = found[0]
        yield name, found
    starts = {name: left[name].plan.start for name in later}
    needs = {name: start for name, start in starts.items() if start}
    for name, value in spread(later, needs, call, shared, known, begun=progress.start):
        yield name, _lost(left[name]) if isinstance(value, Lost) else value


def _lost(job: Job) -> tuple[Result, float]:
    reason = "the process that fitted it was killed twice; it may need more memory than there is"
    formula = getattr(job.plan.options, "formula", None) or ""
    return failed(job.plan.kind, "killed", reason, formula=formula), 0.0


def hands(left: Sequence[Job], memory: Memory) -> int:
    """How many processes are worth their making: none but this for little work."""
    if memory.jobs < 2 or not can_fork():
        return 1
    rows = {name: facts.n for name, facts in memory.frames.facts.items()}
    work = sum(job_seconds(job.plan.kind, job.plan.options, rows[job.plan.data]) for job in left)
    return max(1, min(memory.jobs, len(left), int(work / WORTH)))


def subgroups(fit: FitPlan, frames: Frames, memory: Memory) -> Iterable[Job]:
    """The jobs of one planned fit: itself, or with `by` one for each level of that column."""
    if fit.by is None:
        yield Job(fit, fit.id, fit.label)
        return
    variable = frames.facts[fit.data].variables[fit.by]
    for level in memory.levels(fit):
        label = f"{fit.label}: {variable.show(level)}"
        yield Job(fit, f"{fit.name}[{level}]", label, level)


def _fit(
    plan: Plan, job: Job, frame: Frame, start: Result | None, observe: bool, *, audit: bool
) -> Result:
    options, rows = rows_of(job, frame)
    try:
        return worker.fit(job.plan.kind, options, rows, start, observe, audit=audit)
    except DataError as error:
        named = (
            replace(each, message=f"model `{job.id}`: {each.message}") for each in error.problems
        )
        raise located(in_fit(DataError(named), job.plan), plan) from error


def _model(plan: Plan, job: Job, result: Result) -> Model:
    place = plan.place(job.plan.path)
    options = {
        spelled(each.name): getattr(job.plan.options, each.name)
        for each in fields(job.plan.options)
    }
    return Model(
        job.id, job.plan.name, job.label, job.plan.data, result, job.plan.values, place, options
    )  # fmt: skip


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


def warnings(models: Iterable[Model]) -> Iterable[Problem]:
    """One problem for each warning that a model carries, at the model's place in the spec."""
    for model in models:
        for note in model.result.notes:
            if model.result.status == "warning" and note.level == "warning":
                message = f"model `{model.id}`: {note.text}"
                yield Problem(note.code, message, place=model.place, severity="warning")
