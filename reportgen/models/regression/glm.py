"""`glm`: generalised linear models by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, FitError, Problem
from reportgen.core.options import Column, option
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import findings
from reportgen.models.base import event_of, expanded, finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression import families
from reportgen.models.regression.ols import LinearOptions, cluster_problems, groups_of, rule_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.irls import Solution
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True)
class Fit:
    """A live fit: the solution on the rows and columns that could be fitted, and the findings.

    `b` (p,) and `covariance` (p, p) are those of all columns, NaN where one was not fitted;
    `mean` (n,) are the fitted means of all rows.
    """

    kind: str
    options: Any
    design: Design
    solution: Solution
    b: np.ndarray
    covariance: np.ndarray
    mean: np.ndarray
    notes: tuple[Note, ...]
    df: float | None
    engine: str


class Glm:
    """Generalised linear models: iteratively reweighted least squares, run to the optimum."""

    version: ClassVar[str] = "2"
    kind: ClassVar[str] = "glm"
    observed: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(families.FamilyOptions, LinearOptions):
        """Keys of `glm`."""

        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (log link).")
        freq_weights: Column | None = option(None, doc="How many rows each row stands for.")
        var_weights: Column | None = option(None, doc="Inverse variances, known up to a factor.")

    def check(self, options: Any) -> Iterable[Problem]:
        """A link the family does not take, an exposure without a log link, missing clusters."""
        yield from cluster_problems(options)
        yield from families.check_family(options)
        yield from exposure_problems(options)

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The maximum of the likelihood. FitError where it is not reached; DataError for an
        outcome outside the family, for weights, exposures or clusters that cannot be.

        Coefficients that separation makes infinite are set aside with the rows they predict; the
        others are those of the rows that are left, which is their limit.
        """
        from reportgen.models.findings import few_values
        from reportgen.models.formulas.design import build
        from reportgen.models.regression.glm_solution import Estimation

        keys = ("offset", "exposure", "freq_weights", "var_weights")
        extra = [getattr(options, key, None) for key in keys]
        design = build(parse(options.formula), frame, extra, groups=groups_of(options))
        families.check_outcome(options.family, design.y, design.outcome)
        few = few_values(design) if options.family == "gaussian" else ()
        asked = Estimation(design, options, self.observed)
        found = asked.solved(starting(start, design))
        size = len(design.names)
        return Fit(
            self.kind, options, design, found.solution,
            expanded(found.solution.b, found.columns, size),
            expanded(found.covariance, found.columns, size),
            found.mean, (*design.notes, *few, *found.notes), found.df, asked.engine,
        )  # fmt: skip

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, on the scale of the linear predictor."""
        options, groups = fit.options, groups_of(fit.options)
        link = families.link_of(options.family, options.link)
        return Result(
            kind=fit.kind,
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "glm", options.cov_type, engine=fit.engine, family=options.family, link=link,
                groups=groups,
                scale=families.scale_of(options.family, link),
                event=event_of(fit.design, options.family),
                details={**families.parameters_of(options), **rule_of(options)},
            ),
            stats=_stats(fit),
            notes=fit.notes,
            **inference(
                fit.design.names, fit.design.terms, fit.b, fit.covariance,
                notes=fit.notes, df=fit.df, confidence=options.confidence,
            ),
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Outcomes, fitted means and deviance residuals, a value a row used."""
        residual = families.family_of(fit.options).resid_dev(fit.design.y, fit.mean)
        return {
            "observed": tuple(map(float, fit.design.y)),
            "fitted": tuple(map(float, fit.mean)),
            "residual": tuple(map(float, residual)),
        }


def _stats(fit: Fit) -> dict[str, float | None]:
    """Statistics of the whole model. Under separation the likelihood has a least upper bound and
    no maximum: what counts parameters or compares with other rows is not defined.
    """
    results = fit.solution.results
    if len(fit.solution.eta) < fit.design.n:
        return finite_stats({"llf": results.llf})
    null = results.llnull
    return finite_stats({
        "llf": results.llf, "aic": results.aic, "bic": results.bic_llf,
        "deviance": results.deviance, "null_deviance": results.null_deviance,
        "prsquared": 1 - results.llf / null if null else None,
        "scale": results.scale, "df_resid": results.df_resid,
    })  # fmt: skip


def exposure_problems(options: Any) -> Iterable[Problem]:
    """An exposure is a multiplier of the mean: it needs the log link."""
    if options.exposure is not None and families.link_of(options.family, options.link) != "log":
        yield Problem(
            "exposure", "`exposure` needs the log link", ("exposure",),
            help="use `offset` for a term of the linear predictor",
        )  # fmt: skip


def arrays(options: Any, design: Design) -> dict[str, np.ndarray]:
    """Offsets and weights as statsmodels names them. DataError where one cannot be."""
    import numpy as np

    positive = ("exposure", "freq_weights", "var_weights", "weights")
    found = {}
    for key in ("offset", *positive):
        name = getattr(options, key, None)
        if name is None:
            continue
        values = design.column(name).astype(float)
        bad = int((~np.isfinite(values)).sum())
        if bad:
            raise DataError(Problem(
                "not-finite", f"`{name}` is not a finite number in {bad:,} rows", (key,),
                help="set these values missing, or leave the rows out by a step of `sample`",
            ))  # fmt: skip
        bad = int((values <= 0).sum()) if key in positive else 0
        if bad:
            raise DataError(Problem(
                "not-positive", f"`{name}` must be above 0, and {bad:,} rows are not", (key,),
                help="leave these rows out by a step of `sample`",
            ))  # fmt: skip
        found[key] = values
    return found


def starting(start: Result | None, design: Design) -> np.ndarray | None:
    """Starting values by the names of the coefficients; 0 for one the other model has not."""
    import numpy as np

    if start is None or not start.coef:
        return None
    known = {name: coef.estimate for name, coef in start.coef.items()}
    return np.array([known.get(name) or 0.0 for name in design.names])


def health(family: str, design: Design, params: np.ndarray) -> tuple[Note, ...]:
    """Signs that a binomial outcome is separated by the predictors."""
    if family != "binomial":
        return ()
    found = findings.separation(design)
    return found or findings.large_predictor(design.X @ params)


def separated(notes: Iterable[Note]) -> FitError:
    """The error for a fit whose estimates grew until the program gave up."""
    note = next(note for note in notes if note.code in ("separation", "fitted-extremes"))
    return FitError(Problem(note.code, note.text, ("formula",), said=note.said))
