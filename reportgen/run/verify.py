"""A report made again from what it has inside, and what differs: numbers, tables, words."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import zip_longest
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Document
from reportgen.plan.build import plan as make_plan
from reportgen.plan.engines import with_engine
from reportgen.plan.include import load_whole
from reportgen.plan.types import Plan
from reportgen.run import engine
from reportgen.run.diff import Change, changes
from reportgen.run.engine import Request
from reportgen.run.extract import Inside
from reportgen.run.fits import Progress
from reportgen.run.headers import undeclared
from reportgen.run.pages import composed
from reportgen.run.publish.rendering import render
from reportgen.run.queues.queue import Here
from reportgen.run.queues.stream import alone
from reportgen.run.themes import theme_of
from reportgen.writers.json import record
from reportgen.writers.pages.templates import using
from reportgen.writers.paper.attached import attached

MOST_LINES = 20
"""So many lines of text that differ are told; who needs more reads both."""


@dataclass(frozen=True)
class Line:
    """A line of a page that is not what it was; `before` or `after` is "" where there is none."""

    page: int
    before: str
    after: str


@dataclass(frozen=True)
class Verdict:
    """What became of a report when it was made again.

    identical  every byte of the file is what it was
    results    the numbers that differ, as `diff` tells them
    tables     names of the tables in it whose numbers differ from the ones made again
    lines      lines of its pages that differ; looked for only where the versions are the same
    versions   libraries that are of another version: name → (then, now)
    """

    identical: bool
    results: tuple[Change, ...] = ()
    tables: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    versions: Mapping[str, tuple[str, str]] | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing that a reader sees or computes with differs."""
        return not (self.results or self.tables or self.lines)


def plan_of(report: Inside, request: Request, engine: str | None = None) -> Plan:
    """The plan of the spec inside a report, unpacked at `request.spec`, with its parameters and the
    engine that it was built with, or another.
    """
    source, known = load_whole(request.spec), undeclared(request.reach)
    first = make_plan(source, {}, known)
    given = {
        name: _text(value)
        for name, value in report.params.items()
        if name in first.params and first.params[name] != value
    }
    made = make_plan(source, given, known) if given else first
    return with_engine(made, engine or report.engine)


def verified(
    report: Inside, plan: Plan, request: Request, progress: Progress, tolerance: float
) -> Verdict:
    """The report made again at the same commit and date, and compared."""
    theme = theme_of(plan, request.reach.roots, request.templates)
    plan = theme.planned(plan)
    memory = engine.remember(plan, request)
    document = composed(alone(engine.made(plan, theme, request, progress, memory), Here()))
    document = replace(document, build=replace(document.build, git=report.git))
    # Templates that a stranger chose are used here: nobody reads these pages, they are compared.
    with using(theme.templates):
        pdf = render(document, ("pdf",), "report")["report.pdf"]
    if pdf == report.pdf:
        return Verdict(identical=True)
    versions = _versions(report.results["build"].get("versions"), document)
    return Verdict(
        identical=False,
        results=changes(report.results, record(document), tolerance),
        tables=tuple(_tables(report, document, tolerance)),
        lines=() if versions else tuple(_lines(report.pdf, pdf))[:MOST_LINES],
        versions=versions,
    )


def _text(value: Any) -> str:
    """A parameter as the command line would have it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _versions(then: Any, document: Document) -> Mapping[str, tuple[str, str]]:
    known, now = then if isinstance(then, Mapping) else {}, document.build.versions
    names = dict.fromkeys((*known, *now))
    pairs = {name: (str(known.get(name, "—")), str(now.get(name, "—"))) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _tables(report: Inside, document: Document, tolerance: float) -> Iterator[str]:
    """Names of the CSV files that differ, are missing, or are too many."""
    again = {name: asset.data for name, asset in attached(document).items()}
    for name in dict.fromkeys((*report.files, *again)):
        if name.endswith(".csv"):
            before, after = report.files.get(name), again.get(name)
            if before is None or after is None or not _same(before, after, tolerance):
                yield name


def _same(before: bytes, after: bytes, tolerance: float) -> bool:
    if before == after:
        return True
    one, other = (list(csv.reader(StringIO(each.decode(errors="replace")))) for each in
                  (before, after))  # fmt: skip
    return [len(row) for row in one] == [len(row) for row in other] and all(
        _close(left, right, tolerance)
        for row, against in zip(one, other, strict=True)
        for left, right in zip(row, against, strict=True)
    )


def _close(left: str, right: str, tolerance: float) -> bool:
    try:
        return left == right or math.isclose(
            float(left), float(right), rel_tol=tolerance, abs_tol=1e-300
        )
    except ValueError:
        return False


def _lines(before: bytes, after: bytes) -> Iterator[Line]:
    """Where the words of the pages differ, page by page."""
    pages = zip_longest(_pages(before), _pages(after), fillvalue=())
    for number, (one, other) in enumerate(pages, 1):
        for left, right in zip_longest(one, other, fillvalue=""):
            if left != right:
                yield Line(number, left, right)


def _pages(pdf: bytes) -> Iterator[Sequence[str]]:
    import pypdf

    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        yield [line.strip() for line in page.extract_text().split("\n") if line.strip()]
