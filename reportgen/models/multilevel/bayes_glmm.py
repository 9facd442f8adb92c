"""`bayes_glmm`: statsmodels' Bayesian mixed models, with what must be known of their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.clusters import Component, Effect
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import Column, Effects, Formula, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Coef, Frame, Method, Note, Result
from reportgen.models import findings
from reportgen.models.base import (
    event_of,
    finite_stats,
    inference,
    rows_of,
    status_of,
)
from reportgen.models.formulas.formula import parse, parse_effects
from reportgen.models.multilevel.glmm_summary import LATENT_VARIANCE
from reportgen.models.regression import families

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design
    from reportgen.models.multilevel.bayes_effects import Effects as Columns

TARGETS = {"binomial": "BinomialBayesMixedGLM", "poisson": "PoissonBayesMixedGLM"}
OTHER_WORDS = ("did not converge", "invalid value", "overflow", "divide by zero")
"""Warnings about what is judged here by the solution itself."""


@dataclass(frozen=True)
class Fit:
    """A live fit: statsmodels' results and what they were made from."""

    options: Any
    design: Design
    effects: Columns
    results: Any
    notes: tuple[Note, ...]


class BayesGlmm:
    """Logistic and Poisson models with independent variance components, by approximate posteriors.

    Spreads that the posterior's own curvature contradicts are withheld, and so are the variances
    of a mode that is not the highest.
    """

    multilevel: ClassVar[bool] = True
    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `bayes_glmm`."""

        formula: Formula = option(
            doc="Outcome and fixed effects, as statsmodels writes them.",
            examples=("smoker ~ age + C(sex)",),
        )
        family: Literal["binomial", "poisson"] = option(doc="Distribution of the outcome.")
        groups: Column | None = option(
            None, doc="The column that names the clusters: a random intercept for each, or the "
            "components of `vc_formula` within each.",
        )  # fmt: skip
        vc_formula: dict[str, Effects] | None = option(
            None, doc="Independent variance components by name; over all rows without `groups`.",
            examples=('{clinic: "0 + C(clinic)", year: "0 + C(year)"}',),
        )  # fmt: skip
        method: Literal["vb", "map"] = option(
            "vb", doc="Mean-field variational Bayes, or the mode of the joint posterior."
        )
        fe_p: float = option(2.0, doc="Prior standard deviation of each coefficient.")
        vcp_p: float = option(
            1.0, doc="Prior standard deviation of the logarithm of each random effect's SD."
        )
        seed: int = option(1, doc="Seed of the random start that statsmodels makes.")

    def check(self, options: Any) -> Iterable[Problem]:
        """No random effects; priors that are none."""
        if options.groups is None and not options.vc_formula:
            yield Problem(
                "no-effects", "the model has no random effects: it needs `groups` or `vc_formula`",
                ("formula",),
            )  # fmt: skip
        for key in ("fe_p", "vcp_p"):
            if not 0 < getattr(options, key) < float("inf"):
                yield Problem(key, f"`{key}` is a standard deviation, above 0", (key,))

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The posterior found. FitError where statsmodels has not converged; DataError for an
        outcome outside the family and for clusters that are none.
        """
        from reportgen.models.formulas.design import build
        from reportgen.models.multilevel import bayes_findings
        from reportgen.models.multilevel.bayes_effects import effects_in

        texts = [text for text in (options.vc_formula or {}).values() if text]
        columns = [name for text in texts for name in parse_effects(text).columns]
        design = build(parse(options.formula), frame, columns, groups=options.groups)
        _check_outcome(options, design)
        if options.groups is not None:
            labels = design.clusters(options.groups)[1]
            findings.check_groups(options.groups, len(labels), design.n)
        notes = (
            *design.notes,
            *findings.check_rank(design),
            *bayes_findings.separated(design, options.family),
        )
        effects = effects_in(options, design, frame)
        with findings.listening() as said:
            results = _posterior(options, design, effects)
        bayes_findings.check_converged(options.method, results)
        found = bayes_findings.verdict(options.method, results, design.names)
        other = [text for text in said if not any(word in text for word in OTHER_WORDS)]
        notes += (*found, *findings.said_notes(other))
        return Fit(options, design, effects, results, notes)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data: posterior means (or modes), spreads that can be trusted, and no
        test, which a posterior does not have.
        """
        options, design = fit.options, fit.design
        link = families.link_of(options.family, None)
        variance = _variances(fit)
        single = len(fit.effects.components) == 1 and options.vc_formula is None
        return Result(
            kind="bayes_glmm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                options.method, "posterior", family=options.family, link=link,
                scale=families.scale_of(options.family, link), target="cluster",
                groups=options.groups, event=event_of(design, options.family),
                details={"seed": options.seed},
            ),
            coef=_coefficients(fit),
            stats=finite_stats(_objective(fit)),
            icc=_latent_icc(variance, link) if single else None,
            variance=variance,
            random_effects=_random_effects(fit) if variance else {},
            notes=fit.notes,
            **rows_of(design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Outcomes, fitted means with the random effects, and Pearson residuals."""
        import numpy as np

        results, family = fit.results, fit.results.model.family
        eta = fit.design.X @ results.fe_mean + fit.effects.Z @ results.vc_mean
        mean = family.link.inverse(eta)
        residual = (fit.design.y - mean) / np.sqrt(family.variance(mean))
        return {
            "observed": tuple(map(float, fit.design.y)),
            "fitted": tuple(map(float, mean)),
            "residual": tuple(map(float, residual)),
        }


