"""What is wrong with a posterior of statsmodels, which itself says little of it. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reportgen.core.saying import unfit
from reportgen.core.sentences import named_coefs, say
from reportgen.core.types import Note
from reportgen.models.engines.effects.conditional import Conditional, conditional
from reportgen.models.formulas.design import Design
from reportgen.models.health.codes import finding
from reportgen.models.health.separation import separation

STEEPEST, NO_DEVIATION = 0.01, 1e-4
NARROWEST, FARTHEST, PRIOR = 0.8, 0.5, 0.1
NAMES = {"vb": "fit_vb", "map": "fit_map"}


def check_converged(method: str, results: Any) -> None:
    """FitError where the optimiser stopped on a slope (a step of one posterior standard deviation
    would still change the objective by more than 0.01), or where a variance has vanished.
    """
    slope = np.abs(results.optim_retvals.jac)
    own = np.concatenate([results.fe_sd, results.vcp_sd, results.vc_sd])
    sizes = np.ones_like(slope)
    sizes[: len(own)] = own
    finite = np.isfinite(own).all() and np.isfinite(slope).all()
    steep = not finite or (slope * sizes).max() > STEEPEST
    vanished = bool(np.exp(results.vcp_mean).min() < NO_DEVIATION)
    if not steep and not vanished:
        return
    code, gradient = f"`{NAMES[method]}`", float(np.linalg.norm(slope))
    said = say("not-converged_posterior", code=code, gradient=gradient)
    if vanished and steep:
        said = say("not-converged_vanished", code=code, gradient=gradient)
    elif vanished:
        said = say("vanished-variance", code=code, gradient=gradient)
    help = "`kind: glmm` maximises the likelihood of the same model"
    raise unfit(said, ("method",), help=help)


def separated(design: Design, family: str) -> tuple[Note, ...]:
    """Coefficients that only their prior keeps finite."""
    found = separation(design.y, design.X, counts=family != "binomial")
    if found is None:
        return ()
    about = _chosen(design.names, ~found.finite)
    return (finding(say("separation-prior", names=named_coefs(about)), about),)


def verdict(method: str, results: Any, names: Sequence[str]) -> tuple[Note, ...]:
    """How the posterior that was found compares with its own curvature, and what it rests on."""
    model = results.model
    at = _conditional(results)
    narrow = results.fe_sd < NARROWEST * at.sd
    far = np.abs(at.step) > FARTHEST * at.sd
    led = (at.sd / model.fe_p) ** 2 > PRIOR
    notes = [_never_the_answer(method), *_not_confirmed(method, results)]
    if narrow.any():
        about, least = _chosen(names, narrow), float((results.fe_sd / at.sd).min())
        said = say("narrow-posterior", names=named_coefs(about), least=least)
        notes.append(finding(said, about))
    if far.any():
        about = _chosen(names, far)
        notes.append(finding(say("far-from-mode", names=named_coefs(about)), about))
    if led.any():
        about = _chosen(names, led)
        said = say("prior", names=named_coefs(about), sd=float(model.fe_p))
        notes.append(finding(said, about))
    if method == "map" and _lower_than_none(results):
        notes.append(_local_mode())
    return tuple(notes)


def _conditional(results: Any) -> Conditional:
    """The coefficients given the variances found, at the values found."""
    model = results.model
    eta = model.exog @ results.fe_mean + model.exog_vc @ results.vc_mean
    mean = model.family.link.inverse(eta)
    # Canonical links: the variance function is the weight.
    weight = np.asarray(model.family.variance(mean))
    slope = model.logposterior_grad(results.params)
    effects = np.exp(-2 * results.vcp_mean)[model.ident]
    p, k = model.k_fep, model.k_vcp
    return conditional(
        model.exog, model.exog_vc, weight, (model.fe_p**-2, effects), (slope[:p], slope[p + k :])
    )


def _lower_than_none(results: Any) -> bool:
    """Whether the posterior is higher where random effects and their variances vanish: with k
    effects it has a mode at a log standard deviation of -k times the variance of its prior.
    """
    model = results.model
    members = np.bincount(model.ident)
    none = np.concatenate(
        [results.fe_mean, -members * model.vcp_p**2, np.zeros_like(results.vc_mean)]
    )
    with np.errstate(over="ignore"):
        return bool(model.logposterior(none) > model.logposterior(results.params))


def _never_the_answer(method: str) -> Note:
    if method == "vb":
        return finding(say("approximate-posterior_vb"))
    return finding(say("approximate-posterior_map"))


def _not_confirmed(method: str, results: Any) -> tuple[Note, ...]:
    """An optimiser that has not converged by its own account, where the slope is gentle."""
    found = results.optim_retvals
    if found.success:
        return ()
    code, gradient = f"`{NAMES[method]}`", float(np.linalg.norm(found.jac))
    return (finding(say("not-confirmed", code=code, gradient=gradient, most=STEEPEST)),)


def _local_mode() -> Note:
    return finding(say("local-mode"))


def _chosen(names: Sequence[str], chosen: np.ndarray) -> tuple[str, ...]:
    return tuple(name for name, each in zip(names, chosen, strict=True) if each)
