"""Outcomes of several levels read off their predictors: a probability for each level."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.models.engines.regressions.categories import LATENT
from reportgen.models.formulas.design import levels_of
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.readings import CONSTANT, NO_LEVEL, Predictor, Reading, linear


def multinomial(fitted: Fitted, link: Any) -> Reading:
    """exp(ηⱼ) / Σ exp(ηₖ), η of the reference being 0, for the levels as they are displayed."""
    log_odds = odds(fitted)
    base = next(iter(fitted.result.equations.values())).reference
    order = [str(base), *log_odds.levels]
    shown = _displayed(fitted, order)
    places = [order.index(level) for level in shown]

    def shares(eta: np.ndarray) -> np.ndarray:
        whole = np.column_stack([np.zeros(len(eta)), eta])
        sizes = np.exp(whole - whole.max(axis=1, keepdims=True))
        return np.asarray(sizes / sizes.sum(axis=1, keepdims=True))

    def slopes(eta: np.ndarray) -> np.ndarray:
        """∂pⱼ/∂ηₖ = pⱼ (δⱼₖ - pₖ)."""
        p = shares(eta)
        whole = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])
        return np.asarray(whole[:, places, 1:])

    return Reading(shown, log_odds.predictors, lambda eta: shares(eta)[:, places], slopes, link)


def odds(fitted: Fitted) -> Reading:
    """The log odds of each level but the reference, against it."""
    equations = fitted.result.equations.values()
    return linear(
        tuple(str(each.level) for each in equations),
        tuple(
            Predictor(fitted.formula, fitted.places(fitted.formula, each.prefix))
            for each in equations
        ),
    )


def _displayed(fitted: Fitted, levels: list[str]) -> tuple[str, ...]:
    """The levels of the outcome in their order of display."""
    outcome = fitted.formula.outcome
    if outcome is None or not outcome.columns:
        return tuple(levels)
    name = outcome.columns[0]
    known = levels_of(fitted.rows[name], fitted.frame.facts.variables.get(name))
    return tuple(sorted(levels, key=known.index)) if set(levels) <= set(known) else tuple(levels)


def ordered(fitted: Fitted, link: Any) -> Reading:
    """F(τⱼ - η) - F(τⱼ₋₁ - η): what lies between the two thresholds of a level."""
    thresholds = next(term for term in fitted.result.terms if term.kind == "threshold")
    assert fitted.result.method is not None
    latent = LATENT[fitted.result.method.link]
    main = Predictor(fitted.formula, fitted.places(fitted.formula, origin=True))
    cuts = tuple(Predictor(CONSTANT, fitted.at((name,))) for name in thresholds.coefs)

    def shares(eta: np.ndarray) -> np.ndarray:
        below = latent.cdf(eta[:, 1:] - eta[:, :1])
        return np.diff(below, axis=1, prepend=0.0, append=1.0)

    def slopes(eta: np.ndarray) -> np.ndarray:
        density = latent.density(eta[:, 1:] - eta[:, :1])
        n, size = density.shape
        found, each = np.zeros((n, size + 1, size + 1)), np.arange(size)
        found[:, each, each + 1] = density
        found[:, each + 1, each + 1] = -density
        found[:, :, 0] = -found[:, :, 1:].sum(axis=2)
        return found

    levels = (*thresholds.levels, str(thresholds.reference))
    return Reading(levels, (main, *cuts), shares, slopes, link)


def latent(fitted: Fitted) -> Reading:
    """The predictor behind an ordered outcome, whose origin is nowhere: differences alone."""
    return linear(NO_LEVEL, (Predictor(fitted.formula, fitted.places(fitted.formula)),))
