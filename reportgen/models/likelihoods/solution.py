"""The highest point of a kind's likelihood, examined. Heavy: imported where rows are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.core.saying import unfit
from reportgen.core.sentences import named_coefs, named_column, say
from reportgen.core.types import Note, Result
from reportgen.models.covariance import Robust, robust_covariance, weak_columns
from reportgen.models.engines.regressions import predictors
from reportgen.models.engines.regressions.predictors import Likelihood, Peak
from reportgen.models.engines.regressions.separation import direction
from reportgen.models.findings import check_rank
from reportgen.models.formulas.design import Design
from reportgen.models.health import outcome
from reportgen.models.health import solution as after
from reportgen.models.likelihoods.likelihood import Fit, Setup
from reportgen.models.regression.ols import groups_of

FAR = 12.0
RATIOS = {"logit": say("part_odds"), "log": say("part_means")}


def solved(options: Any, design: Design, setup: Setup, start: Result | None) -> Fit:
    """The highest point with its covariance and findings. FitError where there is none."""
    found, notes = highest(design, setup, start)
    jacobian, estimate = _natural(setup, found.theta)
    influence = found.influence.scaled(jacobian)
    names = [parameter.name for parameter in setup.parameters]
    wanted = Robust(options.cov_type, groups_of(options))
    covariance, df, weak = robust_covariance(wanted, design, names, influence)
    notes += weak + in_equations(weak_columns(wanted, design, design.X, design.names), setup)
    if covariance is None:
        covariance = found.covariance * np.outer(jacobian, jacobian)
    notes += examined(setup, estimate, np.sqrt(np.diag(covariance)))
    null = None if setup.null is None else _peak(*setup.null)
    level = null.llf if null is not None and null.settled else None
    return Fit(options, design, setup, found, estimate, covariance, level, notes, df)


def highest(design: Design, setup: Setup, start: Result | None) -> tuple[Peak, tuple[Note, ...]]:
    """The highest point, and what was found before and on the way to it. FitError for none."""
    rank = check_rank(design)
    notes = (*design.notes, *setup.notes, *rank)
    if setup.events is not None:
        size = len(design.names) - ("Intercept" in design.names)
        notes += outcome.few_events(setup.events, size)
    found = _peak(setup.likelihood, _start(setup, start))
    if not found.settled and rank:
        raise after.not_converged(predictors.ITERATIONS, rank)
    if not found.settled or np.abs(found.eta).max() > FAR:
        _check_separation(setup, design.outcome)
    if setup.examine is not None:
        setup.examine(found)
    if not found.settled:
        raise after.not_converged(predictors.ITERATIONS)
    return found, notes


def _peak(likelihood: Likelihood, start: np.ndarray) -> Peak:
    """The highest point, found on columns of one size."""
    stacked = sum((design**2 for design in likelihood.designs), np.zeros(()))
    lengths = np.sqrt(np.mean(stacked, axis=0))
    scaled = [design / lengths for design in likelihood.designs]
    found = predictors.peak(replace(likelihood, designs=scaled), start * lengths)
    return replace(
        found,
        theta=found.theta / lengths,
        covariance=found.covariance / np.outer(lengths, lengths),
        influence=found.influence.scaled(1 / lengths),
    )


def _start(setup: Setup, start: Result | None) -> np.ndarray:
    """The kind's own start, or what another model has under the same names."""
    if start is None:
        return setup.start
    known = {name: coef.estimate for name, coef in start.coef.items()}
    return np.array([
        own if (given := known.get(parameter.name)) is None or not parameter.column else given
        for parameter, own in zip(setup.parameters, setup.start, strict=True)
    ])  # fmt: skip


def _natural(setup: Setup, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """dθ'/dθ and θ': a dispersion is estimated by its logarithm and shown as itself."""
    shapes = {name for term in setup.terms if term.kind == "dispersion" for name in term.coefs}
    logged = np.array([parameter.name in shapes for parameter in setup.parameters])
    natural = np.where(logged, np.exp(np.where(logged, theta, 0.0)), theta)
    return np.where(logged, natural, 1.0), natural


def in_equations(notes: tuple[Note, ...], setup: Setup) -> tuple[Note, ...]:
    """Findings about columns as findings about their coefficients in every equation."""
    return tuple(
        replace(note, coefs=tuple(
            parameter.name for parameter in setup.parameters if parameter.column in note.coefs
        ))
        for note in notes
    )  # fmt: skip


def _check_separation(setup: Setup, name: str) -> None:
    if setup.bounds is None:
        return
    every = np.ones(len(setup.bounds), dtype=bool)
    found = direction(setup.bounds, every, ~every)
    if found is None:
        return
    moved = [
        parameter.name
        for parameter, size in zip(setup.parameters, np.abs(found), strict=True)
        if size > 1e-6 * np.abs(found).max() and parameter.spread > 0
    ]
    said = say("separation_ordered", names=named_coefs(moved), outcome=named_column(name))
    raise unfit(said, ("formula",), help="leave the term out, or join levels")


def examined(setup: Setup, estimate: np.ndarray, se: np.ndarray) -> tuple[Note, ...]:
    """Estimates (p,) that are extreme, and standard errors (p,) that are none."""
    names = [parameter.name for parameter in setup.parameters]
    spread = np.array([parameter.spread for parameter in setup.parameters])
    notes: tuple[Note, ...] = ()
    for link, what in RATIOS.items():
        own = np.array([parameter.link == link for parameter in setup.parameters])
        notes += after.extreme(names, np.where(own, estimate, np.nan), spread, what)
    return notes + after.errors(names, se, spread, 1.0)
