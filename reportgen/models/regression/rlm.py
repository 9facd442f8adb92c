"""`rlm`: robust linear models, in which rows far from the others count less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models.base import expanded, finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression.ols import cluster_problems, groups_of, rule_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design

ITERATIONS, TOLERANCE = 500, 1e-10


@dataclass(frozen=True)
class Fit:
    """A live fit: statsmodels' results on columns of one length, and the findings."""

    options: Any
    design: Design
    results: Any
    b: np.ndarray
    covariance: np.ndarray
    notes: tuple[Note, ...]
    df: float | None


class Rlm:
    """M-estimates of linear models, with the scale from the median absolute residual."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of `rlm`."""

        formula: Formula = option(
            doc="Outcome and terms, as statsmodels writes them.", examples=("bp ~ age + C(sex)",)
        )
        M: Literal["HuberT", "TukeyBiweight", "AndrewWave", "Hampel", "RamsayE"] = option(
            "HuberT", doc="How rows far from the fit count, by statsmodels' names of norms."
        )
        cov_type: Literal["H1", "H2", "H3", "cluster"] = option(
            "H1", doc="Huber's three covariances, or one that respects clusters."
        )
        groups: Column | None = option(None, doc="The column that names the clusters (`cluster`).")

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters."""
        yield from cluster_problems(options)

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The M-estimate reached from least squares. FitError where it is not reached, or where
        more than half of the rows are met exactly, so that the scale is 0.
        """
        import numpy as np
        import statsmodels.api as sm

        from reportgen.models.findings import few_values
        from reportgen.models.formulas.design import build
        from reportgen.models.health import columns
        from reportgen.models.health.said import ANSWERED, listening, said_notes

        design = build(parse(options.formula), frame, groups=groups_of(options))
        basis = columns.basis(design.X, design.names)
        X = design.X[:, basis.kept]
        if len(X) == X.shape[1]:
            raise unfit(say("no-residual-df", rows=design.n), ("formula",))
        lengths = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
        with listening(ANSWERED) as said:
            model = sm.RLM(design.y, X / lengths, M=getattr(sm.robust.norms, options.M)())
            cov = options.cov_type if options.cov_type != "cluster" else "H1"
            results = model.fit(maxiter=ITERATIONS, tol=TOLERANCE, conv="sresid", cov=cov)
        _check_reached(results, design, basis.notes)
        names = [design.names[place] for place in basis.kept]
        covariance, df, notes = _covariance(options, design, results, lengths, names)
        size = len(design.names)
        return Fit(
            options, design, results,
            expanded(np.asarray(results.params) / lengths, basis.kept, size),
            expanded(covariance, basis.kept, size),
            (*design.notes, *few_values(design), *basis.notes, *notes, *said_notes(said)), df,
        )  # fmt: skip

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. Tests are normal, as in statsmodels; with clusters by t."""
        import numpy as np

        options, groups = fit.options, groups_of(fit.options)
        weights = np.asarray(fit.results.weights)
        return Result(
            kind="rlm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "rlm", options.cov_type, groups=groups, event=fit.design.event,
                details={"norm": options.M, **rule_of(options)},
            ),
            stats=finite_stats({
                "robust_scale": fit.results.scale,
                "downweighted": float((weights < 1 - 1e-8).sum()),
                "df_resid": fit.results.df_resid,
            }),
            notes=fit.notes,
            **inference(
                fit.design.names, fit.design.terms, fit.b, fit.covariance, notes=fit.notes,
                df=fit.df, confidence=options.confidence,
            ),
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted values, residuals and the weights of the rows."""
        results = fit.results
        return {
            "fitted": tuple(map(float, results.fittedvalues)),
            "residual": tuple(map(float, results.resid)),
            "weight": tuple(map(float, results.weights)),
        }


def _check_reached(results: Any, design: Design, notes: tuple[Note, ...]) -> None:
    from reportgen.models.health import solution as after

    if not results.scale > 0:
        said = say("perfect-fit_half", outcome=named_column(design.outcome))
        raise unfit(said, ("formula",), help="use `quantreg` or `ols`")
    if results.fit_history["iteration"] >= ITERATIONS:
        raise after.not_converged(ITERATIONS, notes)


def _covariance(
    options: Any, design: Design, results: Any, lengths: np.ndarray, names: list[str]
) -> tuple[np.ndarray, float | None, tuple[Note, ...]]:
    """Huber's covariance, or that of clusters from ψᵢ = W⁻¹xᵢ ψ(eᵢ/s)·s, W = Σ ψ'(eᵢ/s) xᵢxᵢᵀ."""
    import numpy as np

    from reportgen.models.covariance import Robust, robust_covariance, weak_columns
    from reportgen.models.engines.sandwich import Influence

    X = results.model.exog
    wanted = Robust("nonrobust", groups_of(options))
    notes = weak_columns(wanted, design, X, names)
    if wanted.groups is None:
        return np.asarray(results.bcov_scaled) / np.outer(lengths, lengths), None, notes
    norm, standardised = results.model.M, np.asarray(results.resid) / results.scale
    bread = np.linalg.inv((X * norm.psi_deriv(standardised)[:, None]).T @ X)
    psi = X @ bread * (norm.psi(standardised) * results.scale)[:, None] / lengths
    q, r = np.linalg.qr(X * np.sqrt(np.clip(norm.psi_deriv(standardised), 0, None))[:, None])
    influence = Influence(psi, q, r * lengths)
    covariance, df, more = robust_covariance(wanted, design, names, influence)
    assert covariance is not None
    return covariance, df, notes + more
