"""`quantreg`: regression quantiles, such as the median."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models.base import expanded, finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression.ols import cluster_problems, groups_of, rule_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.quantile import Quantile
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True)
class Fit:
    """A live fit: the quantile of the columns that could be fitted, and the findings."""

    options: Any
    design: Design
    solution: Quantile
    b: np.ndarray
    covariance: np.ndarray
    flat: float
    notes: tuple[Note, ...]
    df: float


class Quantreg:
    """Linear models of a quantile of the outcome, solved exactly."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `quantreg`."""

        formula: Formula = option(
            doc="Outcome and terms, as statsmodels writes them.", examples=("bp ~ age + C(sex)",)
        )
        q: float = option(0.5, doc="The quantile, between 0 and 1; 0.5 is the median.")
        cov_type: Literal["robust", "nonrobust", "cluster"] = option(
            "robust",
            doc="Standard errors that allow the spread to differ above and below (`robust`), that "
            "take errors as alike (`nonrobust`), or that respect clusters.",
        )
        groups: Column | None = option(None, doc="The column that names the clusters (`cluster`).")

    def check(self, options: Any) -> Iterable[Problem]:
        """A quantile that is none; cluster-robust errors without clusters."""
        yield from cluster_problems(options)
        if not 0 < options.q < 1:
            yield Problem("quantile", f"`q` is between 0 and 1, not {options.q:g}", ("q",))

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The regression quantile. FitError where there is none; DataError for clusters that are
        none.
        """
        import numpy as np

        from reportgen.models.engines.regressions.quantile import check, solve
        from reportgen.models.findings import few_values
        from reportgen.models.formulas.design import build
        from reportgen.models.health import columns

        design = build(parse(options.formula), frame, groups=groups_of(options))
        basis = columns.basis(design.X, design.names)
        X = design.X[:, basis.kept]
        found = solve(design.y, X, options.q)
        if found is None:
            raise unfit(say("not-converged_programme"), ("formula",))
        covariance, df, notes = _covariance(
            options, design, found, X, [design.names[place] for place in basis.kept]
        )
        size = len(design.names)
        flat = float(check(design.y - np.quantile(design.y, options.q), options.q).sum())
        return Fit(
            options, design, found, expanded(found.b, basis.kept, size),
            expanded(covariance, basis.kept, size), flat,
            (*design.notes, *few_values(design), *basis.notes, *notes), df,
        )  # fmt: skip

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, with t tests. R¹ is Koenker and Machado's (1999, J Am Stat Assoc
        94, 1296–1310): the share by which the loss falls below that of the plain quantile.
        """
        options, groups = fit.options, groups_of(fit.options)
        return Result(
            kind="quantreg",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "quantreg", options.cov_type, engine="fast", groups=groups,
                event=fit.design.event, details={"q": options.q, **rule_of(options)},
            ),
            stats=finite_stats({
                "r1": 1 - fit.solution.loss / fit.flat if fit.flat else None,
                "loss": fit.solution.loss,
                "sparsity": fit.solution.sparsity,
                "bandwidth": fit.solution.bandwidth,
                "df_resid": fit.design.n - len(fit.design.names),
            }),
            notes=fit.notes,
            **inference(
                fit.design.names, fit.design.terms, fit.b, fit.covariance, notes=fit.notes,
                df=fit.df or None, confidence=options.confidence,
            ),
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted quantiles and what lies above or below them."""
        residual = fit.solution.residual
        return {
            "fitted": tuple(map(float, fit.design.y - residual)),
            "residual": tuple(map(float, residual)),
        }


def _covariance(
    options: Any, design: Design, found: Quantile, X: np.ndarray, names: list[str]
) -> tuple[np.ndarray, float, tuple[Note, ...]]:
    """The covariance asked for, the degrees of freedom of its t, and the findings."""
    import numpy as np

    from reportgen.models.covariance import Robust, robust_covariance, weak_columns
    from reportgen.models.engines.regressions.quantile import covariance, influence
    from reportgen.models.engines.sandwich import Influence
    from reportgen.models.health import solution as after
    from reportgen.models.health.codes import finding

    df = float(design.n - X.shape[1])
    notes: tuple[Note, ...] = ()
    if not found.unique:
        notes += (finding(say("not-unique")),)
    if not df:
        notes += after.no_residual_df(design.n)
    elif not found.sparsity > 0:
        notes += after.perfect_fit(0.0, 1.0, design.outcome)
    wanted = Robust("nonrobust", groups_of(options))
    notes += weak_columns(wanted, design, X, names)
    if wanted.groups is None:
        return covariance(found, X, options.q, iid=options.cov_type == "nonrobust"), df, notes
    moved = Influence(influence(found, X, options.q), *np.linalg.qr(X))
    clustered, few, more = robust_covariance(wanted, design, names, moved)
    assert clustered is not None
    assert few is not None
    return clustered, few, notes + more