def _posterior(options: Any, design: Design, effects: Columns) -> Any:
    import numpy as np
    from statsmodels.genmod import bayes_mixed_glm

    model = getattr(bayes_mixed_glm, TARGETS[options.family])(
        design.y, design.X, effects.Z, effects.ident, vcp_p=options.vcp_p, fe_p=options.fe_p,
        fep_names=list(design.names), vcp_names=list(effects.components),
    )  # fmt: skip
    fit = model.fit_vb if options.method == "vb" else model.fit_map
    try:
        return fit(rng=options.seed)
    except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
        raise unfit(
            say("not-converged_stopped"), ("method",),
            help="`kind: glmm` maximises the likelihood of the same model",
        ) from error  # fmt: skip


def _check_outcome(options: Any, design: Design) -> None:
    families.check_outcome(options.family, design.y, design.outcome)
    shares = int(((design.y > 0) & (design.y < 1)).sum())
    if options.family == "binomial" and shares:
        raise DataError(Problem(
            "shares", f"the outcome `{design.outcome}` is a share in {shares:,} rows, and "
            "statsmodels' Bayesian models take 0 and 1 alone", ("formula",),
            help="`kind: glmm` takes shares with the number of trials behind each",
        ))  # fmt: skip


def _coefficients(fit: Fit) -> dict[str, Coef]:
    """Estimates and the spreads that the findings leave; a posterior has no test."""
    import numpy as np

    made = inference(
        fit.design.names, fit.design.terms, fit.results.fe_mean, np.diag(fit.results.fe_sd**2),
        notes=fit.notes, confidence=fit.options.confidence,
    )  # fmt: skip
    return {name: replace(coef, statistic=None, p=None) for name, coef in made["coef"].items()}


def _variances(fit: Fit) -> dict[str, Component]:
    """exp(2 E log s), whose spread no method here knows; none where the mode is not the highest."""
    if any(note.code == "local-mode" for note in fit.notes):
        return {}
    return {
        name: Component(sd**2, sd, None, 2**0.5 * sd)
        for name, sd in zip(
            fit.effects.components, map(math.exp, fit.results.vcp_mean), strict=True
        )
    }


def _random_effects(fit: Fit) -> dict[str, dict[str, Effect]]:
    found: dict[str, dict[str, Effect]] = {}
    means, spreads = fit.results.vc_mean.tolist(), fit.results.vc_sd.tolist()
    for (cluster, name), mean, spread in zip(fit.effects.places, means, spreads, strict=True):
        found.setdefault(cluster, {})[name] = Effect(mean, spread)
    return found


def _objective(fit: Fit) -> dict[str, float]:
    """What was maximised: the evidence lower bound, or the logarithm of the posterior."""
    name = "elbo" if fit.options.method == "vb" else "logposterior"
    return {name: -float(fit.results.optim_retvals.fun)}


def _latent_icc(variance: Mapping[str, Component], link: str) -> float | None:
    residual = LATENT_VARIANCE.get(link)
    if residual is None or not variance:
        return None
    (component,) = variance.values()
    return component.var / (component.var + residual)
