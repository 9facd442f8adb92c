"""What the outcome alone, or beside the levels of a term, gives away. Heavy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_codes
from reportgen.core.types import Note
from reportgen.models.formulas.design import Design
from reportgen.models.health.codes import finding

EVENTS = 5
"""Vittinghoff and McCulloch 2007, Am J Epidemiol 165, 710–718: below 5 events for each coefficient
estimates are biased away from zero and intervals do not cover."""

VALUES, ROWS = 5, 10
SOME = 1_000
"""The rows that are looked at before all are."""


def few_events(events: float, coefficients: int, what: str = "events") -> tuple[Note, ...]:
    """Fewer than 5 events (of the rarer outcome) for each coefficient but the intercept."""
    if coefficients == 0 or events >= EVENTS * coefficients:
        return ()
    return (finding(
        "few-events",
        f"{events:,.0f} {what} are few for {coefficients:,} coefficients: below {EVENTS} for each, "
        "estimates lie too far from zero and intervals are too narrow",
    ),)  # fmt: skip


def rarer(design: Design) -> float:
    """How many rows have the rarer of a yes and a no (shares count as parts)."""
    events = float(design.y.sum())
    return min(events, design.n - events)


def few_values(design: Design) -> tuple[Note, ...]:
    """An outcome of a linear model that has five values or fewer, each in ten rows on average."""
    if len(np.unique(design.y[:SOME])) > VALUES:
        return ()
    count = len(np.unique(design.y))
    if count > VALUES or design.n < ROWS * count:
        return ()
    how = (
        "and `logit` as a no and a yes"
        if count == 2
        else "and `ordered`, or in clusters `ordinal_gee`, as levels"
    )
    return (finding(
        "few-values",
        f"the outcome `{design.outcome}` has {count} different values: a linear model takes them "
        f"as amounts, {how}",
    ),)  # fmt: skip


def whole(design: Design, *, strict: bool) -> tuple[Note, ...]:
    """Counts that are not whole numbers: a DataError where the likelihood is one of counts
    (`strict`), else a finding.
    """
    broken = int((design.y != np.floor(design.y)).sum())
    if not broken:
        return ()
    text = f"the outcome `{design.outcome}` is not a whole number in {broken:,} rows"
    if strict:
        help = "a model of counts needs counts; `glm` with `cov_type: HC1` takes other outcomes"
        raise DataError(Problem("not-counts", text, ("formula",), help=help))
    return (finding("not-counts", f"{text}, so standard errors that take it as counts mislead"),)


def one_sided_levels(design: Design, *, counts: bool) -> Iterable[str]:
    """A sentence for each level of a term in which no row, or every row, has the event."""
    for term in design.terms:
        if term.kind != "categorical":
            continue
        (name,) = term.variables
        values, texts = level_codes(design.rows[name])
        for level in (*term.levels, *([term.reference] if term.reference else ())):
            if level not in texts:
                continue
            inside = design.y[values == texts.index(level)]
            if (inside == 0).all():
                yield _level(len(inside), name, level, "is above 0" if counts else "has the event")
            elif not counts and (inside == 1).all():
                yield f"all {len(inside):,} rows with `{name}` {level} have the event"


def _level(rows: int, name: str, level: str, what: str) -> str:
    return f"none of the {rows:,} rows with `{name}` {level} {what}"
