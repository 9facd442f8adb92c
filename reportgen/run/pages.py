"""What becomes of a report once its models are fitted: composed, laid out, and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Build, Context, Document
from reportgen.core.errors import Problem
from reportgen.core.types import Model
from reportgen.plan.types import Plan
from reportgen.run.fits import failures, killed, warnings
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.standing import stand
from reportgen.run.outcome import Outcome
from reportgen.run.publish import store
from reportgen.run.publish.rendering import rendered
from reportgen.run.requests import Answers
from reportgen.run.themes import Theme
from reportgen.writers import WRITERS
from reportgen.writers.pages.templates import using

SECONDS = {"pdf": 1.5, "docx": 0.5, "": 0.1}
"""What a format may take; "" is any other, and what is there whatever the format."""
PLOT = 0.15
"""The seconds that a plot may take."""


@dataclass(frozen=True)
class Page:
    """All that a report's files are made of, as plain data. No rows are in it.

    `rests_on` is what its figures depend on beside themselves, `key` names what all of it does;
    both are None where that is not known.
    """

    plan: Plan
    theme: Theme
    context: Context
    answers: Answers
    build: Build
    rests_on: Any
    cache: Cache
    out: Path
    epoch: str | None = None
    key: str | None = None
    audit: bool = False

    @property
    def seconds(self) -> float:
        """What it may take to make it."""
        formats = ("", *self.plan.output.formats)
        plots = sum(block.verb == "plot" for block in self.plan.blocks)
        return plots * PLOT + sum(SECONDS.get(each, SECONDS[""]) for each in formats)


def published(page: Page) -> Outcome:
    """The report, written. DocumentError and SpecError, with their places, where it cannot be."""
    with using(page.theme.templates):
        return _published(page)


def composed(page: Page) -> Document:
    """The report as a Document."""
    from reportgen.run.compose import compose  # where a report is made, and nowhere before

    document = compose(
        page.plan, page.context, page.answers, page.build,
        cache=page.cache, rests_on=page.rests_on,
    )  # fmt: skip
    return page.theme.dressed(document)


def _published(page: Page) -> Outcome:
    document, plan = composed(page), page.plan
    models = document.models.values()
    document, contents = rendered(document, plan.output, page.cache, page.epoch)
    problems = tuple(failures(models) + _false_claims(plan, document))
    warned = tuple(warnings(models))
    files = store.publish(page.out, contents, partial(_pages, plan.output.name))
    if page.key and not page.audit and not any(map(killed, models)):
        ordered = {name: contents[name] for name in _names(files, page.out)}
        stand(page.cache, page.key, ordered, problems, warned)
    audits = _audits(document.models) if page.audit else {}
    remarks = (*page.theme.remarks, *_remarks(page.cache))
    return Outcome(files, problems, warned, remarks=remarks, audits=audits)


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


def _names(files: Sequence[Path], out: Path) -> list[str]:
    """The names of published files, in the order of publishing."""
    return [file.relative_to(out).as_posix() for file in files]


def _false_claims(plan: Plan, document: Document) -> list[Problem]:
    claims: Mapping[int, str] = {
        claim.line: f"the claim does not hold: {claim.shown}"
        for claim in document.claims
        if not claim.holds
    }
    places = {plan.place(block.path).line: plan.place(block.path) for block in plan.blocks}
    return [Problem("claim", text, place=places[line]) for line, text in claims.items()]
