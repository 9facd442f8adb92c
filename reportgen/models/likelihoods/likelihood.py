"""What the kinds share that have a likelihood of several linear predictors. Light.

A kind says what its likelihood is (`setup`); this module asks for the data, has the highest point
found and examined, and lays the parameters out as equations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.types import Coef, Equation, Frame, Method, Note, Result, Scalar, Term
from reportgen.models.base import finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression.ols import cluster_problems, groups_of, rule_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.predictors import Likelihood, Peak
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True, kw_only=True)
class LikelihoodOptions(ModelOptions):
    """Keys of these kinds."""

    formula: Formula = option(
        doc="Outcome and terms, as statsmodels writes them.", examples=("visits ~ age + C(sex)",)
    )
    cov_type: Literal["nonrobust", "HC0", "HC1", "cluster"] = option(
        "nonrobust", doc="Which standard errors."
    )
    groups: Column | None = option(None, doc="The column that names the clusters (`cluster`).")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, the name of the column it belongs to ("" for none), that column's
    standard deviation (0 for none), and the scale on which it is linear.
    """

    name: str
    column: str = ""
    spread: float = 0.0
    link: str = ""


@dataclass(frozen=True)
class Setup:
    """A kind's likelihood and its layout: parameters in the order of θ, terms and equations.

    `null` is the likelihood of the outcome alone with its start. `bounds` (rows, p) are moves that
    no row's likelihood resists where they are positive: what separation is looked for in.
    `examine` raises FitError where the highest point is none of this kind.
    """

    likelihood: Likelihood
    start: np.ndarray
    parameters: tuple[Parameter, ...]
    terms: tuple[Term, ...]
    equations: Mapping[str, Equation]
    null: tuple[Likelihood, np.ndarray] | None = None
    bounds: np.ndarray | None = None
    events: float | None = None
    notes: tuple[Note, ...] = ()
    details: Mapping[str, Scalar] = field(default_factory=dict)
    examine: Callable[[Peak], None] | None = None


@dataclass(frozen=True)
class Fit:
    """A live fit: estimates (p,) and covariance (p, p) in the order of the setup's parameters."""

    options: Any
    design: Design
    setup: Setup
    peak: Peak
    estimate: np.ndarray
    covariance: np.ndarray
    null: float | None
    notes: tuple[Note, ...]
    df: float | None


class LikelihoodKind(ABC):
    """A model by maximum likelihood, to be told its likelihood by a kind."""

    version: ClassVar[str] = "1"
    kind: ClassVar[str]
    family: ClassVar[str]
    link: ClassVar[str] = "log"
    scale: ClassVar[str | None] = None
    categories: ClassVar[bool] = False

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters."""
        yield from cluster_problems(options)

    def columns(self, options: Any) -> Sequence[str | None]:
        """Further columns that the kind needs of a row."""
        return ()

    @abstractmethod
    def setup(self, options: Any, design: Design, frame: Frame) -> Setup:
        """The likelihood and its layout."""

    def method(self, options: Any) -> dict[str, Any]:
        """What a Method says of this kind beside its estimator and standard errors."""
        return {"family": self.family, "link": self.link, "scale": self.scale}

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest point of the likelihood. FitError where it is not reached or terms cannot be
        told apart; DataError for an outcome or clusters that cannot be.
        """
        from reportgen.models.findings import check_rank
        from reportgen.models.formulas.design import build
        from reportgen.models.likelihoods.solution import solved

        design = build(
            parse(options.formula), frame, self.columns(options), groups=groups_of(options),
            categories=self.categories,
        )  # fmt: skip
        check_rank(design)
        return solved(options, design, self.setup(options, design, frame), start)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data; parameters that are no effects have no test."""
        options, setup, groups = fit.options, fit.setup, groups_of(fit.options)
        names = [parameter.name for parameter in setup.parameters]
        found = inference(
            names, setup.terms, fit.estimate, fit.covariance, notes=fit.notes, df=fit.df,
            confidence=options.confidence,
        )  # fmt: skip
        shapes = {name for term in setup.terms if term.kind == "dispersion" for name in term.coefs}
        found["coef"] = {
            name: shape(coef) if name in shapes else coef for name, coef in found["coef"].items()
        }
        known = rows_of(fit.design, groups) | {"terms": setup.terms, "center": {}}
        if fit.design.levels:
            known.pop("events", None)
        details = {**setup.details, **rule_of(options)}
        return Result(
            kind=self.kind,
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "ml", options.cov_type, engine="fast", groups=groups, details=details,
                **self.method(options),
            ),
            equations=setup.equations,
            stats=_stats(fit),
            notes=fit.notes,
            **found,
            **known,
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Nothing: an outcome of several predictors has no one residual."""
        return {}


def shape(coef: Coef) -> Coef:
    """A parameter that is above 0 by its meaning: no test of 0, and an interval on the scale of
    its logarithm.
    """
    import math

    if coef.se is None or coef.low is None or not coef.estimate:
        return Coef(coef.estimate, coef.se)
    ratio = math.exp((coef.estimate - coef.low) / coef.estimate)
    return Coef(coef.estimate, coef.se, low=coef.estimate / ratio, high=coef.estimate * ratio)


def _stats(fit: Fit) -> dict[str, float | None]:
    """Log-likelihood and what follows from it; McFadden's R² against the outcome alone."""
    import math

    llf, size = fit.peak.llf, len(fit.estimate)
    return finite_stats({
        "llf": llf,
        "aic": 2 * size - 2 * llf,
        "bic": math.log(fit.design.n) * size - 2 * llf,
        "llnull": fit.null,
        "prsquared": 1 - llf / fit.null if fit.null else None,
    })  # fmt: skip
