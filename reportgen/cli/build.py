"""`reportgen build`: the report of each spec."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from reportgen.cli.problems import show
from reportgen.cli.progress import Lines, Silent
from reportgen.cli.request import request
from reportgen.cli.specs import read, settings
from reportgen.core import diagnostics
from reportgen.core.errors import FitError, Problem, ReportgenError, UsageError
from reportgen.plan.matrix import overridden
from reportgen.plan.types import Plan
from reportgen.run.engine import Outcome, build
from reportgen.run.fits import Progress
from reportgen.run.matrix import Variant, variants
from reportgen.writers import WRITERS


def run(options: Namespace) -> int:
    """Build every spec; the highest exit code of all. One that fails does not stop the others."""
    return max(_spec(path, options) for path in options.spec)


def _spec(path: Path, options: Namespace) -> int:
    """One report, or with a matrix one for each combination."""
    try:
        plan = read(path, options)
        given = {**settings(options.matrix, "--matrix"), **_fixed(plan, options)}
        axes = overridden(plan.axes, given)
        found = variants(plan, axes, request(path, plan, options).reach)
    except ReportgenError as error:
        show(error.problems, options.format, sys.stderr)
        return error.exit_code
    return max(_one(path, variant, options) for variant in found)


def _fixed(plan: Plan, options: Namespace) -> dict[str, str]:
    """Names of the matrix that `--set` gives one value."""
    names = {axis.name for axis in plan.axes}
    return {name: value for name, value in settings(options.set).items() if name in names}


def _one(path: Path, variant: Variant, options: Namespace) -> int:
    progress: Progress = Silent() if options.format == "json" else Lines(sys.stderr)
    try:
        plan = _formats(read(path, options, variant.values), options.formats)
        folder = options.out / path.stem / variant.folder
        outcome = build(plan, request(path, plan, options, folder), progress)
    except ReportgenError as error:
        show(error.problems, options.format, sys.stderr)
        return error.exit_code
    _tell(path, outcome, options.format)
    warned = options.strict and outcome.warned
    return 0 if outcome.holds and not warned else FitError.exit_code


def _formats(plan: Plan, wanted: str | None) -> Plan:
    if not wanted:
        return plan
    names = tuple(name.strip() for name in wanted.split(","))
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        raise UsageError(
            Problem(
                "unknown-format",
                f"there is no format `{unknown[0]}`",
                help=f"formats are {', '.join(WRITERS)}",
            )
        )
    return replace(plan, output=replace(plan.output, formats=names))


def _tell(path: Path, outcome: Outcome, format_: str) -> None:
    reports = [file for file in outcome.files if file.parent.name not in ("tables", "figures")]
    if format_ == "json":
        summary = {
            "spec": str(path),
            "holds": outcome.holds,
            "unchanged": outcome.unchanged,
            "files": [str(file) for file in outcome.files],
            "problems": [diagnostics.data(problem) for problem in outcome.problems],
        }
        print(json.dumps(summary, indent=2))
        return
    show(outcome.problems, format_, sys.stderr)
    if outcome.unchanged:
        print(f"{path}: nothing changed, the report is as it was", file=sys.stderr)
    for file in reports:
        print(file)
