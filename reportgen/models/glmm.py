"""`glmm`: multilevel logistic and Poisson regression by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.errors import FitError, Problem, SpecError
from reportgen.core.options import Column, Effects, Formula, ModelOptions, option
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import families, findings
from reportgen.models.base import (
    codes_of,
    coefficients,
    covariance_of,
    event_of,
    finite_stats,
    rows_of,
    status_of,
)
from reportgen.models.formula import parse, parse_effects

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design
    from reportgen.models.effects import RandomPart
    from reportgen.models.engines.glmm import Optimum

NODES, MOST_NODES = 15, 100
LOGISTIC_VARIANCE = math.pi**2 / 3
LARGEST_SLOPE, SMALLEST_SHARE = 1e-3, 1e-6
UPPER_QUARTILE = 0.6744897501960817


@dataclass(frozen=True)
class Fit:
    """A live fit: the highest point of the likelihood, and what it was made from."""

    options: Any
    design: Design
    part: RandomPart
    optimum: Optimum
    nodes: int
    codes: np.ndarray
    labels: tuple[str, ...]
    covariance: np.ndarray | None
    notes: tuple[Note, ...]


class Glmm:
    """Random intercepts and slopes in logistic and Poisson regression."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `glmm`."""

        formula: Formula = option(
            doc="Outcome and fixed effects, as statsmodels writes them.",
            examples=("smoker ~ age + C(sex)",),
        )
        groups: Column = option(doc="The column that names the clusters.")
        family: Literal["binomial", "poisson"] = option(doc="Distribution of the outcome.")
        re_formula: Effects | None = option(
            None, doc="Random effects that may be correlated; an intercept where not given.",
            examples=("1", "1 + age"),
        )  # fmt: skip
        vc_formula: dict[str, Effects] | None = option(
            None, doc="Independent variance components by name."
        )
        method: Literal["auto", "laplace", "agq"] = option(
            "auto",
            doc="Laplace's approximation, or adaptive Gauss–Hermite quadrature, which is nearer "
            "and takes one random effect; `auto`: quadrature where there is one.",
        )
        nodes: int = option(NODES, doc="Points of the quadrature, 2 to 100.")
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (`poisson`).")

    def check(self, options: Any) -> Iterable[Problem]:
        """A number of nodes that cannot be; an exposure without a log link."""
        if not 2 <= options.nodes <= MOST_NODES:
            yield Problem(
                "nodes", f"`nodes` is from 2 to {MOST_NODES}, not {options.nodes}", ("nodes",)
            )
        if options.exposure is not None and options.family != "poisson":
            yield Problem("exposure", "`exposure` needs the family `poisson`", ("exposure",))

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest likelihood found. FitError where it is not reached; DataError for an
        outcome outside the family and for clusters that are none.
        """
        from reportgen.models.design import build
        from reportgen.models.effects import random_part
        from reportgen.models.engines.glmm import Likelihood

        vc = options.vc_formula or {}
        effects = [text for text in (options.re_formula, *vc.values()) if text]
        columns = [name for text in effects for name in parse_effects(text).columns]
        extra = (*columns, options.offset, options.exposure)
        design = build(parse(options.formula), frame, extra, groups=options.groups)
        families.check_outcome(options.family, design.y, design.outcome)
        codes, labels = codes_of(design.column(options.groups))
        findings.check_groups(options.groups, len(labels), design.n)
        notes = (*design.notes, *findings.check_rank(design))
        if options.family == "binomial":
            separated = findings.separation(design)
            if separated:
                raise FitError(Problem("separation", separated[0].text, ("formula",)))
        part = random_part(
            options.groups, options.re_formula, vc, design.rows, frame.facts.variables
        )
        nodes = _nodes(options, part)
        optimum = Likelihood(
            design.y, design.X, part.Z, codes, part.structure,
            family=options.family, nodes=nodes, offset=_offset(options, design),
        ).best()  # fmt: skip
        if not math.isfinite(optimum.llf) or optimum.slope > LARGEST_SLOPE:
            raise FitError(Problem(
                "not-converged", "the likelihood's highest point was not reached, so no number "
                "of the fit is shown", ("formula",),
                help="look for separated or nearly collinear predictors",
            ))  # fmt: skip
        found, covariance = _boundary(part, optimum)
        return Fit(
            options, design, part, optimum, nodes, codes, labels, covariance, (*notes, *found)
        )

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data: cluster-specific coefficients, variances on the link's scale."""
        import numpy as np

        from reportgen.models import effects

        options, optimum, design, part = fit.options, fit.optimum, fit.design, fit.part
        p, link = design.X.shape[1], families.link_of(options.family, None)
        errors = np.full(p, np.nan) if fit.covariance is None else np.sqrt(np.diag(fit.covariance))
        spread = None
        if fit.covariance is not None and fit.covariance.shape[0] > p:
            spread = optimum.variance_errors(fit.covariance)
        covariances, correlations = effects.pairs_of(part, optimum.psi)
        predicted, conditional = optimum.effects()
        return Result(
            kind="glmm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "laplace" if fit.nodes == 1 else "agq", "observed", engine="fast",
                family=options.family, link=link, target="cluster", groups=options.groups,
                scale=families.scale_of(options.family, link),
                event=event_of(design, options.family),
                details={} if fit.nodes == 1 else {"nodes": fit.nodes},
            ),
            coef=coefficients(
                design.names, design.terms, optimum.beta, errors[:p],
                confidence=options.confidence,
            ),
            vcov=() if fit.covariance is None else covariance_of(fit.covariance[:p, :p]),
            stats=_stats(fit),
            icc=_latent_icc(fit),
            variance=effects.components_of(part, optimum.psi, spread),
            covariance=covariances,
            correlation=correlations,
            random_effects=effects.effects_of(
                part, fit.labels, fit.codes, predicted, conditional
            ),
            group_ranges=effects.group_ranges(part, design.rows, fit.codes, fit.labels),
            notes=fit.notes,
            **rows_of(design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted means with the predicted random effects, and Pearson residuals."""
        import numpy as np

        own, options = fit.optimum.likelihood, fit.options
        offset = _offset(options, fit.design)
        effects = fit.optimum.effects()[0][fit.codes]
        eta = fit.design.X @ fit.optimum.beta + np.einsum("nq,nq->n", fit.part.Z, effects)
        mean = own.family.mean(eta if offset is None else eta + offset)
        residual = (fit.design.y - mean) / np.sqrt(own.family.weight(mean))
        return {"fitted": tuple(map(float, mean)), "residual": tuple(map(float, residual))}


def _nodes(options: Any, part: RandomPart) -> int:
    """1 for Laplace. Quadrature grows with the power of the number of effects: one only."""
    single = len(part.columns) == 1
    if options.method == "agq" and not single:
        raise SpecError(Problem(
            "quadrature", f"`method: agq` takes one random effect, and the model has "
            f"{len(part.columns)} in each cluster", ("method",), help="write `method: laplace`",
        ))  # fmt: skip
    return options.nodes if single and options.method != "laplace" else 1


def _offset(options: Any, design: Design) -> Any:
    import numpy as np

    from reportgen.models.glm import arrays

    given = arrays(options, design)
    if not given:
        return None
    return given.get("offset", 0.0) + np.log(given.get("exposure", np.ones(design.n)))


def _stats(fit: Fit) -> dict[str, float | None]:
    parameters = len(fit.optimum.phi)
    llf = fit.optimum.llf
    stats: dict[str, float | None] = {
        "llf": llf,
        "aic": 2 * parameters - 2 * llf,
        "bic": math.log(fit.design.n) * parameters - 2 * llf,
        "parameters": parameters,
    }
    if fit.options.family == "binomial" and _intercept_alone(fit.part):
        # Larsen and Merlo 2005, Am J Epidemiol 161, 81–88.
        variance = float(fit.optimum.psi[0, 0])
        stats["median_odds_ratio"] = math.exp(math.sqrt(2 * variance) * UPPER_QUARTILE)
    return finite_stats(stats)


def _latent_icc(fit: Fit) -> float | None:
    """σ² / (σ² + π²/3): on the scale of the latent logistic variable (Snijders and Bosker 2012,
    p. 305); of a logistic model whose only effect is an intercept.
    """
    if fit.options.family != "binomial" or not _intercept_alone(fit.part):
        return None
    variance = float(fit.optimum.psi[0, 0])
    return variance / (variance + LOGISTIC_VARIANCE)


def _intercept_alone(part: RandomPart) -> bool:
    return len(part.columns) == 1 and bool((part.Z == 1).all())


def _boundary(part: RandomPart, optimum: Optimum) -> tuple[tuple[Note, ...], Any]:
    """Whether the covariance lies on its boundary; and the covariance of the estimates, which
    there holds for the fixed effects alone, with the variances taken as known.
    """
    import numpy as np

    root = np.sqrt(np.mean(part.Z**2, axis=0))
    scaled = root[:, None] * optimum.psi * root
    covariance, p = optimum.covariance(), len(optimum.beta)
    if np.linalg.eigvalsh(scaled).min() >= SMALLEST_SHARE and covariance is not None:
        return (), covariance
    fixed = optimum.information[:p, :p]
    known = np.linalg.inv(fixed) if np.linalg.eigvalsh(fixed).min() > 0 else None
    return (Note(
        "warning", "boundary",
        "the fit is singular: a variance is estimated as zero, or random effects determine each "
        "other. It lies on the boundary of what is possible, so the variances have no standard "
        "error, and those of the coefficients take the variances as known",
    ),), known  # fmt: skip
