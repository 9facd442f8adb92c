"""The highest partial likelihood of a design, examined. Heavy: imported where rows are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_coefs, named_column, say
from reportgen.core.types import Frame, Note, Variable
from reportgen.models.base import expanded
from reportgen.models.covariance import Robust, robust_covariance, weak_columns
from reportgen.models.engines.regressions import predictors
from reportgen.models.engines.regressions.cox import PartialLikelihood, Survival
from reportgen.models.engines.regressions.predictors import Peak
from reportgen.models.formulas.design import Design, yes_or_no
from reportgen.models.health import columns, outcome
from reportgen.models.health import solution as after
from reportgen.models.health.codes import finding
from reportgen.models.regression.glm import arrays
from reportgen.models.regression.ols import groups_of
from reportgen.models.regression.phreg import Fit

FAR = 12.0
MOST_STRATA = 50
"""With more, columns are looked at as they vary within strata."""


def solved(options: Any, design: Design, frame: Frame) -> Fit:
    """The highest point with its covariance and findings. FitError where there is none."""
    survival, event = _survival(options, design, frame)
    design = _without_intercept(design)
    within = _within(design.X, survival.stratum)
    basis = columns.basis(within, design.names)
    X = design.X[:, basis.kept] - design.X[:, basis.kept].mean(axis=0)
    names = [design.names[place] for place in basis.kept.tolist()]
    offset = arrays(options, design).get("offset", np.zeros(design.n))
    found, null = _peak(survival, X, options.ties == "efron", offset)
    notes = (*design.notes, *basis.notes)
    notes += outcome.few_events(float(survival.event.sum()), len(names))
    _check_reached(found, X, names, basis.notes)
    wanted = Robust(options.cov_type, groups_of(options))
    covariance, df, weak = robust_covariance(wanted, design, names, found.influence)
    notes += weak + _weak(wanted, design, basis.kept, survival.stratum)
    if covariance is None:
        covariance = found.covariance
    notes += _after(names, found, np.sqrt(np.diag(covariance)), X.std(axis=0))
    size = len(design.names)
    return Fit(
        options, design, survival, event, found, expanded(found.theta, basis.kept, size),
        expanded(covariance, basis.kept, size), null, notes, df,
    )  # fmt: skip


def _survival(options: Any, design: Design, frame: Frame) -> tuple[Survival, str | None]:
    """Times, events, entries and strata of the rows, and which status is the event."""
    n = design.n
    event, name = np.ones(n, dtype=bool), None
    if options.status is not None:
        variables = frame.facts.variables
        variable = variables.get(options.status, Variable(options.status, options.status))
        coded, name = yes_or_no(design.rows[options.status], variable, "status")
        event = coded == 1
    entry = np.full(n, -np.inf)
    if options.entry is not None:
        entry = design.column(options.entry).astype(float)
        late = int((~(entry < design.y)).sum())
        if late:
            raise DataError(Problem(
                "entry", f"`{options.entry}` must be before the time, and {late:,} rows are not",
                ("entry",), help="leave these rows out by a step of `sample`",
            ))  # fmt: skip
    early = int((design.y < 0).sum())
    if early:
        raise DataError(Problem(
            "outcome-range", f"the time `{design.outcome}` must be 0 or more, and {early:,} rows "
            "are not", ("formula",),
        ))  # fmt: skip
    if not event.any():
        raise unfit(say("no-events", outcome=named_column(design.outcome)), ("status",))
    stratum = np.zeros(n, dtype=int)
    if options.strata is not None:
        stratum, _ = design.clusters(options.strata)
    return Survival(design.y, event, entry, stratum), name


def _without_intercept(design: Design) -> Design:
    kept = [place for place, name in enumerate(design.names) if name != "Intercept"]
    return replace(
        design,
        blocks=design.blocks.columns(np.array(kept)),
        names=tuple(design.names[place] for place in kept),
        terms=tuple(term for term in design.terms if term.kind != "intercept"),
    )


def _within(X: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """What varies within strata: a column that does not is part of the baseline hazard."""
    sizes = np.bincount(stratum)
    sums = np.zeros((len(sizes), X.shape[1]))
    np.add.at(sums, stratum, X)
    left: np.ndarray = X - (sums / sizes[:, None])[stratum]
    # Rounding of a column that is constant in every stratum is no variation.
    left[:, np.linalg.norm(left, axis=0) < 1e-10 * np.linalg.norm(X, axis=0)] = 0.0
    return left


def _weak(
    wanted: Robust, design: Design, kept: np.ndarray, stratum: np.ndarray
) -> tuple[Note, ...]:
    """Coefficients that one row, or one cluster, alone determines beside the baseline hazards."""
    names = [design.names[place] for place in kept.tolist()]
    X = design.X[:, kept]
    if wanted.groups is None or stratum.max() >= MOST_STRATA:
        return weak_columns(wanted, design, _within(X, stratum), names)
    baseline = (stratum[:, None] == np.arange(stratum.max() + 1)).astype(float)
    named = [*("Intercept" for _ in baseline.T), *names]
    return weak_columns(wanted, design, np.column_stack([baseline, X]), named)


def _peak(survival: Survival, X: np.ndarray, efron: bool, offset: np.ndarray) -> tuple[Peak, float]:
    """The highest point, found on columns of one size, and the value without any term."""
    lengths = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
    target = PartialLikelihood(survival, X / lengths, efron, offset)
    start = np.zeros(X.shape[1])
    found = predictors.peak(target, start)
    found = replace(
        found,
        theta=found.theta / lengths,
        covariance=found.covariance / np.outer(lengths, lengths),
        influence=found.influence.scaled(1 / lengths),
    )
    return found, target.value(start)


def _check_reached(found: Peak, X: np.ndarray, names: list[str], notes: tuple[Note, ...]) -> None:
    """FitError where the likelihood has no highest point: a term whose highest value is had by
    whoever has the event next has an infinite estimate (Bryson and Johnson 1981).
    """
    if found.settled:
        return
    far = np.abs(found.theta) * X.std(axis=0)
    near = any(note.code == "ill-conditioned" for note in notes)
    if near or not far.max() > FAR / 2:
        raise after.not_converged(predictors.ITERATIONS, notes)
    moved = [name for name, each in zip(names, far, strict=True) if each > 0.5 * far.max()]
    said = say("separation_hazards", names=named_coefs(moved))
    raise unfit(said, ("formula",), help="leave the term out, or join levels")


def _after(names: list[str], found: Peak, se: np.ndarray, spread: np.ndarray) -> tuple[Note, ...]:
    notes = after.extreme(names, found.theta, spread, say("part_hazards"))
    notes += after.errors(names, se, spread, 1.0)
    if np.ptp(found.eta) > 2 * FAR:
        notes += (finding(say("fitted-extremes_hazards")),)
    return notes
