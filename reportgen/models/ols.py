"""`ols` and `wls`: least squares, with the standard errors that clusters or unequal spread ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.errors import DataError, Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
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
from reportgen.models.formula import parse

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design

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
    """A live fit: statsmodels' results and what they were made from."""

    kind: str
    options: Any
    design: Design
    results: Any
    notes: tuple[Note, ...]
    df: float


class Ols:
    """Ordinary least squares."""

    version: ClassVar[str] = "1"
    kind: ClassVar[str] = "ols"

    @dataclass(frozen=True, kw_only=True)
    class Options(LinearOptions):
        """Keys of `ols`."""

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters."""
        if options.cov_type == "cluster" and options.groups is None:
            yield Problem(
                "missing-groups", "`cov_type: cluster` needs `groups`", ("cov_type",),
                help="name the column that members of a cluster share",
            )  # fmt: skip

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """Least squares by QR of the columns scaled to length 1.

        FitError for a constant outcome or aliased terms; DataError for clusters that are none.
        """
        from statsmodels.regression.linear_model import OLS, WLS

        from reportgen.models.design import build

        clusters = options.groups if options.cov_type == "cluster" else None
        weights = getattr(options, "weights", None)
        design = build(parse(options.formula), frame, (weights,), groups=clusters)
        if weights is None:
            model = OLS(design.y, design.X)
        else:
            model = WLS(design.y, design.X, weights=_weights(design, weights))
        notes = findings.check_rank(design, model.wexog)
        _solve(model)
        df, keywords = model.df_resid, {}
        if clusters is not None:
            codes, labels = codes_of(design.column(clusters))
            findings.check_groups(clusters, len(labels), design.n)
            df, keywords = len(labels) - 1, {"groups": codes}
            notes += findings.few_clusters(len(labels))
        with findings.listening() as said:
            results = model.fit(cov_type=options.cov_type, cov_kwds=keywords or None, use_t=True)
        notes = (*design.notes, *notes, *findings.said_notes(said))
        return Fit(self.kind, options, design, results, notes, float(df))

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. Inference by t: n - p, or clusters - 1, degrees of freedom."""
        results, options = fit.results, fit.options
        groups = options.groups if options.cov_type == "cluster" else None
        return Result(
            kind=fit.kind,
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(fit.kind, options.cov_type, groups=groups, event=fit.design.event),
            coef=coefficients(
                fit.design.names, fit.design.terms, results.params, results.bse,
                df=fit.df, confidence=options.confidence,
            ),
            vcov=covariance_of(results.cov_params()),
            stats=finite_stats({
                "llf": results.llf, "aic": results.aic, "bic": results.bic,
                "rsquared": results.rsquared, "rsquared_adj": results.rsquared_adj,
                "scale": results.scale, "df_resid": results.df_resid,
            }),
            notes=fit.notes,
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted values and residuals in the outcome's unit, a value a row used."""
        return {
            "fitted": tuple(map(float, fit.results.fittedvalues)),
            "residual": tuple(map(float, fit.results.resid)),
        }


class Wls(Ols):
    """Weighted least squares: weights are inverse variances, known up to a factor."""

    kind: ClassVar[str] = "wls"

    @dataclass(frozen=True, kw_only=True)
    class Options(LinearOptions):
        """Keys of `wls`."""

        weights: Column = option(doc="The column of weights: inverse variances, above 0.")


def _solve(model: Any) -> None:
    """Give the model its pseudo-inverse by QR of scaled columns, as accurate as the data allow.

    statsmodels' own (singular values of unscaled columns) has no correct digit on NIST's Filip.
    """
    import numpy as np
    from scipy.linalg import solve_triangular

    lengths = np.linalg.norm(model.wexog, axis=0)
    q, r = np.linalg.qr(model.wexog / lengths)
    model.pinv_wexog = solve_triangular(r, q.T) / lengths[:, None]
    model.normalized_cov_params = model.pinv_wexog @ model.pinv_wexog.T
    model.rank = model.wexog.shape[1]


def _weights(design: Design, name: str) -> np.ndarray:
    weights = design.column(name).astype(float)
    if (weights <= 0).any():
        count = int((weights <= 0).sum())
        raise DataError(Problem(
            "weights", f"`{name}` must be above 0, and {count:,} rows are not", ("weights",),
            help="leave these rows out by a step of `sample`",
        ))  # fmt: skip
    return weights
