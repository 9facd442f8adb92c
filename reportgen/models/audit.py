"""A solution held against statsmodels' own likelihood and score. Heavy: imported where rows are.

Nothing is fitted: statsmodels evaluates its functions at the numbers that a Result shows. Each
audit gives `audit_llf`, its log-likelihood, and `audit_score`, the largest element of its score:
per standard error of a coefficient, and per hundred per cent of a variance. Estimating equations
have no likelihood: their score is the next step, in standard errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.errors import FitError
from reportgen.models.regression import families
from reportgen.models.regression.glm import arrays

if TYPE_CHECKING:
    from reportgen.models.marginal import gee
    from reportgen.models.multilevel import mixedlm
    from reportgen.models.regression import glm, ols

INSIDE = 1e-9
"""How far from the boundary statsmodels is asked instead, as a share of the variances."""

Audit = dict[str, float | None]


def audit(fit: Any) -> Audit:
    """The audit of a live fit; empty for one that statsmodels has no functions for."""
    kinds: dict[str, Callable[[Any], Audit]] = {
        "ols": of_ols,
        "gee": of_gee,
        "mixedlm": of_mixedlm,
        "glm": of_glm,
    }
    name = type(fit).__module__.rpartition(".")[2]
    if name not in kinds:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about steps nobody takes: the score is what is asked
        return kinds[name](fit)


def of_gee(fit: gee.Fit) -> Audit:
    """Statsmodels' estimating equations at the estimates and the association of a fit."""
    from reportgen.models.marginal.gee_statsmodels import model_of

    equations, solution = fit.estimate.equations, fit.estimate.solution
    try:
        model = model_of(equations, families.statsmodels_of(fit.options))
    except FitError:
        return {}  # its equations are others
    rho = np.asarray(solution.association)
    model.cov_struct.initialize(model)
    model.cov_struct.dep_params = float(rho[0]) if rho.size == 1 else rho
    model.update_cached_means(solution.beta)
    step = np.asarray(model._update_mean_params()[0])
    return {"audit_score": float(np.max(np.abs(step) / np.sqrt(np.diag(solution.naive))))}


def of_mixedlm(fit: mixedlm.Fit) -> Audit:
    """Statsmodels' (restricted) likelihood at the covariance of a fit."""
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    from reportgen.models.multilevel.mixedlm_statsmodels import model_of

    point, k = fit.point, fit.random.correlated
    model = model_of(fit.design, fit.random, fit.clusters.codes if fit.clusters else None)
    model.reml, model.fe_pen, model.cov_pen, model._cov_sing = fit.options.reml, None, None, 0
    psi = point.covariance / point.scale
    if point.singular:  # it inverts Ψ, and cannot stand on the boundary itself
        psi = psi + INSIDE * max(float(np.trace(psi)), 1.0) * np.eye(len(psi))
    params = MixedLMParams.from_components(point.beta, cov_re=psi[:k, :k], vcomp=np.diag(psi)[k:])
    found: Audit = {"audit_llf": float(model.loglike(params, profile_fe=False))}
    if not point.singular:
        fixed, random, component = model.score_full(params, calc_fe=True)
        lower = psi[:k, :k][np.tril_indices(k)]
        score = [fixed * np.sqrt(np.diag(point.C * point.scale)), random * lower,
                 component * np.diag(psi)[k:]]  # fmt: skip
        found["audit_score"] = float(np.max(np.abs(np.concatenate(score))))
    return found


def of_ols(fit: ols.Fit) -> Audit:
    """Statsmodels' likelihood of least squares at the coefficients of an unweighted fit."""
    from statsmodels.regression.linear_model import OLS

    design, b = fit.design, np.asarray(fit.b)
    if fit.kind != "ols" or not np.isfinite(b).all():
        return {}
    model = OLS(design.y, design.X)
    errors = np.sqrt(np.diag(np.asarray(fit.covariance)))
    score = np.asarray(model.score(b))
    return {
        "audit_llf": float(model.loglike(b)), "audit_score": float(np.max(np.abs(score * errors)))
    }  # fmt: skip


def of_glm(fit: glm.Fit) -> Audit:
    """Statsmodels' likelihood at the coefficients of a fit that set no row or column aside."""
    from statsmodels.genmod.generalized_linear_model import GLM

    design, options, b = fit.design, fit.options, np.asarray(fit.b)
    if len(fit.solution.eta) < design.n or not np.isfinite(b).all():
        return {}
    family = families.statsmodels_of(options)
    model = GLM(design.y, design.X, family=family, **arrays(options, design))
    scale = fit.solution.scale
    errors = np.sqrt(np.diag(fit.solution.unscaled) * scale)
    mean = fit.mean
    if options.family == "gaussian":
        scale = float(np.mean((design.y - mean) ** 2))
    return {
        "audit_llf": float(model.loglike(b, scale=scale)),
        "audit_score": float(np.max(np.abs(np.asarray(model.score(b, scale=scale)) * errors))),
    }
