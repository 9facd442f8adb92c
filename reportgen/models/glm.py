"""`glm`: generalised linear models by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.errors import DataError, FitError, Problem
from reportgen.core.options import Column, option
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
from reportgen.models.formula import parse
from reportgen.models.ols import LinearOptions, Ols

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design

ITERATIONS, TOLERANCE = 100, 1e-10


@dataclass(frozen=True)
class Fit:
    """A live fit: statsmodels' results and what they were made from."""

    options: Any
    design: Design
    results: Any
    notes: tuple[Note, ...]
    df: float | None


class Glm:
    """Generalised linear models: iteratively reweighted least squares, run to the optimum."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(families.FamilyOptions, LinearOptions):
        """Keys of `glm`."""

        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (log link).")
        freq_weights: Column | None = option(None, doc="How many rows each row stands for.")
        var_weights: Column | None = option(None, doc="Inverse variances, known up to a factor.")

    def check(self, options: Any) -> Iterable[Problem]:
        """A link the family does not take, an exposure without a log link, missing clusters."""
        yield from Ols().check(options)
        yield from families.check_family(options)
        yield from exposure_problems(options)

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The maximum of the likelihood. FitError where it is not reached; DataError for an
        outcome outside the family, for weights, exposures or clusters that cannot be.
        """
        from statsmodels.genmod.generalized_linear_model import GLM

        from reportgen.models.design import build

        clusters = options.groups if options.cov_type == "cluster" else None
        extra = (options.offset, options.exposure, options.freq_weights, options.var_weights)
        design = build(parse(options.formula), frame, extra, groups=clusters)
        families.check_outcome(options.family, design.y, design.outcome)
        notes = (*design.notes, *findings.check_rank(design))
        df, keywords = None, {}
        if clusters is not None:
            codes, labels = codes_of(design.column(clusters))
            findings.check_groups(clusters, len(labels), design.n)
            df, keywords = float(len(labels) - 1), {"groups": codes}
            notes += findings.few_clusters(len(labels))
        with findings.listening() as said:
            family = families.family_of(options)
            model = GLM(design.y, design.X, family=family, **arrays(options, design))
            results = model.fit(
                start_params=starting(start, design), maxiter=ITERATIONS,
                tol_criterion="params", atol=TOLERANCE, rtol=TOLERANCE,
                cov_type=options.cov_type, cov_kwds=keywords or None,
            )  # fmt: skip
        notes += health(options.family, design, results.params)
        if not results.converged:
            if any(note.code in ("separation", "fitted-extremes") for note in notes):
                raise separated(notes)
            raise findings.not_converged(ITERATIONS)
        return Fit(options, design, results, notes + findings.said_notes(said), df)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data, on the scale of the linear predictor."""
        results, options = fit.results, fit.options
        groups = options.groups if options.cov_type == "cluster" else None
        link = families.link_of(options.family, options.link)
        null = results.llnull
        return Result(
            kind="glm",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "glm", options.cov_type, family=options.family, link=link, groups=groups,
                scale=families.scale_of(options.family, link),
                event=event_of(fit.design, options.family),
                details=families.parameters_of(options),
            ),
            coef=coefficients(
                fit.design.names, fit.design.terms, results.params, results.bse,
                df=fit.df, confidence=options.confidence,
            ),
            vcov=covariance_of(results.cov_params()),
            stats=finite_stats({
                "llf": results.llf, "aic": results.aic, "bic": results.bic_llf,
                "deviance": results.deviance, "null_deviance": results.null_deviance,
                "prsquared": 1 - results.llf / null if null else None,
                "scale": results.scale, "df_resid": results.df_resid,
            }),
            notes=fit.notes,
            **rows_of(fit.design, groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted means and deviance residuals, a value a row used."""
        return {
            "fitted": tuple(map(float, fit.results.fittedvalues)),
            "residual": tuple(map(float, fit.results.resid_deviance)),
        }


def exposure_problems(options: Any) -> Iterable[Problem]:
    """An exposure is a multiplier of the mean: it needs the log link."""
    if options.exposure is not None and families.link_of(options.family, options.link) != "log":
        yield Problem(
            "exposure", "`exposure` needs the log link", ("exposure",),
            help="use `offset` for a term of the linear predictor",
        )  # fmt: skip


def arrays(options: Any, design: Design) -> dict[str, np.ndarray]:
    """Offsets and weights as statsmodels names them. DataError where one cannot be."""
    limits = {"exposure": 0.0, "freq_weights": 0.0, "var_weights": 0.0, "weights": 0.0}
    found = {}
    for key in ("offset", *limits):
        name = getattr(options, key, None)
        if name is None:
            continue
        values = design.column(name).astype(float)
        bad = int((values <= limits[key]).sum()) if key in limits else 0
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
    return FitError(Problem(note.code, note.text, ("formula",)))
