"""`mixedlm`: multilevel linear models by (restricted) maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem
from reportgen.core.options import Column, Effects, Formula, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import findings
from reportgen.models.base import (
    coefficients,
    covariance_of,
    finite_stats,
    rows_of,
    status_of,
)
from reportgen.models.formulas.formula import parse

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.effects.lmm import Likelihood, Point
    from reportgen.models.formulas.design import Design
    from reportgen.models.multilevel.mixedlm_statsmodels import Found
    from reportgen.models.multilevel.random import Clusters, RandomEffects
    from reportgen.models.multilevel.variances import Variances

SAME, REACHED = 1e-6, 1e-2


@dataclass(frozen=True)
class Fit:
    """A live fit: the likelihood at its highest point, and what it was made from."""

    options: Any
    design: Design
    clusters: Clusters | None
    variances: Variances
    left: float
    engine: str
    notes: tuple[Note, ...]

    @property
    def point(self) -> Point:
        """The highest point."""
        return self.variances.point

    @property
    def random(self) -> RandomEffects:
        """The random effects."""
        return self.variances.random


class Mixedlm:
    """Random intercepts, random slopes, and variance components, nested or crossed.

    statsmodels' optimum is kept where it is one: our own likelihood, begun from several points,
    must not be higher by more than 1e-6. Where statsmodels stopped early, our optimum is shown.
    """

    multilevel: ClassVar[bool] = True
    version: ClassVar[str] = "2"
    weighs: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `mixedlm`."""

        formula: Formula = option(
            doc="Outcome and fixed effects, as statsmodels writes them.",
            examples=("bp ~ age + C(sex)",),
        )
        groups: Column | None = option(
            None,
            doc="The column that names the clusters; left out, the components of `vc_formula` "
            "are crossed over all rows.",
        )
        re_formula: Effects | None = option(
            None,
            doc="Random effects that may be correlated; an intercept where `vc_formula` is not "
            "given either.",
            examples=("1", "1 + age"),
        )
        vc_formula: dict[str, Effects] | None = option(
            None,
            doc="Independent variance components by name; they bring no random intercept. "
            "`0 + C(ward)` is an effect for each ward, within clusters where there are `groups`.",
        )
        reml: bool = option(True, doc="Restricted maximum likelihood, or `false` for maximum.")
        cov_type: Literal["observed", "conventional"] = option(
            "observed",
            doc="Standard errors of fixed effects from the observed information of all "
            "parameters, or with the variances taken as known.",
        )
        df: Literal["satterthwaite", "residual", "between_within"] | None = option(
            None,
            doc="Degrees of freedom of t tests of fixed effects; the normal distribution where "
            "not given.",
        )
        intervals: Literal["wald", "profile"] = option(
            "wald",
            doc="Intervals of variances and correlations: from standard errors on the logarithmic "
            "and Fisher's z scale, or from the profile likelihood.",
        )

    def check(self, options: Any) -> Iterable[Problem]:
        """Crossed components that are not given, or that cannot go with what else is asked."""
        if options.groups is not None:
            return
        if not options.vc_formula:
            yield Problem(
                "no-groups", "`groups` is missing: it names the column of the clusters",
                help="for crossed random effects give `vc_formula` instead",
            )  # fmt: skip
        if options.re_formula is not None:
            yield Problem(
                "no-groups", "`re_formula` needs `groups`: its effects vary between clusters",
                ("re_formula",), help="write crossed intercepts as `ward: 0 + C(ward)`",
            )  # fmt: skip
        if options.df == "between_within":
            yield Problem(
                "no-groups", "`df: between_within` needs `groups`", ("df",),
                help="write `df: satterthwaite`",
            )  # fmt: skip

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest likelihood found. FitError where there is none; DataError for clusters
        that are none.
        """
        from reportgen.models.engines.effects.climb import left
        from reportgen.models.formulas.design import build
        from reportgen.models.multilevel import mixedlm_findings as health
        from reportgen.models.multilevel.random import columns_of, random_effects

        vc = options.vc_formula or {}
        columns = columns_of((options.re_formula, *vc.values()))
        design = build(parse(options.formula), frame, columns, groups=options.groups)
        clusters = _clusters(options, design)
        random = random_effects(
            clusters, options.re_formula, vc, design.rows, frame.facts.variables
        )
        health.check_effects(random, design, clusters)
        rank = findings.check_rank(design)
        notes = [
            *design.notes,
            *findings.few_values(design),
            *rank,
            *health.design_notes(random, clusters, options.df),
            *health.random_intercept(vc, random, clusters),
        ]
        try:
            point, engine, found = _optimum(options, design, random, clusters, start)
        except FitError as error:
            near = rank and error.problems[0].code == "not-converged"
            raise (findings.not_converged(0, rank) if near else error) from error
        variances = _variances(options, random, point)
        if engine == "fast" and found is not None:
            notes.append(health.stopped_early())
        notes += health.boundary(variances, found.said if found and engine != "fast" else ())
        fit = Fit(options, design, clusters, variances, left(point), engine, tuple(notes))
        moved = health.influence(point, design, clusters, _covariance(fit)[0])
        return replace(fit, notes=(*notes, *moved))

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, every variance on the scale of the outcome's square."""
        from reportgen.models.multilevel.denominators import choose, joint_tests
        from reportgen.models.multilevel.variances import group_ranges

        options, design, variances = fit.options, fit.design, fit.variances
        vcov, kind = _covariance(fit)
        covariances, correlations = variances.pairs()
        df = choose(options.df, design, fit.clusters, fit.random, variances.precision)
        tests = {}
        if options.df == "satterthwaite" and variances.precision is not None:
            tests = joint_tests(design, variances.precision, vcov)
        ranges: dict[str, Any] = {}
        if fit.clusters is not None:
            ranges = group_ranges(fit.random, design.rows, fit.clusters.codes, fit.clusters.labels)
        return Result(
            kind="mixedlm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=_method(fit, kind),
            coef=coefficients(
                design.names, design.terms, fit.point.beta, _errors(vcov),
                df=df, confidence=options.confidence,
            ),
            vcov=covariance_of(vcov),
            wald=tests,
            stats=_stats(fit),
            icc=variances.icc()[0],
            icc_at=variances.icc_at(design.rows),
            variance=variances.components(),
            covariance=covariances,
            correlation=correlations,
            spread=variances.spreads(),
            random_effects=variances.effects(),
            group_ranges=ranges,
            notes=fit.notes,
            **rows_of(design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted values with the predicted random effects, and what they leave."""
        effects, _ = fit.point.effects()
        fitted = fit.design.blocks.dot(fit.point.beta) + fit.random.columns.dot(effects)
        return {
            "fitted": tuple(map(float, fitted)),
            "residual": tuple(map(float, fit.design.y - fitted)),
        }


def _clusters(options: Any, design: Design) -> Clusters | None:
    from reportgen.models.multilevel.random import Clusters

    if options.groups is None:
        return None
    codes, labels = design.clusters(options.groups)
    findings.check_groups(options.groups, len(labels), design.n)
    return Clusters(options.groups, codes, labels)


# ── the optimum ──────────────────────────────────────────────────────────────────────────────


def _optimum(
    options: Any, design: Design, random: RandomEffects, clusters: Clusters | None,
    start: Result | None,
) -> tuple[Point, str, Found | None]:  # fmt: skip
    """The point shown, whose it is, and what statsmodels found where it was asked."""
    from reportgen.models.engine import asks_statsmodels
    from reportgen.models.engines.effects.climb import highest
    from reportgen.models.engines.effects.lmm import Likelihood
    from reportgen.models.multilevel.mixedlm_findings import check_memory
    from reportgen.models.multilevel.mixedlm_statsmodels import optimum, seconds

    columns = random.columns
    likelihood = Likelihood(design.y, design.blocks, columns, reml=options.reml)
    check_memory(max(batch.layout.size for batch in likelihood.batches))
    own = highest(likelihood, _given(likelihood, random, start))
    if not asks_statsmodels(options.engine, seconds(design.n, columns)):
        return _sound(own), "fast", None
    found = optimum(design, random, None if clusters is None else clusters.codes, options.reml)
    if found.psi is not None:
        theirs = likelihood.at(likelihood.turned(found.psi))
        if theirs.llf > own.llf - SAME and theirs.singular == own.singular:
            return _sound(theirs), "statsmodels", found
    return _sound(own), "fast", found


def _given(
    likelihood: Likelihood, random: RandomEffects, start: Result | None
) -> list[np.ndarray]:  # fmt: skip
    """The variances of another model as a place to begin, if it has them all."""
    import numpy as np

    scale = start.stats.get("scale") if start is not None else None
    if start is None or not scale or not all(name in start.variance for name in random.names):
        return []
    ratios = [max(start.variance[name].var / scale, 1e-6) for name in random.names]
    return [likelihood.turned(np.diag(ratios))]


def _sound(point: Point) -> Point:
    """The point, if it is one to be shown. FitError where the likelihood has no finite highest
    point, where it was not reached, or where no point is higher than those around it.
    """
    from reportgen.models.engines.effects.climb import left
    from reportgen.models.engines.effects.precision import precision

    if not (math.isfinite(point.llf) and math.isfinite(point.scale)):
        raise unfit(
            say("no-optimum"), ("formula",),
            help="a random effect may be determined by the fixed effects or by the residual",
        )  # fmt: skip
    if not point.singular and precision(point) is None:
        raise unfit(
            say("not-identified"), ("vc_formula",),
            help="two components may have the same effects; leave one out",
        )  # fmt: skip
    if left(point) > REACHED:
        raise unfit(
            say("not-converged_peak"), ("formula",),
            help="fewer random effects may be all the data can bear",
        )  # fmt: skip
    return point


def _variances(options: Any, random: RandomEffects, point: Point) -> Variances:
    from reportgen.models.engines.effects.precision import precision
    from reportgen.models.multilevel.variances import Variances

    return Variances(random, point, precision(point), options.intervals, options.confidence)


# ── what is shown ────────────────────────────────────────────────────────────────────────────


def _errors(vcov: Any) -> Any:
    """Standard errors (p,); nan where columns depend on each other so nearly that none is left."""
    import numpy as np

    variances = np.diag(vcov)
    return np.sqrt(np.where(variances >= 0, variances, np.nan))


def _covariance(fit: Fit) -> tuple[Any, str]:
    """The covariance of β (p, p) and its kind. On the boundary the joint information does not hold:
    variances as known.
    """
    point = fit.point
    asked = fit.options.cov_type == "observed" and not point.singular
    if asked and point.observed is not None:
        return point.observed, "observed"
    return point.C * point.scale, "conventional"


def _method(fit: Fit, kind: str) -> Method:
    options = fit.options
    details: dict[str, Any] = {"df": options.df or "normal", "intervals": options.intervals}
    for component in fit.random.components:
        details[f"levels.{component.name}"] = len(component.owners)
        if component.factor is not None:
            details[f"factor.{component.name}"] = component.factor
    return Method(
        "reml" if options.reml else "ml", kind, engine=fit.engine, groups=options.groups,
        details=details,
    )  # fmt: skip


def _stats(fit: Fit) -> dict[str, float | None]:
    """AIC and BIC compare maximum likelihoods only: a REML fit has none. `llf_null` is the
    likelihood without random effects, `gradient` by how many standard errors the optimum is missed.
    """
    import numpy as np

    point, p = fit.point, len(fit.design.names)
    parameters = p + len(point.psi) + 1
    stats: dict[str, Any] = {
        "llf": point.llf,
        "llf_null": point.likelihood.at(np.zeros_like(point.psi)).llf,
        "scale": point.scale,
        "parameters": parameters,
        "gradient": fit.left,
        **fit.variances.shares(fit.design.blocks.dot(point.beta)),
    }
    if not fit.options.reml:
        stats["aic"] = 2 * parameters - 2 * point.llf
        stats["bic"] = math.log(fit.design.n) * parameters - 2 * point.llf
    return finite_stats(stats)
