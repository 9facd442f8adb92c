"""What a multilevel generalised linear model says beside its coefficients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from reportgen.models.base import finite_stats

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.effects.glmm_optimum import Optimum
    from reportgen.models.multilevel.glmm import Fit

LATENT_VARIANCE = {"logit": math.pi**2 / 3, "probit": 1.0, "cloglog": math.pi**2 / 6}
"""The variance of the latent variable that a yes/no outcome cuts, given the linear predictor."""
UPPER_QUARTILE = 0.6744897501960817


def estimates(options: Any, optimum: Optimum) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients (p,) and their covariance (p, p), cluster-specific or averaged."""
    from reportgen.models.engines.effects.marginal import averaged

    assert optimum.covariance is not None
    p = len(optimum.beta)
    if options.target == "cluster":
        return optimum.beta, optimum.covariance[:p, :p]
    return averaged(optimum)


def statistics(fit: Fit) -> dict[str, float | None]:
    """The likelihood and its criteria, the dispersion, the median ratio and R²."""
    optimum = fit.optimum
    parameters, llf = len(optimum.phi), optimum.llf
    stats: dict[str, float | None] = {
        "llf": llf,
        "aic": 2 * parameters - 2 * llf,
        "bic": math.log(fit.design.n) * parameters - 2 * llf,
        "parameters": parameters,
    }
    if not fit.solved.rows.all():
        # Under separation the likelihood has a least upper bound and no maximum.
        stats = {"llf": llf}
    if optimum.likelihood.dispersed:
        stats |= {"alpha": optimum.alpha, "alpha_se": optimum.alpha_error()}
    return finite_stats(stats | _median_ratio(fit) | _shares(fit))


def latent_icc(fit: Fit) -> float | None:
    """σ² / (σ² + the residual variance of the latent variable) of a yes/no outcome (Snijders and
    Bosker 2012, p. 305), for a model whose only effect is an intercept.
    """
    residual = LATENT_VARIANCE.get(fit.optimum.likelihood.data.link)
    if residual is None or not _intercept_alone(fit):
        return None
    variance = float(fit.optimum.psi[0, 0])
    return variance / (variance + residual)


def _median_ratio(fit: Fit) -> dict[str, float]:
    """exp(√(2σ²) Φ⁻¹(¾)): the median ratio of the odds (the rates) of two random clusters, the
    higher over the lower (Larsen and Merlo 2005, Am J Epidemiol 161, 81–88).
    """
    names = {"logit": "median_odds_ratio", "log": "median_rate_ratio"}
    name = names.get(fit.optimum.likelihood.data.link)
    if name is None or not _intercept_alone(fit):
        return {}
    return {name: math.exp(math.sqrt(2 * float(fit.optimum.psi[0, 0])) * UPPER_QUARTILE)}


def _shares(fit: Fit) -> dict[str, float]:
    """Marginal and conditional R² of a yes/no outcome on the latent scale (Nakagawa, Johnson and
    Schielzeth 2017, J R Soc Interface 14, 20170213): the share of variance of the fixed effects,
    and of fixed and random effects.
    """
    import numpy as np

    optimum, design = fit.optimum, fit.design
    residual = LATENT_VARIANCE.get(optimum.likelihood.data.link)
    if residual is None:
        return {}
    if not fit.solved.rows.all():
        return {}
    Z = fit.solved.part.Z
    fixed = float(np.var(design.X[:, fit.solved.columns] @ optimum.beta, ddof=1))
    random = float(np.mean(np.sum((Z @ optimum.psi) * Z, axis=1)))
    total = fixed + random + residual
    return {"r2_marginal": fixed / total, "r2_conditional": (fixed + random) / total}


def _intercept_alone(fit: Fit) -> bool:
    part = fit.solved.part
    return len(part.columns) == 1 and bool((part.Z == 1).all())
