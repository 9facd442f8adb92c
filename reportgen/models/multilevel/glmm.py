"""`glmm`: multilevel logistic, Poisson and negative binomial regression by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Effects, Formula, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import findings
from reportgen.models.base import (
    event_of,
    expanded,
    inference,
    rows_of,
    status_of,
)
from reportgen.models.formulas.formula import parse, parse_effects
from reportgen.models.regression import families
from reportgen.models.regression.glm import starting

if TYPE_CHECKING:
    from reportgen.models.engines.effects.glmm_optimum import Optimum
    from reportgen.models.formulas.design import Design
    from reportgen.models.multilevel.effects import RandomPart
    from reportgen.models.multilevel.glmm_solution import Solved

NODES, MOST_NODES, MOST_POINTS, MOST_EFFECTS = {1: 15, 2: 9, 3: 7}, 100, 1000, 60
LINKS = {
    "binomial": ("logit", "probit", "cloglog"),
    "poisson": ("log",),
    "negative_binomial": ("log",),
}
WEIGHTS = ("var_weights", "freq_weights")


@dataclass(frozen=True)
class Fit:
    """A live fit: the highest point of the likelihood, and what it was made from."""

    options: Any
    design: Design
    solved: Solved
    notes: tuple[Note, ...]

    @property
    def optimum(self) -> Optimum:
        """The highest point of the likelihood."""
        return self.solved.optimum


class Glmm:
    """Random intercepts and slopes in regressions of yes/no outcomes, shares and counts."""

    multilevel: ClassVar[bool] = True
    version: ClassVar[str] = "2"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `glmm`."""

        formula: Formula = option(
            doc="Outcome and fixed effects, as statsmodels writes them.",
            examples=("smoker ~ age + C(sex)",),
        )
        groups: Column = option(doc="The column that names the clusters.")
        family: Literal["binomial", "poisson", "negative_binomial"] = option(
            doc="Distribution of the outcome; the dispersion of the negative binomial (NB2) is "
            "estimated with the rest."
        )
        link: Literal["logit", "probit", "cloglog", "log"] | None = option(
            None, doc="Link: `logit`, `probit` or `cloglog` for `binomial`, else `log`."
        )
        re_formula: Effects | None = option(
            None, doc="Random effects that may be correlated; an intercept where not given.",
            examples=("1", "1 + age"),
        )  # fmt: skip
        vc_formula: dict[str, Effects] | None = option(
            None, doc="Independent variance components by name, within each cluster."
        )
        method: Literal["auto", "laplace", "agq"] = option(
            "auto",
            doc="Laplace's approximation, or adaptive Gauss–Hermite quadrature, which is nearer "
            "and takes up to three random effects; `auto`: quadrature where there is one.",
        )
        nodes: int | None = option(
            None, doc="Points of the quadrature for each random effect; 15 for one, 9 for two."
        )
        target: Literal["cluster", "population"] = option(
            "cluster",
            doc="What coefficients are about: `cluster`, a change within a cluster (as estimated); "
            "`population`, a change in the mean of all clusters, averaged over the random effects.",
        )
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (log link).")
        var_weights: Column | None = option(
            None, doc="The number of trials behind each share of a `binomial` outcome."
        )
        freq_weights: Column | None = option(None, doc="How many rows each row stands for.")

    def check(self, options: Any) -> Iterable[Problem]:
        """A number of nodes that cannot be, a link the family does not take, trials of counts."""
        if options.nodes is not None and not 2 <= options.nodes <= MOST_NODES:
            yield Problem(
                "nodes", f"`nodes` is from 2 to {MOST_NODES}, not {options.nodes}", ("nodes",)
            )
        if options.link is not None and options.link not in LINKS[options.family]:
            yield Problem(
                "link", f"the family `{options.family}` does not take the link `{options.link}`",
                ("link",), help=f"its links: {', '.join(LINKS[options.family])}",
            )  # fmt: skip
        elif options.exposure is not None and _link(options) != "log":
            yield Problem(
                "exposure", "`exposure` needs the log link", ("exposure",),
                help="use `offset` for a term of the linear predictor",
            )  # fmt: skip
        if options.var_weights is not None and options.family != "binomial":
            yield Problem(
                "var-weights", "`var_weights` are the trials behind a share, which needs the "
                "family `binomial`", ("var_weights",), help="rows that repeat: `freq_weights`",
            )  # fmt: skip

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest likelihood found. FitError where it is not reached; DataError for an
        outcome outside the family and for clusters that are none.
        """
        from reportgen.models.formulas.design import build
        from reportgen.models.multilevel.effects import random_part
        from reportgen.models.multilevel.glmm_outcome import outcome_notes, rows_data
        from reportgen.models.multilevel.glmm_solution import Estimation

        vc = options.vc_formula or {}
        effects = [text for text in (options.re_formula, *vc.values()) if text]
        columns = [name for text in effects for name in parse_effects(text).columns]
        columns += [getattr(options, key) for key in ("offset", "exposure", *WEIGHTS)]
        design = build(parse(options.formula), frame, columns, groups=options.groups)
        given = rows_data(options, design)
        labels = design.clusters(options.groups)[1]
        findings.check_groups(options.groups, len(labels), _members(options, design))
        part = random_part(
            options.groups, options.re_formula, vc, design.rows, frame.facts.variables
        )
        asked = Estimation(options, design, part, given, _nodes(options, part))
        found = asked.solved(starting(start, design))
        notes = (*design.notes, *outcome_notes(options, design), *found.notes)
        return Fit(options, design, found, notes)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, variances on the scale of the linear predictor."""
        from reportgen.models.multilevel import effects
        from reportgen.models.multilevel.glmm_outcome import events
        from reportgen.models.multilevel.glmm_summary import estimates, latent_icc, statistics

        options, optimum, design, solved = fit.options, fit.optimum, fit.design, fit.solved
        own, link, part, size = optimum.likelihood, _link(options), solved.part, len(design.names)
        beta, covariance = (
            expanded(values, solved.columns, size) for values in estimates(options, optimum)
        )
        covariances, correlations = effects.pairs_of(part, optimum.psi)
        known = rows_of(design, options.groups) | {"events": events(options, design)}
        return Result(
            kind="glmm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "laplace" if own.nodes == 1 else "agq",
                "observed" if options.target == "cluster" else "delta", engine="fast",
                family=options.family, link=link, target=options.target, groups=options.groups,
                scale=families.scale_of(options.family, link),
                event=event_of(design, options.family),
                details={} if own.nodes == 1 else {"nodes": own.nodes},
            ),
            stats=statistics(fit),
            icc=latent_icc(fit),
            variance=effects.components_of(part, optimum.psi, optimum.variance_errors()),
            covariance=covariances,
            correlation=correlations,
            random_effects=effects.effects_of(
                part, solved.labels, solved.codes, *optimum.effects()
            ),
            group_ranges=effects.group_ranges(
                part, design.rows.loc[solved.rows], solved.codes, solved.labels
            ),
            notes=fit.notes,
            **inference(
                design.names, design.terms, beta, covariance,
                notes=fit.notes, confidence=options.confidence,
            ),
            **known,
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Outcomes, fitted means with the predicted random effects, and Pearson residuals."""
        import numpy as np

        own, rows = fit.optimum.likelihood, np.flatnonzero(fit.solved.rows)
        at = own.at(fit.optimum.phi)
        fitted = at.own.mean(at.eta)
        spread = np.sqrt(at.own.spread(fitted) / own.trials)
        # A row that separation predicts has its outcome for a mean.
        mean, residual = fit.design.y.copy(), np.zeros(fit.design.n)
        mean[rows[own.clusters.order]] = fitted
        residual[rows[own.clusters.order]] = (own.y - fitted) / spread
        return {
            "observed": tuple(map(float, fit.design.y)),
            "fitted": tuple(map(float, mean)),
            "residual": tuple(map(float, residual)),
        }


def _link(options: Any) -> str:
    return families.link_of(options.family, options.link)


def _members(options: Any, design: Design) -> int:
    """How many outcomes there are; a row of counts or trials may be a cluster of its own, for an
    effect of the observation.
    """
    return (
        design.n if options.family == "binomial" and options.var_weights is None else design.n + 1
    )


def _nodes(options: Any, part: RandomPart) -> int:
    """1 for Laplace. The points of quadrature grow with the power of the number of effects."""
    effects = len(part.columns)
    if effects > MOST_EFFECTS:
        raise unfit(say("many-effects", effects=effects, most=MOST_EFFECTS), ("vc_formula",))
    if options.method == "laplace" or (options.method == "auto" and effects > 1):
        return 1
    nodes = int(options.nodes or NODES.get(effects, 2))
    if nodes**effects > MOST_POINTS or effects not in NODES:
        raise unfit(
            say("quadrature", nodes=nodes, effects=effects, most=MOST_POINTS), ("method",),
            help="ask for fewer `nodes`, or for `method: laplace`",
        )  # fmt: skip
    return nodes
