"""What can be wrong with generalised estimating equations that look clean. Heavy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note
from reportgen.models.engines.equations import working
from reportgen.models.engines.equations.estimating import Solution
from reportgen.models.engines.equations.units import Units
from reportgen.models.formulas.design import Design
from reportgen.models.health import clusters
from reportgen.models.health.codes import finding
from reportgen.models.health.influence import influential
from reportgen.models.health.solution import fitted_extremes
from reportgen.models.known import once
from reportgen.models.marginal.clusters import Ordered

VERY_FEW = 10


def of_clusters(options: Any, design: Design, found: Ordered, p: int) -> Iterable[Note]:
    """What the clusters give away: few of them (for p coefficients), clusters of one row, ids
    that begin again.
    """
    many = len(found.structure.units)
    robust = options.cov_type != "naive"
    if robust and many <= p:
        yield from clusters.few_clusters(many, p)
    elif options.cov_type == "robust" and design.formula.terms:
        # An intercept alone is fitted for its correlation, not for its standard error.
        yield from clusters.few_clusters(many, p, reducible=True)
    elif options.cov_type == "bias_reduced" and many < VERY_FEW:
        yield finding(say("few-clusters_reduced", clusters=many))
    single = ("single members", options.groups)
    yield from once(design.rows, single, lambda: clusters.single_members(found.codes))
    yield from clusters.one_cluster_levels(design.blocks, found.codes, design.names, robust=robust)
    if once(design.rows, ("begin again", options.groups), lambda: _begin_again(found.codes)):
        yield finding(say("ids-repeat", groups=named_column(options.groups)))


def of_correlation(options: Any, found: Ordered, association: np.ndarray) -> Iterable[Note]:
    """A correlation below zero; one that cannot be; how an autoregressive one was estimated."""
    structure, negative = found.structure, bool(np.any(association < 0))
    if isinstance(structure, working.Exchangeable):
        yield from of_exchangeable(structure.units, float(association[0]))
    elif isinstance(structure, working.Autoregressive):
        if negative:
            yield less_alike()
        if not structure.regular:
            yield finding(say("irregular-times", time=named_column(options.time)))
    elif isinstance(structure, (working.Stationary, working.Unstructured)) and structure.impossible(
        association
    ):
        yield finding(say("correlation-projected"))


def of_solution(options: Any, design: Design, found: Ordered, solution: Solution) -> Iterable[Note]:
    """Clusters that move an estimate; fitted probabilities of 0 or 1."""
    errors = np.sqrt(np.diag(solution.robust))
    yield from influential(solution.left_out, errors, design.names, found.labels)
    if options.family == "binomial":
        yield from fitted_extremes(design.blocks.dot(solution.beta))


def of_exchangeable(units: Units, rho: float) -> Iterable[Note]:
    """One correlation below zero, or lower than clusters of some size can have."""
    if rho < 0:
        largest = int(units.sizes.max())
        impossible = rho < -1 / (largest - 1)
        yield (
            finding(say("negative-correlation_impossible", size=largest))
            if impossible
            else less_alike()
        )


def less_alike() -> Note:
    """The finding of a negative association."""
    return finding(say("negative-correlation"))


def _begin_again(codes: np.ndarray) -> bool:
    """Whether the ids come in runs of rows, and after the last of them from the first again.

    Runs of single rows are visits of the same people, not clusters that begin again.
    """
    begins = np.append(True, codes[1:] != codes[:-1])
    if begins.sum() > len(codes) / 2:
        return False
    runs = codes[begins]
    stretches = np.split(runs, np.flatnonzero(runs == runs[0])[1:])
    if len(stretches) == 1:
        return False
    return all(1 < len(each) == len(np.unique(each)) for each in stretches)
