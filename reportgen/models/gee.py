"""`gee`: marginal models of clustered outcomes by generalised estimating equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.errors import Problem
from reportgen.core.options import Column, Formula, ModelOptions, option
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models import families, findings
from reportgen.models.base import (
    codes_of,
    coefficients,
    covariance_of,
    event_of,
    finite,
    finite_stats,
    rows_of,
    status_of,
)
from reportgen.models.formula import parse
from reportgen.models.glm import arrays, exposure_problems, health, separated, starting

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.design import Design

ITERATIONS, TOLERANCE = 200, 1e-9
STRUCTURES = {
    "independence": "Independence", "exchangeable": "Exchangeable",
    "autoregressive": "Autoregressive",
}  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """A live fit: statsmodels' results and what they were made from."""

    options: Any
    design: Design
    results: Any
    notes: tuple[Note, ...]


class Gee:
    """Generalised estimating equations (Liang and Zeger 1986)."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(families.FamilyOptions, ModelOptions):
        """Keys of `gee`."""

        formula: Formula = option(
            doc="Outcome and terms, as statsmodels writes them.", examples=("bp ~ age + C(sex)",)
        )
        groups: Column = option(doc="The column that names the clusters.")
        cov_struct: Literal["independence", "exchangeable", "autoregressive"] = option(
            "exchangeable", doc="How members of a cluster are taken to be correlated."
        )
        time: Column | None = option(
            None, doc="Whole-numbered times within a cluster (`autoregressive`)."
        )
        cov_type: Literal["robust", "naive", "bias_reduced"] = option(
            "robust", doc="Which standard errors."
        )
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        exposure: Column | None = option(None, doc="Its logarithm is added (log link).")
        weights: Column | None = option(None, doc="Weights of the rows, above 0.")

    def check(self, options: Any) -> Iterable[Problem]:
        """A link the family does not take; a structure over time without times."""
        yield from families.check_family(options)
        yield from exposure_problems(options)
        if options.cov_struct == "autoregressive" and options.time is None:
            yield Problem(
                "missing-time", "`cov_struct: autoregressive` needs `time`", ("cov_struct",),
                help="name the column that orders the members of a cluster",
            )  # fmt: skip

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The solution of the estimating equations. FitError where it is not reached; DataError
        for clusters that are none and outcomes outside the family.
        """
        from statsmodels.genmod import cov_struct
        from statsmodels.genmod.generalized_estimating_equations import GEE

        from reportgen.models.design import build

        formula = parse(options.formula)
        columns = (options.time, options.offset, options.exposure, options.weights)
        ordered = _sorted(frame, options)
        design = build(formula, ordered, columns, groups=options.groups)
        families.check_outcome(options.family, design.y, design.outcome)
        codes, labels = codes_of(design.column(options.groups))
        findings.check_groups(options.groups, len(labels), design.n)
        notes = (*design.notes, *findings.check_rank(design))
        if options.cov_type != "bias_reduced" and formula.terms:
            # An intercept alone is fitted for its correlation, not for its standard error.
            notes += findings.few_clusters(len(labels))
        with findings.listening() as said:
            family = families.family_of(options)
            structure = getattr(cov_struct, STRUCTURES[options.cov_struct])()
            time = design.column(options.time).astype(float) if options.time else None
            model = GEE(
                design.y, design.X, groups=codes, time=time, family=family,
                cov_struct=structure, **arrays(options, design),
            )  # fmt: skip
            results = model.fit(
                maxiter=ITERATIONS, ctol=TOLERANCE, start_params=starting(start, design),
                cov_type=options.cov_type,
            )  # fmt: skip
        notes += health(options.family, design, results.params)
        if not results.converged:
            if any(note.code in ("separation", "fitted-extremes") for note in notes):
                raise separated(notes)
            raise findings.not_converged(ITERATIONS)
        notes += _impossible(options.cov_struct, structure, codes)
        return Fit(options, design, results, notes + findings.said_notes(said))

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. The ICC is the exchangeable working correlation."""
        results, options = fit.results, fit.options
        link = families.link_of(options.family, options.link)
        correlation = results.model.cov_struct.dep_params
        exchangeable = options.cov_struct == "exchangeable"
        details = {"rho": finite(correlation)} if options.cov_struct == "autoregressive" else {}
        qic, qicu = quasi_information(fit)
        return Result(
            kind="gee",
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=Method(
                "gee", options.cov_type, family=options.family, link=link,
                scale=families.scale_of(options.family, link), groups=options.groups,
                target=None if link == "identity" else "population",
                correlation=options.cov_struct, event=event_of(fit.design, options.family),
                details=details,
            ),
            coef=coefficients(
                fit.design.names, fit.design.terms, results.params, results.bse,
                confidence=options.confidence,
            ),
            vcov=covariance_of(results.cov_params()),
            stats=finite_stats({"scale": results.scale, "qic": qic, "qicu": qicu}),
            icc=finite(correlation) if exchangeable else None,
            notes=fit.notes,
            **rows_of(fit.design, options.groups),
        )  # fmt: skip

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Fitted means and Pearson residuals, a value a row used."""
        return {
            "fitted": tuple(map(float, fit.results.fittedvalues)),
            "residual": tuple(map(float, fit.results.resid_pearson)),
        }


