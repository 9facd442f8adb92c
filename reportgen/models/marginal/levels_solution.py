"""Estimating equations of an outcome of levels: solved and examined. Heavy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from reportgen.core.types import Note, Result
from reportgen.models.engines.equations import joint
from reportgen.models.engines.equations.estimating import Solution
from reportgen.models.engines.equations.levels import LevelEquations
from reportgen.models.formulas.design import Design
from reportgen.models.health import solution as after
from reportgen.models.health.influence import influential
from reportgen.models.likelihoods.solution import examined, highest, in_equations
from reportgen.models.marginal import clusters, gee_findings
from reportgen.models.marginal.clusters import Ordered
from reportgen.models.marginal.gee_solution import CONVERGED
from reportgen.models.marginal.levels_gee import Fit, Outcome


def solved(options: Any, design: Design, outcome: Outcome, start: Result | None) -> Fit:
    """The solution, begun at the most likely estimates of independent rows. FitError for none."""
    setup = outcome.setup
    peak, notes = highest(design, setup, start)
    found = clusters.in_order(options.groups, design)
    codes = found.sorted(outcome.codes)
    equations = LevelEquations(
        codes, [found.sorted(each) for each in outcome.designs], outcome.shares,
        _joint(options, found, codes), peak.theta,
    )  # fmt: skip
    try:
        solution = equations.solve()
    except np.linalg.LinAlgError as error:
        raise after.not_converged(0) from error
    if not solution.step < CONVERGED:
        raise after.not_converged(solution.iterations)
    notes += in_equations(tuple(_of_clusters(options, design, outcome, found)), setup)
    notes += tuple(_of_association(options, found, solution))
    names = [parameter.name for parameter in setup.parameters]
    robust = np.sqrt(np.diag(solution.robust))
    notes += influential(solution.left_out, robust, names, found.labels)
    errors = np.sqrt(np.diag(getattr(solution, options.cov_type)))
    notes += examined(setup, solution.beta, errors)
    return Fit(options, design, outcome, equations, solution, notes)


def _joint(options: Any, found: Ordered, codes: np.ndarray) -> joint.Joint:
    units = found.structure.units
    if options.cov_struct == "exchangeable":
        return joint.Alike(units)
    if options.cov_struct == "global_odds_ratio":
        return joint.GlobalOddsRatio(units, codes)
    return joint.Apart(units)


def _of_clusters(options: Any, design: Design, outcome: Outcome, found: Ordered) -> Iterable[Note]:
    return gee_findings.of_clusters(options, design, found, len(outcome.setup.parameters))


def _of_association(options: Any, found: Ordered, solution: Solution) -> Iterable[Note]:
    """Members of one cluster that are less alike than others."""
    if options.cov_struct == "exchangeable":
        yield from gee_findings.of_exchangeable(
            found.structure.units, float(solution.association[0])
        )
    elif options.cov_struct == "global_odds_ratio" and solution.association[0] < 0:
        yield gee_findings.less_alike()
