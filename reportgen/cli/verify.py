"""`reportgen verify`: a report in PDF, made again from what it has inside, and what differs."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportgen.cli.diff import change_data, change_line
from reportgen.cli.progress import Lines, Silent
from reportgen.cli.request import request
from reportgen.core.errors import Problem, ReportgenError, UsageError
from reportgen.plan.types import Plan
from reportgen.run.extract import Inside, inside
from reportgen.run.fits import Progress
from reportgen.run.verify import Verdict, plan_of, verified
from reportgen.writers.paper.attached import TEMPLATES


def run(options: Namespace) -> int:
    """0 if the report comes out as it was, 1 if anything a reader relies on differs."""
    report = inside(options.report)
    verdict = _verdict(report, options)
    if options.format == "json":
        told = {**_data(verdict), "templates": list(report.templates)}
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print("\n".join((*_told(verdict, options.report), *_templates(report))))
    return 0 if verdict.holds else 1


def _verdict(report: Inside, options: Namespace) -> Verdict:
    progress: Progress = Silent() if options.format == "json" else Lines(sys.stderr)
    with report.unpacked() as spec:
        try:
            given = spec.parent / TEMPLATES
            asked = replace(
                request(spec, None, options), created=report.created,
                templates=given if given.is_dir() else None,
            )  # fmt: skip
            plan = plan_of(report, asked, options.engine)
            if not options.allow_sql:
                _refuse_queries(plan)
            return verified(report, plan, asked, progress, options.tolerance)
        except ReportgenError as error:
            raise type(error)(
                _placed(problem, spec.parent, options.report) for problem in error.problems
            ) from error


def _refuse_queries(plan: Plan) -> None:
    """A report from elsewhere does not get the address of a database unless its reader says so."""
    asking = [
        name for name, dataset in plan.datasets.items()
        if "sql" in (dataset.source, *(join.source for join in dataset.joins))
    ]  # fmt: skip
    if asking:
        message = f"this report asks a database for `{asking[0]}`"
        help_ = "read its query, and give `--allow-sql` if you would send it"
        raise UsageError(Problem("asks-database", message, help=help_))


def _placed(problem: Problem, folder: Path, report: Path) -> Problem:
    """A problem of the spec inside: its place is in the report, not where it was unpacked."""
    problem = replace(
        problem,
        message=problem.message.replace(f"{folder}/", f"{report}: "),
        help=problem.help.replace(f"{folder}", f"{report}"),
    )
    if problem.place is None:
        return problem
    file = problem.place.file.replace(f"{folder}/", f"{report}: ")
    return problem.at(replace(problem.place, file=file))


def _told(verdict: Verdict, report: Path) -> Iterator[str]:
    if verdict.identical:
        yield f"{report}: made again, and the same to the last byte"
        return
    if verdict.holds:
        yield f"{report}: made again, with the same numbers{_words(verdict)}"
    yield from (change_line(change) for change in verdict.results)
    yield from (f"{name}: the table in the report has other numbers" for name in verdict.tables)
    for line in verdict.lines:
        yield f"page {line.page}: {line.before or '—'} → {line.after or '—'}"
    for name, (then, now) in (verdict.versions or {}).items():
        yield f"made with {name} {then}, here {now}"


def _templates(report: Inside) -> Iterator[str]:
    """Whose words the pages are: numbers are compared, and a template may leave some out."""
    if report.templates:
        yield f"its pages are made with templates of its own: {', '.join(report.templates)}"


def _words(verdict: Verdict) -> str:
    return "; its pages were not compared" if verdict.versions else " and words"


def _data(verdict: Verdict) -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "identical": verdict.identical,
        "results": [change_data(change) for change in verdict.results],
        "tables": list(verdict.tables),
        "lines": [
            {"page": line.page, "before": line.before, "after": line.after}
            for line in verdict.lines
        ],
        "versions": {
            name: {"before": then, "after": now}
            for name, (then, now) in (verdict.versions or {}).items()
        },
    }
