"""`reportgen build`: the report of each spec."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from reportgen.cli.request import request
from reportgen.cli.specs import read, settings
from reportgen.cli.telling import Json, Telling, Text
from reportgen.core.errors import FitError, Problem, ReportgenError, UsageError
from reportgen.plan.matrix import overridden
from reportgen.plan.types import Plan
from reportgen.run.engine import build
from reportgen.run.literals import found_records, literals
from reportgen.run.matrix import Variant, variants
from reportgen.writers import WRITERS


def run(options: Namespace) -> int:
    """Build every spec; the highest exit code of all. One that fails does not stop the others."""
    telling: Telling = Json() if options.format == "json" else Text()
    code = max(_spec(path, options, telling) for path in options.spec)
    telling.end()
    return code


def _spec(path: Path, options: Namespace, telling: Telling) -> int:
    """One report, or with a matrix one for each combination."""
    try:
        plan = read(path, options)
        given = {**settings(options.matrix, "--matrix"), **_fixed(plan, options)}
        axes = overridden(plan.axes, given)
        found = variants(plan, axes, request(path, plan, options).reach)
    except ReportgenError as error:
        telling.wrong(error.problems)
        return error.exit_code
    # Of one report alone the plan is that which told so.
    only = plan if len(found) == 1 and not found[0].values else None
    return max(_one(path, variant, options, telling, only) for variant in found)


def _fixed(plan: Plan, options: Namespace) -> dict[str, str]:
    """Names of the matrix that `--set` gives one value."""
    names = {axis.name for axis in plan.axes}
    return {name: value for name, value in settings(options.set).items() if name in names}


def _one(
    path: Path, variant: Variant, options: Namespace, telling: Telling, known: Plan | None
) -> int:
    try:
        plan = _formats(known or read(path, options, variant.values), options.formats)
        folder = options.out / path.stem / variant.folder
        outcome = build(plan, request(path, plan, options, folder), telling.progress)
    except ReportgenError as error:
        telling.wrong(error.problems)
        return error.exit_code
    warned = (*outcome.warnings, *_literals(plan, folder)) if options.strict else ()
    telling.wrong((*outcome.problems, *warned, *outcome.remarks))
    telling.built(path, outcome)
    return 0 if outcome.holds and not warned else FitError.exit_code


def _literals(plan: Plan, folder: Path) -> list[Problem]:
    """Numbers in prose that are results of this build."""
    return [problem for record in found_records(folder) for problem in literals(plan, record)]


def _formats(plan: Plan, wanted: str | None) -> Plan:
    if wanted is None:
        return plan
    names = tuple(name.strip() for name in wanted.split(",") if name.strip())
    listed = f"formats are {', '.join(WRITERS)}"
    if not names:
        raise UsageError(Problem("unknown-format", "`--formats` names no format", help=listed))
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        message = f"there is no format `{unknown[0]}`"
        raise UsageError(Problem("unknown-format", message, help=listed))
    return replace(plan, output=replace(plan.output, formats=names))
