"""The route: plan → frames → models → document → files. Each arrow is one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.contracts import Reach, ready
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError, Problem, ReportgenError
from reportgen.core.types import Model
from reportgen.models.engine import patience
from reportgen.plan.types import Plan
from reportgen.run.facts import build_facts
from reportgen.run.fits import Progress, fit_all, times
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.memory import Frames, Memory
from reportgen.run.kept.standing import standing, standing_key
from reportgen.run.outcome import Outcome
from reportgen.run.publish.leftovers import tidy
from reportgen.run.queues.queue import Here, Lost, Task
from reportgen.run.queues.stream import Steps, alone
from reportgen.run.readings import Readings
from reportgen.run.requests import answer, observed
from reportgen.run.themes import Theme, consented, theme_of
from reportgen.writers import WRITERS

if TYPE_CHECKING:
    from reportgen.run.pages import Page


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
    allow_templates: bool = False
    audit: bool = False
    readings: Readings | None = None

    @property
    def reach(self) -> Reach:
        """What the sources of this build may touch."""
        roots = (self.spec.parent, *self.data_dirs)
        return Reach(roots, self.downloads, self.fetch, self.secrets)


def build(plan: Plan, request: Request, progress: Progress) -> Steps[Outcome]:
    """The report of a plan, published. Raises DataError and DocumentError, with their places."""
    theme = theme_of(plan, request.reach.roots, request.templates)
    consented(theme, plan, allowed=request.allow_templates)
    plan = theme.planned(plan)
    memory = remember(plan, request)
    key = standing_key(plan, memory, theme, request.out, request.epoch)
    before = standing(memory.cache, key, request.out) if key and not request.audit else None
    if before:
        tidy(request.out)
        files = tuple(request.out / name for name in before.files)
        return Outcome(
            files, before.problems, before.warnings, unchanged=True, remarks=theme.remarks
        )
    from reportgen.run.pages import published  # a report that stands as it is needs none

    for format_ in plan.output.formats:
        ready(WRITERS.load(format_))
    page = yield from made(plan, theme, request, progress, memory, key=key)
    memory.forget()
    kind = f"page in {', '.join(sorted(plan.output.formats))}"
    done = yield [("page", Task(published, (page,), kind, page.seconds))]
    if isinstance(done.value, ReportgenError):
        raise done.value
    if isinstance(done.value, Lost):
        message = (
            f"the process that made the report for `{request.out}` was killed "
            f"{times(done.value)}; it may need more memory than there is"
        )
        raise DocumentError(Problem("memory", message))
    memory.remember()
    assert isinstance(done.value, Outcome)
    return done.value


def made(
    plan: Plan, theme: Theme, request: Request, progress: Progress, memory: Memory,
    *, key: str | None = None,
) -> Steps[Page]:  # fmt: skip
    """All that the report of a plan is made of: its models are fitted. `key` is its own."""
    from reportgen.run.compose import context_of
    from reportgen.run.pages import Page

    facts = memory.frames.facts
    models = yield from fit_all(plan, memory, observed(plan.blocks), progress)
    context = context_of(plan, facts, models)
    answers = yield from answer(plan, memory, context, progress)
    about = build_facts(plan, request.spec.parent, request.created)
    return Page(
        plan, theme, context, answers, about, memory.known(), memory.cache, request.out,
        request.epoch, key, request.audit,
    )  # fmt: skip


def fit(plan: Plan, request: Request, progress: Progress) -> tuple[dict[str, Model], Frames]:
    """The models alone, and the datasets they are about."""
    memory = remember(plan, request)
    return alone(fit_all(plan, memory, frozenset(), progress), Here()), memory.frames


def remember(plan: Plan, request: Request) -> Memory:
    """What earlier builds left behind for this one."""
    cache = Cache(request.cache)
    frames = Frames(plan, request.reach, cache, request.readings)
    given = patience(plan.declared)
    return Memory(frames, cache, request.spec.resolve(), request.audit, given)
