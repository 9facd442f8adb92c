"""What the likelihoods of counts share: their outcome, offset, start and equations. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Equation, Note, Term
from reportgen.models.engines.regressions import counts, predictors
from reportgen.models.engines.regressions.predictors import Likelihood, Peak
from reportgen.models.findings import check_rank
from reportgen.models.formulas.design import Design
from reportgen.models.health import outcome
from reportgen.models.health import solution as after
from reportgen.models.health.codes import finding
from reportgen.models.likelihoods.likelihood import Parameter
from reportgen.models.regression import families
from reportgen.models.regression.glm import arrays

COUNT = Equation("count", scale="rate_ratio")
DISPERSION = Equation("dispersion")
ALPHA = Term("alpha", (), ("alpha",), "dispersion", equation="dispersion")


def check(design: Design, name: str) -> None:
    """DataError where the outcome is no count."""
    families.check_outcome("poisson", design.y, name)
    outcome.whole(design, strict=True)


def offset_of(options: Any, design: Design) -> np.ndarray:
    """Offset and the logarithm of exposure, added: (n,)."""
    given = arrays(options, design)
    offset = given.get("offset", np.zeros(design.n))
    total: np.ndarray = offset + np.log(given.get("exposure", np.ones(design.n)))
    return total


def poisson_peak(design: Design, offset: np.ndarray, X: np.ndarray) -> Peak:
    """The Poisson regression that the others begin at. FitError where it has no maximum, as where
    a level has zeros alone.
    """
    start = np.zeros(X.shape[1])
    constant = np.all(X == 1, axis=0)
    start[constant] = np.log(design.y.mean() / np.exp(offset).mean())
    lengths = np.sqrt(np.mean(X**2, axis=0))
    target = Likelihood(counts.poisson(design.y), [X / lengths], offset[:, None])
    found = predictors.peak(target, start * lengths)
    if not found.settled and (near := check_rank(design)):
        raise after.not_converged(predictors.ITERATIONS, near)
    levels = tuple(outcome.one_sided_levels(design, counts=True))
    far = found.eta.min() < np.log(1e-9 * design.y.mean())
    if not found.settled and not far and not levels:
        raise after.not_converged(predictors.ITERATIONS)
    if not found.settled or far:
        said = say("separation_counts", levels=levels) if levels else say("separation_zeros")
        help = "leave the term out, or join the level with another"
        raise unfit(said, ("formula",), help=help)
    return replace(found, theta=found.theta / lengths)


def moment_alpha(design: Design, mean: np.ndarray) -> float:
    """α by moments: Σ((y - μ)² - y) / Σμ² (Cameron and Trivedi 2013, §3.3), at least 1e-3."""
    excess = float(((design.y - mean) ** 2 - design.y).sum())
    return max(excess / float((mean**2).sum()), 1e-3)


def overdispersed(design: Design, mean: np.ndarray) -> bool:
    """Whether the likelihood rises as α leaves 0: Σ((y - μ)² - y) > 0 (Dean 1992)."""
    return float(((design.y - mean) ** 2 - design.y).sum()) > 0


def not_overdispersed() -> tuple[Note, ...]:
    """The finding of a dispersion of 0."""
    return (finding(say("no-overdispersion")),)


def parameters(names: Sequence[str], X: np.ndarray, link: str, prefix: str = "") -> list[Parameter]:
    """The coefficients of one linear predictor."""
    spread = X.std(axis=0)
    return [
        Parameter(prefix + name, name, float(own), link)
        for name, own in zip(names, spread, strict=True)
    ]


def in_equation(terms: Sequence[Term], key: str, prefix: str) -> list[Term]:
    """The terms of a design as those of an equation whose coefficients have a prefix."""
    return [
        replace(
            term,
            name=prefix + term.name,
            coefs=tuple(prefix + coef for coef in term.coefs),
            levels={level: prefix + coef for level, coef in term.levels.items()},
            equation=key,
        )
        for term in terms
    ]  # fmt: skip
