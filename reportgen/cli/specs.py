"""From a path on the command line to a checked Plan."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from reportgen.core.contracts import Reach
from reportgen.core.errors import Problem, UsageError
from reportgen.plan.build import plan as make_plan
from reportgen.plan.engines import with_engine
from reportgen.plan.include import load_whole
from reportgen.plan.types import Plan
from reportgen.run.headers import headers, undeclared

NOTHING: Mapping[str, str] = {}


def read(path: Path, options: Namespace, more: Mapping[str, str] = NOTHING) -> Plan:
    """The plan of one spec with the `--set` of the command line, and `more` of it.

    Columns that the spec does not name are those of the file's header.
    """
    reach = Reach((path.parent, *getattr(options, "data_dir", ())))
    plan = make_plan(load_whole(path), {**settings(options.set), **more}, undeclared(reach))
    return with_engine(plan, getattr(options, "engine", None))


def check(path: Path, options: Namespace) -> Plan:
    """The plan of one spec, every column it names sought in the header of its data."""
    reach = Reach((path.parent, *options.data_dir))
    return make_plan(load_whole(path), settings(options.set), headers(reach))


def nothing_overwritten(path: Path) -> None:
    """UsageError where there is a file already: what an author wrote is never replaced."""
    if path.exists():
        message = f"there is a file `{path}` already"
        raise UsageError(Problem("file-exists", message, help="name another with `--out`"))


def settings(given: list[str], option: str = "--set") -> dict[str, str]:
    """`name=value` pairs; the last one wins."""
    for each in given:
        if "=" not in each:
            message = f"`{option} {each}` gives no value"
            raise UsageError(Problem("bad-set", message, help=f"write `{option} name=value`"))
    return dict(each.split("=", 1) for each in given)
