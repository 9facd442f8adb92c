"""`phreg`: proportional hazards of the time to an event (Cox)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.types import Frame, Method, Note, Result, Scalar
from reportgen.models.base import finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression.ols import cluster_problems, groups_of, rule_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.cox import Survival
    from reportgen.models.engines.regressions.predictors import Peak
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True)
class Fit:
    """A live fit: the highest partial likelihood, and the findings. The design has no intercept."""

    options: Any
    design: Design
    survival: Survival
    event: str | None
    peak: Peak
    b: np.ndarray
    covariance: np.ndarray
    null: float
    notes: tuple[Note, ...]
    df: float | None


class Phreg:
    """Hazard ratios by partial likelihood (Cox 1972), with ties, strata and late entry."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `phreg`."""

        formula: Formula = option(
            doc="Time and terms, as statsmodels writes them.", examples=("time ~ age + C(sex)",)
        )
        status: Column | None = option(
            None, doc="Whether the time ended with the event (1, yes) or before it (0, no); all "
            "did where it is not given.",
        )  # fmt: skip
        strata: Column | None = option(
            None, doc="Groups of rows with a baseline hazard of their own."
        )
        entry: Column | None = option(None, doc="When a row came under observation.")
        ties: Literal["breslow", "efron"] = option("breslow", doc="How tied times are counted.")
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        cov_type: Literal["nonrobust", "HC0", "HC1", "cluster"] = option(
            "nonrobust", doc="Which standard errors; robust ones are from the score residuals."
        )
        groups: Column | None = option(None, doc="The column that names the clusters (`cluster`).")

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters; a model without terms."""
        yield from cluster_problems(options)
        if not parse(options.formula).terms:
            yield Problem(
                "no-terms", "a proportional hazards model needs a term: it has no intercept",
                ("formula",),
            )  # fmt: skip

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The highest partial likelihood. FitError where it is not reached, or no event occurs;
        DataError for times, a status or clusters that cannot be.
        """
        from reportgen.models.formulas.design import build
        from reportgen.models.regression.phreg_solution import solved

        formula = parse(options.formula)
        columns = (options.status, options.strata, options.entry, options.offset)
        # Coded as beside an intercept, which the baseline hazard then stands for.
        formula = replace(formula, intercept=True)
        design = build(formula, frame, columns, groups=groups_of(options))
        return solved(options, design, frame)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, on the scale of the logarithm of hazards."""
        from reportgen.models.engines.regressions.cox import concordance

        options, groups, size = fit.options, groups_of(fit.options), len(fit.b)
        llf, events = fit.peak.llf, int(fit.survival.event.sum())
        known = rows_of(fit.design, groups) | {"events": events}
        small = fit.design.n <= MOST_PAIRED and options.entry is None
        return Result(
            kind="phreg",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "partial_likelihood", options.cov_type, engine="fast", family="cox", link="log",
                scale="hazard_ratio", groups=groups, event=fit.event,
                details=_details(options),
            ),
            stats=finite_stats({
                "llf": llf,
                "aic": 2 * size - 2 * llf,
                "llnull": fit.null,
                "concordance": (
                    concordance(fit.survival, fit.peak.eta[:, 0]) if small else None
                ),
            }),
            notes=fit.notes,
            **inference(
                fit.design.names, fit.design.terms, fit.b, fit.covariance, notes=fit.notes,
                df=fit.df, confidence=options.confidence,
            ),
            **known,
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """The logarithm of each row's relative hazard."""
        return {"fitted": tuple(map(float, fit.peak.eta[:, 0]))}


def _details(options: Any) -> dict[str, Scalar]:
    """Ties, and the columns of strata and status, for a Method."""
    named = {key: getattr(options, key) for key in ("strata", "status")}
    known = {key: value for key, value in named.items() if value is not None}
    return {"ties": options.ties.title(), **known, **rule_of(options)}


MOST_PAIRED = 20_000
"""Rows up to which all pairs are compared for the concordance."""
