"""What a build tells: as it goes along for people, all at the end as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from reportgen.cli.problems import show
from reportgen.cli.progress import Lines, Silent
from reportgen.core import diagnostics
from reportgen.core.errors import Problem
from reportgen.run.fits import Progress
from reportgen.run.outcome import Outcome

PARTS = ("tables", "figures")
"""Folders of files that a person finds without being told."""


class Telling(Protocol):
    """Whoever tells what a build did: files to stdout, problems to stderr."""

    def progress(self, name: str) -> Progress:
        """Tells how far one of several reports is, under its name; "" is the only one."""

    def wrong(self, problems: Sequence[Problem]) -> None:
        """Something is wrong."""

    def built(self, spec: Path, outcome: Outcome) -> None:
        """A report was written."""

    def end(self) -> None:
        """That was all."""


class Text:
    """Lines for people and logs."""

    def progress(self, name: str) -> Progress:
        """A line a model, its report's name before it."""
        return Lines(sys.stderr, name)

    def wrong(self, problems: Sequence[Problem]) -> None:
        """Each problem with its place."""
        show(problems, "text", sys.stderr)

    def built(self, spec: Path, outcome: Outcome) -> None:
        """Where the report is."""
        if outcome.unchanged:
            print(f"{spec}: nothing changed, the report is as it was", file=sys.stderr)
        for file in outcome.files:
            if file.parent.name not in PARTS:
                print(file)
        for name, audit in outcome.audits.items():
            print(f"audit  {name}  {_audit(audit)}", file=sys.stderr)

    def end(self) -> None:
        """Nothing is left to be said."""


def _audit(found: Mapping[str, float | None]) -> str:
    """What statsmodels says of one solution."""
    theirs, score = found.get("audit_llf"), found.get("audit_score")
    if theirs is None and score is None:
        return "statsmodels has no function to hold it against"
    said = []
    if theirs is not None:
        ours = found.get("llf")
        said.append(f"log-likelihood {ours!r}, by statsmodels {theirs!r}")
    if score is not None:
        said.append(f"statsmodels' score {score:.1e}")
    return "; ".join(said)


class Json:
    """One list of reports on stdout, one list of problems on stderr."""

    def __init__(self) -> None:
        self._reports: list[dict[str, Any]] = []
        self._problems: list[Problem] = []

    def progress(self, name: str) -> Progress:
        """Nobody watches."""
        return Silent()

    def wrong(self, problems: Sequence[Problem]) -> None:
        """Kept until the end."""
        self._problems += problems

    def built(self, spec: Path, outcome: Outcome) -> None:
        """Kept until the end: the files of the report, and what is wrong with it."""
        self._reports.append(
            {
                "spec": str(spec),
                "holds": outcome.holds,
                "unchanged": outcome.unchanged,
                **({"audits": outcome.audits} if outcome.audits else {}),
                "files": [str(file) for file in outcome.files],
                "problems": [diagnostics.data(problem) for problem in outcome.problems],
            }
        )

    def end(self) -> None:
        """Both lists; none of problems where there are none."""
        print(json.dumps(self._reports, indent=2))
        if self._problems:
            show(self._problems, "json", sys.stderr)
