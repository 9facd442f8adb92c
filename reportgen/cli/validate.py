"""`reportgen validate`: every problem of each spec at once."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from reportgen.cli.problems import show
from reportgen.cli.specs import read
from reportgen.core import diagnostics
from reportgen.core.errors import Problem, ReportgenError


def run(options: Namespace) -> int:
    """0 if all specs are right; 2 and their problems if not."""
    problems: list[Problem] = []
    for path in options.spec:
        try:
            plan = read(path, options)
        except ReportgenError as error:
            problems += error.problems
        else:
            if options.format == "text":
                print(f"{path}: right ({len(plan.fits)} models, {len(plan.blocks)} blocks)")
    if options.format == "json":
        print(json.dumps([diagnostics.data(problem) for problem in problems], indent=2))
    else:
        show(problems, options.format, sys.stderr)
    return 2 if problems else 0
