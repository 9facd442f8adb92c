"""What weakens a multilevel generalised linear model, judged without units. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note
from reportgen.models.engines.effects.glmm import Likelihood
from reportgen.models.engines.effects.glmm_optimum import Optimum
from reportgen.models.engines.sandwich import deleted
from reportgen.models.health.boundary import degenerate
from reportgen.models.health.codes import finding
from reportgen.models.health.dispersion import excess
from reportgen.models.health.influence import influential
from reportgen.models.health.solution import not_converged
from reportgen.models.multilevel.effects import RandomPart, components_of, pairs_of

LARGEST_RISE = 1e-6
FEWEST_CLUSTERS = 10
SHIFT = 0.1
FINER = {1: 31, 2: 15, 3: 9}
COARSE, SURE = (5, 9), 5.0
MOST_WORK = 20_000_000


def check_converged(optimum: Optimum, notes: tuple[Note, ...]) -> None:
    """FitError where the likelihood could still rise, or is flat in some direction; `notes` are
    what was found before.
    """
    reached = np.isfinite(optimum.llf) and optimum.covariance is not None
    if not reached and any(note.code == "ill-conditioned" for note in notes):
        raise not_converged(0, notes)
    if np.isfinite(optimum.llf) and optimum.covariance is None:
        raise unfit(
            say("not-identified_flat"), ("formula",),
            help="look for random effects that the data cannot tell apart",
        )  # fmt: skip
    if not np.isfinite(optimum.llf) or optimum.left > LARGEST_RISE:
        raise unfit(
            say("not-converged_score"), ("formula",),
            help="look for separated or nearly collinear predictors, or begin with `start`",
        )  # fmt: skip


def notes_on(options: Any, part: RandomPart, optimum: Optimum, outcome: str) -> tuple[Note, ...]:
    """No random intercept, few clusters, a fit on its boundary, a coarse approximation, counts
    without dispersion, or with more than Poisson counts have.
    """
    return (
        *_random_intercept(options, part),
        *_few_clusters(optimum.likelihood.G),
        *_boundary(part, optimum),
        *_approximation(optimum),
        *_dispersion(options, optimum, outcome),
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
    return (finding(say("no-random-intercept")),)


def _few_clusters(clusters: int) -> tuple[Note, ...]:
    if clusters >= FEWEST_CLUSTERS:
        return ()
    said = say("few-levels_likelihood", clusters=clusters, least=FEWEST_CLUSTERS)
    return (finding(said),)


def _boundary(part: RandomPart, optimum: Optimum) -> tuple[Note, ...]:
    """Which variances are zero and which correlations ±1."""
    if not optimum.singular:
        return ()
    variances = components_of(part, optimum.psi, None)
    zero = [name for name, component in variances.items() if component.var == 0]
    found = degenerate(zero, pairs_of(part, optimum.psi)[1])
    return (finding(say("boundary", found=found)),)


def _approximation(optimum: Optimum) -> tuple[Note, ...]:
    """How far finer quadrature would move the estimates: one Newton step from where they are."""
    own = optimum.likelihood
    nodes = FINER.get(own.q, 0)
    if optimum.covariance is None or len(own.y) * nodes**own.q > MOST_WORK or nodes <= own.nodes:
        return ()
    if own.q == 1 and own.nodes < COARSE[0] and _clearly_small(optimum):
        return ()
    shift = float(_shifts(optimum, nodes).max())
    if not shift > SHIFT:
        return ()
    if own.nodes == 1:
        return (finding(say("approximation_laplace", shift=shift)),)
    return (finding(say("approximation", nodes=own.nodes, shift=shift)),)


def _clearly_small(optimum: Optimum) -> bool:
    """Whether a few nodes tell that more will find no shift worth saying: what they are wrong by
    falls geometrically with their number.
    """
    few = _shifts(optimum, COARSE[0])
    if not few.max() < 2 * SHIFT:
        return False
    more = _shifts(optimum, COARSE[1])
    return bool(np.max(more + SURE * np.abs(more - few)) < SHIFT)


def _shifts(optimum: Optimum, nodes: int) -> np.ndarray:
    """How far estimates would move, in standard errors (k,), by quadrature with so many nodes."""
    own = optimum.likelihood
    fine = Likelihood(own.data, own.structure, nodes)
    fine.modes = own.modes
    assert optimum.covariance is not None
    spread = optimum.covariance[np.ix_(optimum.free, optimum.free)]
    shift = spread @ fine.slope(optimum.phi)[optimum.free]
    return np.asarray(np.abs(shift) / np.sqrt(np.diag(spread)))


def _dispersion(options: Any, optimum: Optimum, outcome: str) -> tuple[Note, ...]:
    """Counts that vary as Poisson counts, or, given the random effects, more."""
    if options.family == "negative_binomial" and optimum.alpha == 0:
        return (finding(say("no-overdispersion_poisson")),)
    if options.family != "poisson":
        return ()
    own = optimum.likelihood
    at = own.at(optimum.phi)
    ratio = excess(own.y, at.own.mean(at.eta), len(own.y) - len(optimum.phi))
    if ratio is None:
        return ()
    named = named_column(outcome)
    said = say("overdispersion_effects", outcome=named, ratio=ratio, factor=ratio**0.5)
    return (finding(said),)
