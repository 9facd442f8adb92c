"""Statistics that a kind of model does not have, asked for where that is already known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reportgen.core.errors import Path, Problem
from reportgen.models import MODELS
from reportgen.plan.types import FitPlan


def lacks(fit: FitPlan) -> Mapping[str, str]:
    """The statistics that a model's kind does not define, each with what to ask for instead."""
    found: Mapping[str, str] = getattr(MODELS.load(fit.kind), "lacks", {})
    return found


def undefined(fit: FitPlan, name: str, path: Path, **place: Any) -> Problem:
    """The problem of asking a model for a statistic that its kind does not define."""
    message = f"a model of kind `{fit.kind}` has no `{name}`"
    return Problem("undefined-statistic", message, path, help=lacks(fit)[name], **place)


def undefined_stats(options: Any, fits: Sequence[FitPlan], path: Path) -> Iterable[Problem]:
    """Statistics in a block's `stats` that none of the models shown defines."""
    for position, name in enumerate(getattr(options, "stats", None) or ()):
        if fits and all(name in lacks(fit) for fit in fits):
            yield undefined(fits[0], name, (*path, "stats", position))
