"""What can be wrong with generalised estimating equations that look clean. Heavy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from reportgen.core.types import Note
from reportgen.models.engines import working
from reportgen.models.engines.estimating import Solution
from reportgen.models.engines.units import Units
from reportgen.models.formulas.design import Design
from reportgen.models.health import clusters
from reportgen.models.health.codes import finding
from reportgen.models.health.influence import influential
from reportgen.models.health.solution import fitted_extremes
from reportgen.models.marginal.clusters import Ordered

CORRECTION = "`cov_type: bias_reduced` corrects them (Mancl and DeRouen 2001)"
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
        yield from clusters.few_clusters(many, p, CORRECTION)
    elif options.cov_type == "bias_reduced" and many < VERY_FEW:
        text = f"{many:,} clusters are few even for bias-reduced standard errors"
        yield finding("few-clusters", text)
    yield from clusters.single_members(found.codes)
    yield from clusters.one_cluster_levels(design.blocks, found.codes, design.names, robust=robust)
    if _begin_again(found.codes):
        yield finding(
            "ids-repeat",
            f"in the order of the data the values of `{options.groups}` begin again from the "
            "first: if they mean other clusters then, make one id of them and what they lie in "
            "(`combine`)",
        )


def of_correlation(options: Any, found: Ordered, association: np.ndarray) -> Iterable[Note]:
    """A correlation below zero; one that cannot be; how an autoregressive one was estimated."""
    structure, negative = found.structure, bool(np.any(association < 0))
    if isinstance(structure, working.Exchangeable):
        yield from of_exchangeable(structure.units, float(association[0]))
    elif isinstance(structure, working.Autoregressive):
        if negative:
            yield less_alike()
        if not structure.regular:
            yield finding(
                "irregular-times",
                f"`{options.time}` has gaps: the autoregressive correlation is estimated from all "
                "pairs of rows by their distance in time (Rosner and Muñoz 1988)",
            )  # fmt: skip
    elif isinstance(structure, (working.Stationary, working.Unstructured)) and structure.impossible(
        association
    ):
        yield finding(
                "correlation-projected",
            "the estimated working correlations are no correlation matrix; the nearest one is "
            "used, and robust standard errors do not depend on it",
        )  # fmt: skip


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
        yield less_alike(
            f"clusters of {largest:,} cannot all have one so low" if impossible else ""
        )


def less_alike(more: str = "") -> Note:
    """The finding of a negative association."""
    text = (
        "the working correlation is negative: members of one cluster are less alike than members "
        "of different ones"
    )
    if more:
        text += f"; {more}, but robust standard errors do not depend on it"
    return finding("negative-correlation", text)


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
