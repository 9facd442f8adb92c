"""`reportgen show`: fits in the terminal, or the spec as it is understood."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence

from reportgen.cli.problems import show as show_problems
from reportgen.cli.progress import Lines, Silent
from reportgen.cli.request import request
from reportgen.cli.specs import read
from reportgen.core.digest import plain
from reportgen.core.document import Table
from reportgen.core.errors import FitError
from reportgen.core.record import model_record
from reportgen.core.words import load
from reportgen.plan.resolved import yaml_text
from reportgen.plan.types import Plan
from reportgen.run import engine
from reportgen.run.fits import Progress, failures
from reportgen.run.show import narrowed, select, tables
from reportgen.writers.plaintext import plain_text
from reportgen.writers.tables.grid import grid


def run(options: Namespace) -> int:
    """Print the models asked for; 4 if one of them failed."""
    plan = read(options.spec, options)
    if options.resolved:
        print(_resolved(plan, options.format))
        return 0
    plan = narrowed(plan, options.model)
    progress: Progress = Silent() if options.format == "json" else Lines(sys.stderr)
    models, frames = engine.fit(plan, request(options.spec, plan, options), progress)
    chosen = select(models, options.model)
    if options.format == "json":
        print(json.dumps({model.id: model_record(model) for model in chosen}, indent=2))
    else:
        _print(plan, tables(chosen, frames.facts, load(plan.lang)))
    problems = failures(chosen)
    show_problems(problems, options.format, sys.stderr)
    return FitError.exit_code if problems else 0


def _resolved(plan: Plan, format_: str) -> str:
    return json.dumps(plain(plan.resolved), indent=2) if format_ == "json" else yaml_text(plan)


def _print(plan: Plan, shown: Sequence[Table]) -> None:
    width = shutil.get_terminal_size().columns
    for table in shown:
        print(plain_text(grid(table, load(plan.lang)), width), end="\n\n")
