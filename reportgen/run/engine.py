"""The route: plan → frames → models → document → files. Each arrow is one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from reportgen.core.contracts import Reach, ready
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Document
from reportgen.core.errors import Problem
from reportgen.core.types import Model
from reportgen.plan.types import Plan
from reportgen.run import store
from reportgen.run.cache import Cache
from reportgen.run.compose import compose, context_of, observed
from reportgen.run.facts import build_facts
from reportgen.run.fits import Progress, failures, fit_all, warnings
from reportgen.run.memory import Frames, Memory
from reportgen.run.rendering import rendered
from reportgen.run.requests import answer
from reportgen.run.standing import stand, standing, standing_key
from reportgen.writers import WRITERS
from reportgen.writers.templates import using


@dataclass(frozen=True)
class Request:
    """Where a build reads and writes, and when it was made."""

    spec: Path
    data_dirs: tuple[Path, ...]
    out: Path
    created: str
    downloads: Path | None = None
    fetch: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    cache: Path | None = None
    epoch: str | None = None
    templates: Path | None = None
    audit: bool = False
    jobs: int = 1

    @property
    def reach(self) -> Reach:
        """What the sources of this build may touch."""
        roots = (self.spec.parent, *self.data_dirs)
        return Reach(roots, self.downloads, self.fetch, self.secrets)


@dataclass(frozen=True)
class Outcome:
    """What a build left behind: the files, what is wrong with the report, and the warnings its
    models carry. `unchanged`: the report stood already, and nothing was done. `remarks` are about
    the work, not the report.
    """

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unchanged: bool = False
    remarks: tuple[Problem, ...] = ()
    audits: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """By model, what statsmodels makes of its solution, where that was asked for."""

    @property
    def holds(self) -> bool:
        """Whether every model was fitted and every claim holds."""
        return not self.problems


def build(plan: Plan, request: Request, progress: Progress) -> Outcome:
    """The report of a plan, published. Raises DataError and DocumentError, with their places."""
    with using(request.templates):
        return _build(plan, request, progress)


def _build(plan: Plan, request: Request, progress: Progress) -> Outcome:
    memory = remember(plan, request)
    key = standing_key(plan, memory, request.out, request.epoch)
    before = standing(memory.cache, key, request.out) if key and not request.audit else None
    if before:
        store.tidy(request.out)
        files = tuple(request.out / name for name in before.files)
        return Outcome(files, before.problems, before.warnings, unchanged=True)
    for format_ in plan.output.formats:
        ready(WRITERS.load(format_))
    document = made(plan, request, progress, memory)
    models = document.models
    document, contents = rendered(document, plan.output, memory.cache, request.epoch)
    problems = tuple(failures(models.values()) + _false_claims(plan, document))
    warned = tuple(warnings(models.values()))
    files = store.publish(request.out, contents, _pages(plan.output.name))
    if key and not request.audit:
        ordered = {name: contents[name] for name in _names(files, request)}
        stand(memory.cache, key, ordered, problems, warned)
    memory.remember()
    memory.cache.trim()
    audits = _audits(models) if request.audit else {}
    return Outcome(files, problems, warned, remarks=_remarks(memory.cache), audits=audits)


def made(plan: Plan, request: Request, progress: Progress, memory: Memory) -> Document:
    """The report of a plan as a Document: fitted, and composed."""
    facts = memory.frames.facts
    models = fit_all(plan, memory.frames, observed(plan.blocks), progress, memory)
    context = context_of(plan, facts, models)
    answers = answer(plan, memory, context, progress)
    about = build_facts(plan, request.spec.parent, request.created)
    return compose(plan, context, answers, about, memory)


def _remarks(cache: Cache) -> tuple[Problem, ...]:
    """What was found damaged in the cache, and has been made again: said once."""
    damaged = len(set(cache.damaged))
    if not damaged:
        return ()
    entries = "an entry" if damaged == 1 else f"{damaged} entries"
    message = f"{entries} of the cache could not be used, and what was kept there was made anew"
    return (Problem("cache-damaged", message, severity="warning"),)


def _pages(name: str) -> tuple[str, ...]:
    """What the page of a report is called in each format."""
    return tuple(f"{name}{WRITERS.load(each).suffix}" for each in WRITERS if each != "json")


def _audits(models: Mapping[str, Model]) -> dict[str, dict[str, float | None]]:
    wanted = ("llf", "audit_llf", "audit_score")
    return {
        id_: {name: model.result.stats[name] for name in wanted if name in model.result.stats}
        for id_, model in models.items()
    }


def _names(files: Sequence[Path], request: Request) -> list[str]:
    """The names of published files, in the order of publishing."""
    return [file.relative_to(request.out).as_posix() for file in files]


def fit(plan: Plan, request: Request, progress: Progress) -> tuple[dict[str, Model], Frames]:
    """The models alone, and the datasets they are about."""
    memory = remember(plan, request)
    return fit_all(plan, memory.frames, frozenset(), progress, memory), memory.frames


def remember(plan: Plan, request: Request) -> Memory:
    """What earlier builds left behind for this one."""
    cache = Cache(request.cache)
    frames = Frames(plan, request.reach, cache)
    return Memory(frames, cache, request.spec.resolve(), request.audit, request.jobs)


def _false_claims(plan: Plan, document: Document) -> list[Problem]:
    claims: Mapping[int, str] = {
        claim.line: f"the claim does not hold: {claim.shown}"
        for claim in document.claims
        if not claim.holds
    }
    places = {plan.place(block.path).line: plan.place(block.path) for block in plan.blocks}
    return [Problem("claim", text, place=places[line]) for line, text in claims.items()]
