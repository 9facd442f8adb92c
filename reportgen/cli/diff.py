"""`reportgen diff`: what changed between two builds, or between two revisions of a spec."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportgen.cli.progress import Silent
from reportgen.cli.request import request
from reportgen.cli.specs import settings
from reportgen.core.errors import DataError, Problem, UsageError
from reportgen.core.numbers import DASH, percent, significant
from reportgen.core.record import dataset_record, model_record
from reportgen.plan.build import plan as make_plan
from reportgen.plan.include import load_whole
from reportgen.plan.source import parse
from reportgen.run import engine
from reportgen.run.diff import Change, changes
from reportgen.run.git import text_at

DIGITS = 6
MOST_BYTES = 200_000_000


def run(options: Namespace) -> int:
    """0 if nothing changed, 1 if something did, and what."""
    if options.git:
        if len(options.builds) != 1:
            raise _usage("`--git REV` compares one SPEC with itself at that revision")
        before, after = _revisions(Path(options.builds[0]), options)
    else:
        if len(options.builds) != 2:
            raise _usage("`diff` compares two builds: `reportgen diff A B`")
        before, after = (_record(Path(each)) for each in options.builds)
    found = changes(before, after, options.tolerance)
    if options.format == "json":
        print(json.dumps([change_data(change) for change in found], indent=2, ensure_ascii=False))
    else:
        _print(found)
    return 1 if found else 0


def _record(path: Path) -> Mapping[str, Any]:
    """The results.json of a build: the file itself, or the folder it is in."""
    file = path / "results.json" if path.is_dir() else path
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        data = json.loads(file.read_text(encoding="utf-8"))
        if not str(data["schema"]).startswith("reportgen/results/"):
            raise ValueError("not a record")
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"`{file}` is not the results.json of a build"
        raise DataError(Problem("not-a-record", message)) from error
    record: Mapping[str, Any] = data
    return record


def _revisions(path: Path, options: Namespace) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Both revisions fitted to the data as they are now."""
    given = settings(options.set)
    old = parse(text_at(path, options.git), f"{path}@{options.git}")
    records = []
    for source in (old, load_whole(path)):
        plan = make_plan(source, given)
        models, frames = engine.fit(plan, request(path, plan, options), Silent())
        records.append({
            "datasets": {name: dataset_record(facts) for name, facts in frames.facts.items()},
            "models": {name: model_record(model) for name, model in models.items()},
        })  # fmt: skip
    return records[0], records[1]


def change_data(change: Change) -> dict[str, Any]:
    """A change for other programs."""
    return {
        "path": list(change.path), "before": change.before, "after": change.after,
        "relative": change.relative,
    }  # fmt: skip


def _print(found: Sequence[Change]) -> None:
    if not found:
        print("nothing changed")
    for change in found:
        print(change_line(change))


def change_line(change: Change) -> str:
    """A change for people: what, from, to, and by how much."""
    line = f"{' '.join(change.path)}: {_shown(change.before)} → {_shown(change.after)}"
    if change.relative is not None:
        line += f"  ({'+' if change.relative > 0 else ''}{percent(change.relative)})"
    return line


def _shown(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, float):
        return significant(value, DIGITS)
    if isinstance(value, (dict, list)):
        return f"({len(value)} values)"
    return str(value)


def _usage(message: str) -> UsageError:
    return UsageError(Problem("diff", message))
