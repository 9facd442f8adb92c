"""What weakens a multilevel generalised linear model, judged without units. Heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.errors import FitError, Problem
from reportgen.core.types import Note
from reportgen.models.effects import RandomPart, components_of, pairs_of
from reportgen.models.engines.glmm import Data, Likelihood
from reportgen.models.engines.glmm_optimum import Optimum
from reportgen.models.engines.separation import direction

if TYPE_CHECKING:
    from reportgen.models.design import Design

FAR_PREDICTOR = 12.0
LARGEST_RISE = 1e-6
FEWEST_CLUSTERS = 10
SHIFT = 0.1
FINER = {1: 31, 2: 15, 3: 9}
MOST_WORK = 20_000_000


def check_separation(design: Design, data: Data, beta: np.ndarray) -> None:
    """FitError where the predictors separate the outcome, and so estimates have no end.

    Only where the model without random effects already goes far is the linear programme solved.
    """
    binomial = data.family == "binomial"
    eta = data.X @ beta + (0.0 if data.offset is None else data.offset)
    if not (np.abs(eta) if binomial else -eta).max() > FAR_PREDICTOR:
        return
    high = data.y == 1 if binomial else np.zeros(len(eta), dtype=bool)
    found = direction(data.X, high, data.y == 0)
    if found is None:
        return
    moved = [
        f"`{name}`"
        for name, size in zip(design.names, np.abs(found), strict=True)
        if size > 1e-6 and name != "Intercept"
    ]
    names = ", ".join(moved[:5]) + (" …" if len(moved) > 5 else "") or "`Intercept`"
    outcome = "events and non-events" if binomial else "zeros and other counts"
    raise FitError(Problem(
        "separation", f"{names} separate {outcome} in some rows perfectly, so their coefficients "
        "have no finite estimate and no number of the fit is shown", ("formula",),
        help="leave the term out, or join the levels of which all or none have the event",
    ))  # fmt: skip


def check_converged(optimum: Optimum) -> None:
    """FitError where the likelihood could still rise, or is flat in some direction."""
    if np.isfinite(optimum.llf) and optimum.covariance is None:
        raise FitError(Problem(
            "not-identified", "the likelihood is flat or not curved downwards at its highest "
            "point, so the estimates are not unique and none is shown", ("formula",),
            help="look for random effects that the data cannot tell apart",
        ))  # fmt: skip
    if not np.isfinite(optimum.llf) or optimum.left > LARGEST_RISE:
        raise FitError(Problem(
            "not-converged", "the likelihood's highest point was not reached (by its score, which "
            "must be zero there), so no number of the fit is shown", ("formula",),
            help="look for separated or nearly collinear predictors, or begin with `start`",
        ))  # fmt: skip


def notes_on(options: Any, part: RandomPart, optimum: Optimum) -> tuple[Note, ...]:
    """Few clusters, a fit on its boundary, a coarse approximation, counts without dispersion."""
    return (
        *_few_clusters(optimum.likelihood.G),
        *_boundary(part, optimum),
        *_approximation(optimum),
        *_dispersion(options, optimum),
    )


def _few_clusters(clusters: int) -> tuple[Note, ...]:
    if clusters >= FEWEST_CLUSTERS:
        return ()
    return (Note(
        "warning", "few-clusters",
        f"with {clusters} clusters, fewer than {FEWEST_CLUSTERS}, maximum likelihood estimates the "
        "variance between clusters too small, and with it the standard errors of what differs "
        "between them",
    ),)  # fmt: skip


def _boundary(part: RandomPart, optimum: Optimum) -> tuple[Note, ...]:
    """Which variances are zero and which correlations ±1."""
    if not optimum.singular:
        return ()
    variances = components_of(part, optimum.psi, None)
    found = [
        f"the variance of `{name}` is estimated as zero"
        for name, component in variances.items()
        if component.var == 0
    ]
    found += [
        f"the correlation of `{pair.replace(',', '` and `')}` is estimated as {value:+.0f}"
        for pair, value in pairs_of(part, optimum.psi)[1].items()
        if value is not None and abs(value) > 1 - 1e-4
    ]
    what = "; ".join(found) or "the random effects determine each other"
    return (Note(
        "warning", "boundary",
        f"the fit is singular: {what}. It lies on the boundary of what is possible, where "
        "variances have no standard error",
    ),)  # fmt: skip


def _approximation(optimum: Optimum) -> tuple[Note, ...]:
    """How far finer quadrature would move the estimates: one Newton step from where they are."""
    own = optimum.likelihood
    nodes = FINER.get(own.q, 0)
    if optimum.covariance is None or len(own.y) * nodes**own.q > MOST_WORK or nodes <= own.nodes:
        return ()
    fine = Likelihood(own.data, own.structure, nodes)
    fine.modes = own.modes
    slope = fine(optimum.phi)[1][optimum.free]
    spread = optimum.covariance[np.ix_(optimum.free, optimum.free)]
    shift = np.abs(spread @ slope) / np.sqrt(np.diag(spread))
    if not shift.max() > SHIFT:
        return ()
    told = "Laplace's approximation" if own.nodes == 1 else f"quadrature with {own.nodes} nodes"
    help_ = "`method: agq`" if own.nodes == 1 else "more `nodes`"
    return (Note(
        "warning", "approximation",
        f"{told} is coarse here: with finer quadrature the estimates would move by about "
        f"{shift.max():.1f} standard errors. Ask for {help_}",
    ),)  # fmt: skip


def _dispersion(options: Any, optimum: Optimum) -> tuple[Note, ...]:
    if options.family != "negative_binomial":
        return ()
    if optimum.alpha == 0:
        return (Note(
            "warning", "no-overdispersion",
            "the counts vary no more than Poisson counts would: the dispersion is estimated as "
            "zero, its boundary, and the model is the Poisson model",
        ),)  # fmt: skip
    return ()
