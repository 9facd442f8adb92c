"""`gee`: marginal models of clustered outcomes by generalised estimating equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, option
from reportgen.core.types import Coef, Frame, Method, Note, Result
from reportgen.models.base import (
    event_of,
    expanded,
    finite_stats,
    inference,
    rows_of,
    status_of,
)
from reportgen.models.formulas.formula import parse
from reportgen.models.marginal.estimating import EstimatingOptions
from reportgen.models.regression import families
from reportgen.models.regression.glm import exposure_problems

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design
    from reportgen.models.marginal.gee_solution import Estimate, Solved

OVER_TIME = ("autoregressive", "stationary", "unstructured")
COLUMNS = ("time", "offset", "exposure", "weights")


@dataclass(frozen=True)
class Fit:
    """A live fit: the equations and their solution, and what they were made from."""

    options: Any
    design: Design
    solved: Solved
    notes: tuple[Note, ...]

    @property
    def estimate(self) -> Estimate:
        """The equations and their solution."""
        return self.solved.estimate


class Gee:
    """Generalised estimating equations (Liang and Zeger 1986).

    Solved by our own engine for all clusters at once. Where statsmodels solves the same equations
    and its fit is cheap, or it is asked for, the estimates are its own, checked to be a solution.
    """

    version: ClassVar[str] = "2"
    weighs: ClassVar[bool] = True
    lacks: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("llf", "aic", "bic"), "estimating equations have no likelihood; ask for `qic` or `qicu`"
    )

    @dataclass(frozen=True, kw_only=True)
    class Options(families.FamilyOptions, EstimatingOptions):
        """Keys of `gee`."""

        cov_struct: Literal[
            "independence", "exchangeable", "autoregressive", "nested", "unstructured", "stationary"
        ] = option("exchangeable", doc="How members of a cluster are taken to be correlated.")
        time: Column | None = option(
            None, doc="When each row of a cluster was seen (`autoregressive`, `stationary`: a "
            "number; `unstructured`: any label)."
        )  # fmt: skip
        max_lag: int = option(
            1, doc="The largest distance in `time` that is correlated (`stationary`)."
        )
        dep_data: tuple[Column, ...] = option(
            (), doc="Columns of units within clusters, from the outer to the inner (`nested`)."
        )
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (log link).")
        weights: Column | None = option(
            None, doc="Inverse variances of the rows, known up to a factor, above 0."
        )

    def check(self, options: Any) -> Iterable[Problem]:
        """A link the family does not take; a structure without the columns that it needs."""
        yield from families.check_family(options)
        yield from exposure_problems(options)
        structure = options.cov_struct
        if structure in OVER_TIME and options.time is None:
            yield Problem(
                "missing-time", f"`cov_struct: {structure}` needs `time`", ("cov_struct",),
                help="name the column that orders the members of a cluster",
            )  # fmt: skip
        if structure == "nested" and not options.dep_data:
            yield Problem(
                "missing-dep_data", "`cov_struct: nested` needs `dep_data`", ("cov_struct",),
                help="name the columns of units within clusters, from the outer to the inner",
            )  # fmt: skip
        if options.max_lag < 1:
            yield Problem("max_lag", "`max_lag` must be 1 or more", ("max_lag",))

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The solution of the estimating equations. FitError where it is not reached; DataError
        for clusters and times that are none and outcomes outside the family.
        """
        from reportgen.models import findings
        from reportgen.models.formulas.design import build
        from reportgen.models.marginal import gee_solution

        times = options.time if options.cov_struct in OVER_TIME else None
        nested = options.dep_data if options.cov_struct == "nested" else ()
        columns = (times, *nested, options.offset, options.exposure, options.weights)
        design = build(parse(options.formula), frame, columns, groups=options.groups)
        families.check_outcome(options.family, design.y, design.outcome)
        groups = len(design.clusters(options.groups)[1])
        findings.check_groups(options.groups, groups, design.n)
        solved = gee_solution.solved(options, design, start)
        few = findings.few_values(design) if options.family == "gaussian" else ()
        return Fit(options, design, solved, (*design.notes, *few, *solved.notes))

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. The ICC is the exchangeable working correlation."""
        from reportgen.models.marginal.clusters import correlations
        from reportgen.models.marginal.quasi import criteria, quasi_sum

        options, estimate, size = fit.options, fit.estimate, len(fit.design.names)
        solution, equations = estimate.solution, estimate.equations
        kept = fit.solved.columns
        df = degrees(options, len(equations.working.units), len(kept))
        known = inference(
            fit.design.names, fit.design.terms, expanded(solution.beta, kept, size),
            expanded(getattr(solution, options.cov_type), kept, size),
            notes=fit.notes, df=None if df is None else max(df, 1), confidence=options.confidence,
        )  # fmt: skip
        if df is not None and df <= 0:
            known["coef"] = untested(known["coef"])
        quasi = quasi_sum(options, equations.y, solution.point.mean)
        rho = solution.association
        return Result(
            kind="gee",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=_method(fit),
            stats=finite_stats({
                "scale": solution.scale, **criteria(equations, solution, quasi),
            }),
            icc=float(rho[0]) if options.cov_struct == "exchangeable" else None,
            working=correlations(options, estimate.found, rho),
            notes=fit.notes,
            **known,
            **rows_of(fit.design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Outcomes, fitted means and Pearson residuals, a value a row used, in the order of the
        data; a row that separation sets aside is fitted without error.
        """
        import numpy as np

        point, back = fit.estimate.solution.point, fit.estimate.found.back
        mean, residual = np.array(fit.design.y, dtype=float), np.zeros(fit.design.n)
        mean[fit.solved.rows], residual[fit.solved.rows] = back(point.mean), back(point.e)
        return {
            "observed": tuple(map(float, fit.design.y)),
            "fitted": tuple(mean.tolist()),
            "residual": tuple(residual.tolist()),
        }


def degrees(options: Any, groups: int, p: int) -> float | None:
    """The degrees of freedom of t, or None for the normal distribution; 0 or less allow no test."""
    chosen = _chosen(options)
    return {"normal": None, "residual": float(groups - p), "clusters": float(groups - 1)}[chosen]


def degrees_rule(options: Any) -> str:
    """The same choice in the words of a Method's `df`."""
    return {"residual": "clusters_coefficients", "clusters": "clusters"}.get(_chosen(options), "z")


def _chosen(options: Any) -> str:
    return str(options.df or ("residual" if options.cov_type == "bias_reduced" else "normal"))


def untested(coef: Mapping[str, Coef]) -> dict[str, Coef]:
    """Coefficients with standard errors but, for want of degrees of freedom, no test."""
    return {
        name: replace(each, statistic=None, df=None, p=None, low=None, high=None)
        for name, each in coef.items()
    }


def _method(fit: Fit) -> Method:
    """How the numbers came about."""
    options = fit.options
    link = families.link_of(options.family, options.link)
    return Method(
        "gee", options.cov_type,
        engine=fit.estimate.engine,
        family=options.family, link=link, scale=families.scale_of(options.family, link),
        groups=options.groups, target=None if link == "identity" else "population",
        correlation=options.cov_struct, event=event_of(fit.design, options.family),
        details={
            "df": degrees_rule(options),
            **families.parameters_of(options),
            **{key: value for key in COLUMNS if (value := getattr(options, key)) is not None},
        },
    )  # fmt: skip
