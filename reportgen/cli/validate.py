"""`reportgen validate`: every problem of each spec at once."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from reportgen.cli.problems import show
from reportgen.cli.specs import check
from reportgen.core import diagnostics
from reportgen.core.errors import Problem, ReportgenError
from reportgen.plan.types import Plan
from reportgen.run.themes import looks


def run(options: Namespace) -> int:
    """0 if all specs are right; 2 and their problems if not."""
    problems: list[Problem] = []
    for path in options.spec:
        try:
            plan = check(path, options)
            pale = looks(plan, (path.parent, *options.data_dir))
        except ReportgenError as error:
            problems += error.problems
        else:
            found = [*pale, *(_literals(path, plan, options) if options.strict else ())]
            problems += found
            if options.format == "text" and not found:
                print(_right(path, plan))
    if options.format == "json":
        print(json.dumps([diagnostics.data(problem) for problem in problems], indent=2))
    else:
        show(problems, options.format, sys.stderr)
    # A colour that is hard to read is told, and stops nothing unless that is asked for.
    wrong = any(problem.severity == "error" for problem in problems)
    return 2 if wrong or (problems and options.strict) else 0


def _literals(path: Path, plan: Plan, options: Namespace) -> list[Problem]:
    """Numbers in prose that are results of the builds there are; says so where there is none."""
    from reportgen.run.literals import found_records, literals

    records = found_records(options.out / path.stem)
    if not records:
        print(
            f"{path}: no results in {options.out / path.stem} to compare its prose with; "
            "`reportgen build` makes them",
            file=sys.stderr,
        )
    found = (problem for record in records for problem in literals(plan, record))
    return list(dict.fromkeys(found))


def _right(path: Path, plan: Plan) -> str:
    return (
        f"{path}: {_counted(len(plan.fits), 'model')}, {_counted(len(plan.blocks), 'block')}, "
        "no problems"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
