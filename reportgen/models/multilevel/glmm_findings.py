"""What weakens a multilevel generalised linear model, judged without units. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reportgen.core.errors import FitError, Problem
from reportgen.core.types import Note
from reportgen.models.engines.glmm import Likelihood
from reportgen.models.engines.glmm_optimum import Optimum
from reportgen.models.engines.sandwich import deleted
from reportgen.models.health.codes import finding
from reportgen.models.health.influence import influential
from reportgen.models.health.solution import not_converged
from reportgen.models.multilevel.effects import RandomPart, components_of, pairs_of

LARGEST_RISE = 1e-6
FEWEST_CLUSTERS = 10
SHIFT = 0.1
FINER = {1: 31, 2: 15, 3: 9}
MOST_WORK = 20_000_000


def check_converged(optimum: Optimum, notes: tuple[Note, ...]) -> None:
    """FitError where the likelihood could still rise, or is flat in some direction; `notes` are
    what was found before.
    """
    reached = np.isfinite(optimum.llf) and optimum.covariance is not None
    if not reached and any(note.code == "ill-conditioned" for note in notes):
        raise not_converged(0, notes)
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
    """No random intercept, few clusters, a fit on its boundary, a coarse approximation, counts
    without dispersion.
    """
    return (
        *_random_intercept(options, part),
        *_few_clusters(optimum.likelihood.G),
        *_boundary(part, optimum),
        *_approximation(optimum),
        *_dispersion(options, optimum),
    )


def influence(optimum: Optimum, names: Sequence[str], labels: Sequence[str]) -> tuple[Note, ...]:
    """Clusters that move a coefficient by more than its standard error: one step, variances as
    they are.
    """
    assert optimum.covariance is not None
    scores, information = optimum.likelihood.by_cluster(optimum.phi)
    with np.errstate(invalid="ignore"):
        se = np.sqrt(np.diag(optimum.covariance)[: len(names)])
    return influential(deleted(scores, information), se, names, labels)


def _random_intercept(options: Any, part: RandomPart) -> tuple[Note, ...]:
    """Variance components alone bring no random intercept, though they look as if they did."""
    if not options.vc_formula or (part.Z == 1).all(axis=0).any():
        return ()
    return (finding(
        "no-random-intercept",
        "the model has no random intercept: `vc_formula` alone gives none; independent intercepts "
        'and slopes need `re_formula: "1"` beside it',
    ),)  # fmt: skip


def _few_clusters(clusters: int) -> tuple[Note, ...]:
    if clusters >= FEWEST_CLUSTERS:
        return ()
    return (finding(
        "few-levels",
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
    return (finding(
        "boundary",
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
    return (finding(
        "approximation",
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
