"""`ols` and `wls`: least squares, with the standard errors that clusters or unequal spread ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.types import Frame, Method, Note, Result, Scalar
from reportgen.models.base import expanded, finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.leastsquares import LeastSquares
    from reportgen.models.formulas.design import Design

CovType = Literal["nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster"]


@dataclass(frozen=True, kw_only=True)
class LinearOptions(ModelOptions):
    """Keys of both kinds."""

    formula: Formula = option(
        doc="Outcome and terms, as statsmodels writes them.", examples=("bp ~ age + C(sex)",)
    )
    cov_type: CovType = option("nonrobust", doc="Which standard errors.")
    groups: Column | None = option(None, doc="The column that names the clusters (`cluster`).")


@dataclass(frozen=True)
class Fit:
    """A live fit: the solution on the columns that could be fitted, and what was found.

    `covariance` (p, p) and `b` (p,) are those of all columns, NaN where one was not fitted.
    """

    kind: str
    options: Any
    design: Design
    solution: LeastSquares
    b: np.ndarray
    covariance: np.ndarray
    notes: tuple[Note, ...]
    df: float


class Ols:
    """Ordinary least squares."""

    version: ClassVar[str] = "2"
    kind: ClassVar[str] = "ols"

    @dataclass(frozen=True, kw_only=True)
    class Options(LinearOptions):
        """Keys of `ols`."""

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters."""
        yield from cluster_problems(options)

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """Least squares by QR of the columns scaled to length 1.

        FitError for a constant outcome or where no term can be told from the others; DataError
        for clusters that are none and weights that cannot be.
        """
        from reportgen.models.engines.regressions.leastsquares import solve
        from reportgen.models.formulas.design import build
        from reportgen.models.health import columns, outcome

        weights = getattr(options, "weights", None)
        design = build(parse(options.formula), frame, (weights,), groups=groups_of(options))
        values = None if weights is None else _weights(design, weights)
        basis = columns.basis(design.blocks, design.names)
        solution = solve(design.y, design.blocks.columns(basis.kept), values)
        names = [design.names[place] for place in basis.kept]
        covariance, df, found = _covariance(options, design, solution, basis.kept, names)
        notes = (*design.notes, *outcome.few_values(design), *basis.notes, *found)
        size = len(design.names)
        return Fit(
            self.kind, options, design, solution, expanded(solution.b, basis.kept, size),
            expanded(covariance, basis.kept, size), notes, df,
        )  # fmt: skip

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. Inference by t: n - p, or clusters - 1, degrees of freedom."""
        options, groups = fit.options, groups_of(fit.options)
        weights = getattr(options, "weights", None)
        values = None if weights is None else fit.design.column(weights).astype(float)
        return Result(
            kind=fit.kind,
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                fit.kind, options.cov_type, engine="fast", groups=groups,
                event=fit.design.event, details=rule_of(options),
            ),
            stats=finite_stats(fit.solution.stats(values)),
            notes=fit.notes,
            **inference(
                fit.design.names, fit.design.terms, fit.b, fit.covariance,
                notes=fit.notes, df=fit.df or None, confidence=options.confidence,
            ),
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted values and residuals in the outcome's unit, a value a row used."""
        residual = fit.solution.residual
        return {
            "fitted": tuple(map(float, fit.design.y - residual)),
            "residual": tuple(map(float, residual)),
        }


class Wls(Ols):
    """Weighted least squares: weights are inverse variances, known up to a factor."""

    kind: ClassVar[str] = "wls"

    @dataclass(frozen=True, kw_only=True)
    class Options(LinearOptions):
        """Keys of `wls`."""

        weights: Column = option(doc="The column of weights: inverse variances, above 0.")


def groups_of(options: Any) -> str | None:
    """The column of clusters, where standard errors are to respect them."""
    return options.groups if options.cov_type == "cluster" else None


def rule_of(options: Any) -> dict[str, Scalar]:
    """By which rule tests have their degrees of freedom, for a Method's details."""
    return {"df": "clusters"} if groups_of(options) else {}


def cluster_problems(options: Any) -> Iterable[Problem]:
    """Cluster-robust errors without clusters."""
    if options.cov_type == "cluster" and options.groups is None:
        yield Problem(
            "missing-groups", "`cov_type: cluster` needs `groups`", ("cov_type",),
            help="name the column that members of a cluster share",
        )  # fmt: skip


def _covariance(
    options: Any, design: Design, solution: LeastSquares, kept: np.ndarray, names: list[str]
) -> tuple[np.ndarray, float, tuple[Note, ...]]:
    """The covariance asked for, the degrees of freedom of its tests, and what weakens it."""
    from reportgen.models.covariance import Robust, robust_covariance, weak_columns
    from reportgen.models.health import solution as after

    notes = after.perfect_fit(solution.rss, solution.tss, design.outcome)
    if not solution.df_resid:
        notes = after.no_residual_df(design.n)
    X = design.blocks.columns(kept)
    wanted = Robust(options.cov_type, groups_of(options))
    covariance, df, found = robust_covariance(wanted, design, names, solution.influence)
    found += weak_columns(wanted, design, X, names)
    if covariance is None:
        covariance = solution.scale * solution.unscaled
    return covariance, float(solution.df_resid if df is None else df), notes + found


def _weights(design: Design, name: str) -> np.ndarray:
    weights = design.column(name).astype(float)
    if (weights <= 0).any():
        count = int((weights <= 0).sum())
        raise DataError(Problem(
            "weights", f"`{name}` must be above 0, and {count:,} rows are not", ("weights",),
            help="leave these rows out by a step of `sample`",
        ))  # fmt: skip
    return weights
