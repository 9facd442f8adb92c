"""From a path on the command line to a checked Plan."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from reportgen.core.errors import Problem, UsageError
from reportgen.plan.build import plan as make_plan
from reportgen.plan.source import load
from reportgen.plan.types import Plan


def read(path: Path, options: Namespace) -> Plan:
    """The plan of one spec with the `--set` of the command line. SpecError, UsageError."""
    return make_plan(load(path), settings(options.set))


def settings(given: list[str]) -> dict[str, str]:
    """`name=value` pairs; the last one wins."""
    for each in given:
        if "=" not in each:
            raise UsageError(
                Problem(
                    "bad-set", f"`--set {each}` gives no value", help="write `--set name=value`"
                )
            )
    return dict(each.split("=", 1) for each in given)
