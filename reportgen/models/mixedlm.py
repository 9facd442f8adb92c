"""`mixedlm`: multilevel linear models by (restricted) maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.errors import FitError, Problem
from reportgen.core.options import Column, Effects, Formula, ModelOptions, option
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import findings
from reportgen.models.base import (
    codes_of,
    coefficients,
    covariance_of,
    finite_stats,
    rows_of,
    status_of,
)
from reportgen.models.formula import parse, parse_effects

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design
    from reportgen.models.effects import RandomPart
    from reportgen.models.engines.lmm import Point


@dataclass(frozen=True)
class Fit:
    """A live fit: the likelihood at its highest point, and what it was made from."""

    options: Any
    design: Design
    part: RandomPart
    point: Point
    codes: np.ndarray
    labels: tuple[str, ...]
    engine: str
    notes: tuple[Note, ...]


class Mixedlm:
    """Random intercepts, random slopes, and variance components.

    statsmodels' optimum is kept where it is one: our own likelihood, begun from several points,
    must not be higher by more than 1e-6. Where statsmodels stopped early, our optimum is shown.
    """

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `mixedlm`."""

        formula: Formula = option(
            doc="Outcome and fixed effects, as statsmodels writes them.",
            examples=("bp ~ age + C(sex)",),
        )
        groups: Column = option(doc="The column that names the clusters.")
        re_formula: Effects | None = option(
            None, doc="Random effects that may be correlated.", examples=("1", "1 + age")
        )
        vc_formula: dict[str, Effects] | None = option(
            None, doc="Independent variance components by name; they bring no random intercept."
        )
        reml: bool = option(True, doc="Restricted maximum likelihood, or `false` for maximum.")
        cov_type: Literal["observed", "conventional"] = option(
            "observed",
            doc="Standard errors of fixed effects from the observed information of all "
            "parameters, or with the variances taken as known.",
        )

    def check(self, options: Any) -> Iterable[Problem]:
        """Random effects whose formulas cannot be read are found by their marks."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest likelihood found. FitError where there is none; DataError for clusters
        that are none.
        """
        from reportgen.models.design import build
        from reportgen.models.effects import random_part
        from reportgen.models.engines.lmm import Likelihood
        from reportgen.models.mixedlm_statsmodels import optimum

        vc = options.vc_formula or {}
        effects = [text for text in (options.re_formula, *vc.values()) if text]
        columns = [name for text in effects for name in parse_effects(text).columns]
        design = build(parse(options.formula), frame, columns, groups=options.groups)
        codes, labels = codes_of(design.column(options.groups))
        findings.check_groups(options.groups, len(labels), design.n)
        notes = (*design.notes, *findings.check_rank(design))
        part = random_part(
            options.groups, options.re_formula, vc, design.rows, frame.facts.variables
        )
        likelihood = Likelihood(
            design.y, design.X, part.Z, codes, part.structure, reml=options.reml
        )
        point = likelihood.best()
        engine = "fast"
        said: tuple[str, ...] = ()
        if options.engine != "fast":
            found = optimum(design, part, codes, options.reml)
            said = found.said
            if found.psi is not None and likelihood.at(found.psi).llf > point.llf - 1e-6:
                engine, point = "statsmodels", likelihood.at(found.psi)
            else:
                notes += (_stopped_early(),)
        if not _usable(point):
            raise FitError(Problem(
                "no-optimum", "the likelihood has no finite highest point", ("formula",),
                help="a random effect may be determined by the fixed effects or by the residual",
            ))  # fmt: skip
        notes += (*_random_intercept(options, part), *_boundary(part, point, said))
        return Fit(options, design, part, point, codes, labels, engine, notes)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, every variance on the scale of the outcome's square."""
        import numpy as np

        from reportgen.models import effects

        options, point, part, p = fit.options, fit.point, fit.part, fit.design.X.shape[1]
        joint, kind = _joint(fit)
        covariance = point.psi * point.scale
        spread = None if joint is None else np.sqrt(np.diag(joint))[p:] * point.scale
        covariances, correlations = effects.pairs_of(part, covariance)
        fixed = point.C * point.scale if kind == "conventional" else joint[:p, :p]
        return Result(
            kind="mixedlm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "reml" if options.reml else "ml", kind, engine=fit.engine, groups=options.groups
            ),
            coef=coefficients(
                fit.design.names, fit.design.terms, point.beta, np.sqrt(np.diag(fixed)),
                confidence=options.confidence,
            ),
            vcov=covariance_of(fixed),
            stats=_stats(fit),
            icc=_icc(part, covariance, point.scale),
            variance=effects.components_of(part, covariance, spread),
            covariance=covariances,
            correlation=correlations,
            random_effects=effects.effects_of(
                part, fit.labels, fit.codes, point.effects(), point.effects_covariance()
            ),
            group_ranges=effects.group_ranges(part, fit.design.rows, fit.codes, fit.labels),
            notes=fit.notes,
            **rows_of(fit.design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted values with the predicted random effects, and what they leave."""
        import numpy as np

        random = np.einsum("nq,nq->n", fit.part.Z, fit.point.effects()[fit.codes])
        fitted = fit.design.X @ fit.point.beta + random
        return {
            "fitted": tuple(map(float, fitted)),
            "residual": tuple(map(float, fit.design.y - fitted)),
        }


def _usable(point: Point) -> bool:
    import math

    return math.isfinite(point.llf) and math.isfinite(point.scale)


def _joint(fit: Fit) -> tuple[Any, str]:
    """The covariance of β and of the elements of Ψ from the joint observed information, and
    which is used for β. On the boundary that information does not hold: variances as known.
    """
    import numpy as np

    wanted = fit.options.cov_type
    if fit.point.singular:
        return None, "conventional"
    information = fit.point.information
    if np.linalg.eigvalsh(information).min() <= 0:
        return None, "conventional"
    return np.linalg.inv(information), wanted


def _stats(fit: Fit) -> dict[str, float | None]:
    """AIC and BIC compare maximum likelihoods only: a REML fit has none."""
    import math

    point = fit.point
    parameters = fit.design.X.shape[1] + len(fit.part.structure.elements) + 1
    stats: dict[str, Any] = {"llf": point.llf, "scale": point.scale, "parameters": parameters}
    if not fit.options.reml:
        stats["aic"] = 2 * parameters - 2 * point.llf
        stats["bic"] = math.log(fit.design.n) * parameters - 2 * point.llf
    return finite_stats(stats)


def _icc(part: RandomPart, covariance: np.ndarray, scale: float) -> float | None:
    """The share of the variance between clusters; of a model whose only effect is an intercept."""
    if len(part.columns) != 1 or part.structure.correlated != 1 or (part.Z != 1).any():
        return None
    between = float(covariance[0, 0])
    return between / (between + scale)


# ── what a reader should know ────────────────────────────────────────────────────────────────


def _stopped_early() -> Note:
    return Note(
        "info", "better-optimum",
        "statsmodels stopped below the highest likelihood; the estimates shown are those of the "
        "highest point found from several starts",
    )  # fmt: skip


def _random_intercept(options: Any, part: RandomPart) -> tuple[Note, ...]:
    """Variance components alone bring no random intercept, though they look as if they did."""
    if not options.vc_formula or (part.Z == 1).all(axis=0).any():
        return ()
    names = ", ".join(f"`{name}`" for name in options.vc_formula)
    return (Note(
        "warning", "no-random-intercept",
        f"the model has no random intercept: `vc_formula` with {names} alone gives none; "
        'independent intercepts and slopes need `re_formula: "1"` beside it',
    ),)  # fmt: skip


def _boundary(part: RandomPart, point: Point, said: tuple[str, ...]) -> tuple[Note, ...]:
    """A variance of zero or a correlation of ±1; or statsmodels' warning of it, weighed.

    statsmodels compares variances with 0.01 whatever their unit, so its warning may be empty.
    """
    if point.singular:
        return (Note(
            "warning", "boundary",
            f"the fit is singular: {_degenerate(part, point)}. It lies on the boundary of what "
            "is possible, where variances have no standard error",
        ),)  # fmt: skip
    others = tuple(text for text in said if "boundary" not in text)
    if len(others) == len(said):
        return findings.said_notes(said)
    from reportgen.models.effects import components_of

    variances = components_of(part, point.psi * point.scale, None)
    least = min(variances, key=lambda name: variances[name].var)
    return (
        Note(
            "warning", "boundary-warning",
            "statsmodels warns that the estimate may be on the boundary of the parameter space, "
            "where a variance is zero: it does so for every variance below 0.01, whatever the "
            f"unit, and the variance of `{least}` is small because of its unit. Measured without "
            "units, the fit is not on the boundary",
        ),
        *findings.said_notes(others),
    )  # fmt: skip


def _degenerate(part: RandomPart, point: Point) -> str:
    """Which variances are zero and which correlations ±1."""
    from reportgen.models.effects import components_of, pairs_of

    covariance = point.psi * point.scale
    zero = [
        f"the variance of `{name}` is estimated as zero"
        for name, each in components_of(part, covariance, None).items()
        if each.var < 1e-8 * point.scale
    ]
    tied = [
        f"the correlation of `{pair.replace(',', '` and `')}` is estimated as {value:+.0f}"
        for pair, value in pairs_of(part, covariance)[1].items()
        if value is not None and abs(value) > 1 - 1e-4
    ]
    return "; ".join(zero + tied) or "the random effects determine each other"