def quasi_information(fit: Fit) -> tuple[float, float]:
    """QIC and QICu at scale 1 (Pan 2001, Biometrics 57, 120–125, eq. 5 and 6).

    QIC = -2 Q + 2 tr(Ω V): Q is the quasi-likelihood at the estimates under independence, Ω =
    Σ (∂μ/∂β)ᵀ (∂μ/∂β) / V(μ), V the robust covariance. statsmodels leaves V(μ) out of Ω.
    """
    import numpy as np

    results, design, family = fit.results, fit.design, fit.results.model.family
    mean = np.asarray(results.fittedvalues)
    slope = 1 / family.link.deriv(mean)
    weight = np.ones(design.n) if fit.options.weights is None else results.model.weights
    omega = (design.X * (weight * slope**2 / family.variance(mean))[:, None]).T @ design.X
    quasi = float(np.sum(weight * _quasi_likelihood(fit.options, design.y, mean)))
    penalty = float(np.trace(omega @ results.cov_robust))
    return -2 * quasi + 2 * penalty, -2 * quasi + 2 * len(design.names)


def _quasi_likelihood(options: Any, y: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """∫ (y - t) / V(t) dt up to the mean, at scale 1 (McCullagh and Nelder 1989, table 9.1)."""
    import numpy as np
    from scipy.special import xlog1py, xlogy

    alpha, power = options.alpha, options.var_power
    return np.asarray({
        "gaussian": lambda: -((y - mean) ** 2) / 2,
        "binomial": lambda: xlogy(y, mean) + xlog1py(1 - y, -mean),
        "poisson": lambda: xlogy(y, mean) - mean,
        "gamma": lambda: -y / mean - np.log(mean),
        "inverse_gaussian": lambda: -y / (2 * mean**2) + 1 / mean,
        "negative_binomial": lambda: (
            xlogy(y, alpha * mean / (1 + alpha * mean)) - np.log1p(alpha * mean) / alpha
        ),
        "tweedie": lambda: (
            y * mean ** (1 - power) / (1 - power) - mean ** (2 - power) / (2 - power)
        ),
    }[options.family]())  # fmt: skip


def _sorted(frame: Frame, options: Any) -> Frame:
    """The rows by cluster and time: statsmodels' structures over time go by the order of rows."""
    if options.time is None:
        return frame
    return replace(frame, table=frame.table.sort_values([options.groups, options.time]))


def _impossible(structure: str, fitted: Any, codes: np.ndarray) -> tuple[Note, ...]:
    """A negative exchangeable correlation below -1/(m - 1): no m values can have it."""
    import numpy as np

    if structure != "exchangeable":
        return ()
    largest = int(np.bincount(codes).max())
    if float(fitted.dep_params) >= -1 / (largest - 1):
        return ()
    return (Note(
        "info", "negative-correlation",
        f"the working correlation is below -1/{largest - 1}, which no cluster of {largest} can "
        "have; robust standard errors do not depend on it",
    ),)  # fmt: skip
