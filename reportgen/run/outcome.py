"""What a build leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem


@dataclass(frozen=True)
class Outcome:
    """What a build left behind: the files, what is wrong with the report, and the warnings its
    models carry. `unchanged`: the report stood already, and nothing was done. `remarks` are about
    the work, not the report.
    """

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unchanged: bool = False
    remarks: tuple[Problem, ...] = ()
    audits: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """By model, what statsmodels makes of its solution, where that was asked for."""

    @property
    def holds(self) -> bool:
        """Whether every model was fitted and every claim holds."""
        return not self.problems
