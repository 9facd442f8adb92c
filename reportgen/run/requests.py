"""What blocks ask of the run: fits and computations beyond the models of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.contracts import Request, ask
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.document import Context
from reportgen.core.errors import Path, ReportgenError, SpecError
from reportgen.core.types import Frame, Model, Result
from reportgen.models import INTERNAL, MODELS
from reportgen.plan.types import BlockPlan, Plan
from reportgen.run import worker
from reportgen.run.domains import with_conditions
from reportgen.run.fits import Progress, subgroups
from reportgen.run.locate import located
from reportgen.run.memory import Memory
from reportgen.run.subgroups import rows_of

REGISTERS = {"table": TABLES, "plot": PLOTS}

Answers = Mapping[Path, Mapping[str, Result]]
"""By a block's path in the spec and the name of its request."""


@dataclass(frozen=True)
class Task:
    """One request of one block, ready to be computed; `name` is for whoever watches.

    Tasks of one `key` give the same Result.
    """

    name: str
    block: BlockPlan
    request: Request
    options: Any

    @property
    def key(self) -> str:
        """The name of what is asked."""
        request = self.request
        return digest([request.kind, self.options, request.data, request.of])


def answer(plan: Plan, memory: Memory, context: Context, progress: Progress) -> Answers:
    """What each block asked for. DataError and SpecError have their places in the spec."""
    found: dict[Path, dict[str, Task]] = {}
    for block in plan.blocks:
        if block.verb in REGISTERS:
            found[block.path] = _tasks(plan, block, context)
    tasks = {task.key: task for asked in found.values() for task in asked.values()}
    progress.begin("compute", len(tasks))
    results: dict[str, Result] = {}
    for key, task in tasks.items():
        progress.start(task.name)
        clock = perf_counter()
        found_, known = _answered(plan, task, memory, context)
        results[key] = found_
        made = Model(task.name, task.name, task.name, "", found_)
        progress.done(made, None if known else perf_counter() - clock)
    progress.end()
    return {
        path: {name: results[task.key] for name, task in asked.items()}
        for path, asked in found.items()
    }


def _tasks(plan: Plan, block: BlockPlan, context: Context) -> dict[str, Task]:
    kind = REGISTERS[block.verb].load(block.object)
    made = {}
    try:
        for name, request in ask(kind, block.options, context).items():
            asked = MODELS.load(request.kind)
            options = asked.Options(**request.options)
            problems = [replace(each, path=()) for each in asked.check(options)]
            if problems:
                raise SpecError(problems)
            made[name] = Task(f"{block.object}: {name}", block, request, options)
    except ReportgenError as error:
        raise located(error.under(*block.path), plan) from error
    return made


def _answered(plan: Plan, task: Task, memory: Memory, context: Context) -> tuple[Result, bool]:
    """The Result of a task, and whether an earlier build had it."""
    of = task.request.of
    data = context.models[of].data if of is not None else str(task.request.data)
    key = memory.computed(task.key, data, of)
    known = memory.cache.get("computed", key, Result) if key else None
    if known is not None:
        return known, True
    result = _computed(plan, task, memory, context)
    if key:
        memory.cache.put("computed", key, result)
    return result, False


def _computed(plan: Plan, task: Task, memory: Memory, context: Context) -> Result:
    request = task.request
    model = context.models[request.of] if request.of is not None else None
    start = model.result if model and request.kind in INTERNAL else None
    frame = _frame(plan, memory, model) if model else memory.frames[str(request.data)]
    try:
        return worker.fit(request.kind, task.options, frame, start)
    except ReportgenError as error:
        # Keys of the kind are not written in the spec: what is at fault there is the block.
        problems = (replace(each, path=task.block.path) for each in error.problems)
        raise located(type(error)(problems), plan) from error


def _frame(plan: Plan, memory: Memory, model: Model) -> Frame:
    """The rows that a model was given: those of its dataset, or of its subgroup."""
    fits = (fit for fit in plan.fits.values() if fit.name == model.name)
    jobs = (job for fit in fits for job in subgroups(fit, memory.frames, memory))
    job = next(job for job in jobs if job.id == model.id)
    return with_conditions(*rows_of(job, memory.frames[job.plan.data]))
