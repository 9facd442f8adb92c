"""What is wrong with a posterior of statsmodels, which itself says little of it. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reportgen.core.errors import FitError, Problem
from reportgen.core.types import Note
from reportgen.models.engines.conditional import Conditional, conditional
from reportgen.models.formulas.design import Design
from reportgen.models.health.codes import finding, listed
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
    zero = " and a variance of zero" if vanished else ""
    raise FitError(Problem(
        "not-converged" if steep else "vanished-variance",
        f"statsmodels' `{NAMES[method]}` stopped with a gradient of {np.linalg.norm(slope):.2g}"
        f"{zero}: it has not found the posterior, and no number of it is shown", ("method",),
        help="`kind: glmm` maximises the likelihood of the same model",
    ))  # fmt: skip


def separated(design: Design, family: str) -> tuple[Note, ...]:
    """Coefficients that only their prior keeps finite."""
    found = separation(design.y, design.X, counts=family != "binomial")
    if found is None:
        return ()
    return (_about(
        "separation-prior", design.names, ~found.finite,
        "the outcome is predicted without error in some rows, and only the prior keeps an estimate "
        "finite and says how large it is",
    ),)  # fmt: skip


def verdict(method: str, results: Any, names: Sequence[str]) -> tuple[Note, ...]:
    """How the posterior that was found compares with its own curvature, and what it rests on."""
    model = results.model
    at = _conditional(results)
    narrow = results.fe_sd < NARROWEST * at.sd
    far = np.abs(at.step) > FARTHEST * at.sd
    led = (at.sd / model.fe_p) ** 2 > PRIOR
    notes = [_never_the_answer(method), *_not_confirmed(method, results)]
    if narrow.any():
        notes.append(_about(
            "narrow-posterior", names, narrow,
            "posterior standard deviations are too small to trust, down to "
            f"{float((results.fe_sd / at.sd).min()):.2f} of what the curvature of the posterior "
            "gives with the variances taken as known, and are withheld with their intervals",
        ))  # fmt: skip
    if far.any():
        notes.append(_about(
            "far-from-mode", names, far,
            "estimates are more than half a standard deviation from where the posterior is highest",
        ))  # fmt: skip
    if led.any():
        notes.append(_about(
            "prior", names, led,
            "more than a tenth of what is known rests on the prior (normal, standard deviation "
            f"{model.fe_p:g})",
        ))  # fmt: skip
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
    how = {
        "vb": "variational Bayes, which takes all parameters as independent of each other and so "
        "makes spreads too small",
        "map": "the mode of the joint posterior of coefficients, random effects and their "
        "variances, which makes variances too small",
    }[method]
    return finding(
        "approximate-posterior",
        f"the posterior is approximated by {how}; for estimates to rest on use `kind: glmm`",
    )  # fmt: skip


def _not_confirmed(method: str, results: Any) -> tuple[Note, ...]:
    """An optimiser that has not converged by its own account, where the slope is gentle."""
    found = results.optim_retvals
    if found.success:
        return ()
    return (finding(
        "not-confirmed",
        f"statsmodels' `{NAMES[method]}` reports that it has not converged. It stopped with a "
        f"gradient of {np.linalg.norm(found.jac):.2g}, from which a step of one posterior standard "
        f"deviation changes what it maximises by less than {STEEPEST:g}",
    ),)  # fmt: skip


def _local_mode() -> Note:
    return finding(
        "local-mode",
        "the mode found is local: the posterior is higher where every random effect and its "
        "variance are zero, so which mode is found depends on the random start. Variances and "
        "predicted effects are withheld",
    )  # fmt: skip


def _about(code: str, names: Sequence[str], chosen: np.ndarray, text: str) -> Note:
    about = tuple(name for name, each in zip(names, chosen, strict=True) if each)
    return finding(code, f"{text}: {listed(about)}", about)
