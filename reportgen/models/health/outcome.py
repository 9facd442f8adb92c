"""What the outcome alone, or beside the levels of a term, gives away. Heavy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_codes
from reportgen.core.sentences import Sentence, named_column, named_level, say
from reportgen.core.types import Note
from reportgen.models.formulas.design import Design
from reportgen.models.health.codes import finding

EVENTS = 5
"""Vittinghoff and McCulloch 2007, Am J Epidemiol 165, 710–718: below 5 events for each coefficient
estimates are biased away from zero and intervals do not cover."""

VALUES, ROWS = 5, 10
SOME = 1_000
"""The rows that are looked at before all are."""


def few_events(events: float, coefficients: int) -> tuple[Note, ...]:
    """Fewer than 5 events (of the rarer outcome) for each coefficient but the intercept."""
    if coefficients == 0 or events >= EVENTS * coefficients:
        return ()
    said = say("few-events", events=round(events), coefficients=coefficients, least=EVENTS)
    return (finding(said),)


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
    outcome = named_column(design.outcome)
    if count == 2:
        return (finding(say("few-values_two", outcome=outcome)),)
    return (finding(say("few-values", outcome=outcome, values=count)),)


def whole(design: Design, *, strict: bool) -> tuple[Note, ...]:
    """Counts that are not whole numbers: a DataError where the likelihood is one of counts
    (`strict`), else a finding.
    """
    broken = int((design.y != np.floor(design.y)).sum())
    if not broken:
        return ()
    if strict:
        text = f"the outcome `{design.outcome}` is not a whole number in {broken:,} rows"
        help = "a model of counts needs counts; `glm` with `cov_type: HC1` takes other outcomes"
        raise DataError(Problem("not-counts", text, ("formula",), help=help))
    return (finding(say("not-counts", outcome=named_column(design.outcome), rows=broken)),)


def one_sided_levels(design: Design, *, counts: bool) -> Iterable[Sentence]:
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
            rows, at = len(inside), named_level(level, name)
            if (inside == 0).all() and counts:
                yield say("part_no-count", rows=rows, name=named_column(name), level=at)
            elif (inside == 0).all():
                yield say("part_no-event", rows=rows, name=named_column(name), level=at)
            elif not counts and (inside == 1).all():
                yield say("part_all-events", rows=rows, name=named_column(name), level=at)
