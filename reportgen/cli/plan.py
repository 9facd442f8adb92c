"""`reportgen plan`: what would be read and fitted, and what earlier builds have done already."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from reportgen.cli.request import request
from reportgen.cli.specs import read
from reportgen.core.numbers import count
from reportgen.run.engine import remember
from reportgen.run.kept.foresee import foresee


def run(options: Namespace) -> int:
    """Print every step, whether it will run, and why."""
    plan = read(options.spec, options)
    memory = remember(plan, request(options.spec, plan, options))
    steps = foresee(plan, memory.frames, memory.cache, memory.last())
    if options.format == "json":
        print(json.dumps([asdict(step) for step in steps], indent=2))
        return 0
    width = max((len(step.name) for step in steps), default=0)
    for step in steps:
        mark = "runs " if step.runs else "known"
        print(f"{step.step:<4}  {mark}  {step.name:<{width}}  {step.why}")
    runs = sum(step.runs for step in steps)
    print(f"{count(runs)} of {count(len(steps))} steps run; then the report is written")
    return 0
