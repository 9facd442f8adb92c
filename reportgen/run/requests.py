"""What blocks ask of the run: fits and computations beyond the models of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.contracts import Request, ask
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.document import Context
from reportgen.core.errors import Path, ReportgenError, SpecError
from reportgen.core.types import Model, Result
from reportgen.models import INTERNAL, MODELS
from reportgen.models.engine import heeded, job_seconds
from reportgen.plan.types import BlockPlan, Plan
from reportgen.run.fits import Progress, lost, subgroups
from reportgen.run.kept.memory import Memory
from reportgen.run.locate import located
from reportgen.run.queues.queue import Lost, Task
from reportgen.run.queues.stream import Steps
from reportgen.run.queues.worker import Order, fitted
from reportgen.run.subgroups import Subgroup

REGISTERS = {"table": TABLES, "plot": PLOTS}

Answers = Mapping[Path, Mapping[str, Result]]
"""By a block's path in the spec and the name of its request."""


@dataclass(frozen=True)
class Asked:
    """One request of one block, ready to be computed; `name` is for whoever watches, `patience`
    what decides its engine, if that is to be decided.

    Those of one `key` give the same Result.
    """

    name: str
    block: BlockPlan
    request: Request
    options: Any
    patience: float | None = None

    @property
    def key(self) -> str:
        """The name of what is asked."""
        request = self.request
        return digest([request.kind, self.options, request.data, request.of, self.patience])


def answer(plan: Plan, memory: Memory, context: Context, progress: Progress) -> Steps[Answers]:
    """What each block asked for. DataError and SpecError have their places in the spec."""
    found: dict[Path, dict[str, Asked]] = {}
    for block in plan.blocks:
        if block.verb in REGISTERS:
            found[block.path] = _asked(plan, block, context, memory.patience)
    different = {each.key: each for asked in found.values() for each in asked.values()}
    progress.begin("compute", len(different))
    results: dict[str, Result] = {}
    tasks: list[tuple[str, Task]] = []
    for key, each in different.items():
        known = _recalled(each, memory, context)
        if known is None:
            tasks.append((key, _task(plan, each, memory, context, progress)))
            continue
        progress.start(each.name)
        results[key] = known
        progress.done(_model(each, known), None)
    while len(results) < len(different):
        done = yield tasks
        tasks, each = [], different[str(done.ticket)]
        results[each.key] = result = _result(plan, each, done.value)
        kept = _key(each, memory, context)
        if kept and not isinstance(done.value, Lost):
            memory.cache.put("computed", kept, result)
        progress.done(_model(each, result), done.seconds)
    progress.end()
    return {
        path: {name: results[each.key] for name, each in asked.items()}
        for path, asked in found.items()
    }


def _model(asked: Asked, result: Result) -> Model:
    """A Result as whoever watches is told of it."""
    return Model(asked.name, asked.name, asked.name, "", result)


def _asked(plan: Plan, block: BlockPlan, context: Context, patience: float) -> dict[str, Asked]:
    kind = REGISTERS[block.verb].load(block.object)
    made = {}
    try:
        for name, request in ask(kind, block.options, context).items():
            asked = MODELS.load(request.kind)
            options = _options(asked, request, context)
            problems = [replace(each, path=()) for each in asked.check(options)]
            if problems:
                raise SpecError(problems)
            heed = heeded(asked, options, patience)
            made[name] = Asked(f"{block.object}: {name}", block, request, options, heed)
    except ReportgenError as error:
        raise located(error.under(*block.path), plan) from error
    return made


def _options(kind: Any, request: Request, context: Context) -> Any:
    """What is asked of a kind; a further fit of a model has the engine that the model asks for."""
    base = context.models[request.of].options if request.of is not None else {}
    known = {each.name for each in fields(kind.Options)}
    own = {"engine": base["engine"]} if "engine" in known and "engine" in base else {}
    return kind.Options(**{**own, **request.options})


def _data(asked: Asked, context: Context) -> str:
    """The dataset that a request is about."""
    of = asked.request.of
    return context.models[of].data if of is not None else str(asked.request.data)


def _key(asked: Asked, memory: Memory, context: Context) -> str | None:
    return memory.computed(asked.key, _data(asked, context), asked.request.of)


def _recalled(asked: Asked, memory: Memory, context: Context) -> Result | None:
    """What an earlier build computed from the very same things."""
    key = _key(asked, memory, context)
    return memory.cache.get("computed", key, Result) if key else None


def _task(plan: Plan, asked: Asked, memory: Memory, context: Context, progress: Progress) -> Task:
    """A request, to be computed wherever the queue does it."""
    request = asked.request
    model = context.models[request.of] if request.of is not None else None
    order = Order(
        request.kind, _subgroup(plan, memory, model) if model else None, asked.options,
        model.result if model and request.kind in INTERNAL else None, patience=memory.patience,
    )  # fmt: skip
    rows = memory.rows(_data(asked, context))
    seconds = job_seconds(request.kind, asked.options, rows.frame.facts.n)
    return Task(
        fitted, (order,), request.kind, seconds, rows, _key(asked, memory, context) or "",
        lambda: progress.start(asked.name),
    )  # fmt: skip


def _result(plan: Plan, asked: Asked, value: Any) -> Result:
    """What a request came to."""
    if isinstance(value, Lost):
        return lost(value, asked.request.kind, asked.options)
    if isinstance(value, ReportgenError):
        # Keys of the kind are not written in the spec: what is at fault there is the block.
        problems = (replace(each, path=asked.block.path) for each in value.problems)
        raise located(type(value)(problems), plan) from value
    assert isinstance(value, Result)
    return value


def _subgroup(plan: Plan, memory: Memory, model: Model) -> Subgroup:
    """Whose rows a model was given: those of its dataset, or of its subgroup."""
    fits = (fit for fit in plan.fits.values() if fit.name == model.name)
    jobs = (job for fit in fits for job in subgroups(fit, memory))
    return next(job for job in jobs if job.id == model.id).subgroup


def observed(blocks: tuple[BlockPlan, ...]) -> frozenset[str]:
    """The models whose observations some plot shows."""
    return frozenset(
        name
        for block in blocks
        if block.verb == "plot" and PLOTS.load(block.object).observes
        for name in block.options.models
    )
