"""Generalised linear models of a survey: weighted estimates, design-based standard errors.

The estimates solve the weighted likelihood equations of the whole population; their variance is the
sandwich of the scores, summed within sampling units and strata (Binder 1983). R's `svyglm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Method, Note, Result, level_text, noted
from reportgen.models import findings
from reportgen.models.base import codes_of, event_of, finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.regression import families
from reportgen.models.regression.glm import health, separated
from reportgen.models.surveys.design import Declared, clusters, details

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.sandwich import Influence
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True)
class Regression:
    """A live fit: coefficients (p,), their covariance (p, p), fitted means and residuals (n,)."""

    options: Any
    declared: Declared
    design: Design
    used: np.ndarray
    weights: np.ndarray
    params: np.ndarray
    vcov: np.ndarray
    fitted: np.ndarray
    pearson: np.ndarray
    notes: tuple[Note, ...]

    @property
    def df(self) -> int:
        """The design's degrees of freedom, less the coefficients beside the intercept."""
        return self.declared.sampling.df(self.used) + 1 - len(self.params)


def regression(options: Any, declared: Declared) -> Regression:
    """The weighted fit. FitError where it is not reached or a stratum has a lonely unit; DataError
    for an outcome outside the family.
    """
    import numpy as np
    from statsmodels.genmod.generalized_linear_model import GLM

    from reportgen.models.engines.regressions.irls import ITERATIONS, TOLERANCE
    from reportgen.models.engines.sandwich import Influence
    from reportgen.models.formulas.design import build

    design = build(parse(options.formula), declared.rows, (options.offset,))
    families.check_outcome(options.family, design.y, design.outcome)
    used = declared.mask(design.rows)
    notes = (*declared.notes, *design.notes, *findings.check_rank(design))
    weights = declared.sampling.weights[declared.places(design.rows)]
    offset = None if options.offset is None else design.column(options.offset).astype(float)
    family = families.statsmodels_of(options)
    with findings.listening() as said:
        model = GLM(
            design.y, design.X, family=family, offset=offset, var_weights=weights / weights.mean()
        )
        results = model.fit(
            maxiter=ITERATIONS, tol_criterion="params", atol=TOLERANCE, rtol=TOLERANCE
        )
    notes += health(options.family, design, results.params)
    if not results.converged:
        if any(note.code in ("separation", "fitted-extremes") for note in notes):
            raise separated(notes)
        raise findings.not_converged(ITERATIONS, notes)
    mu = np.asarray(results.fittedvalues)
    slope, spread = 1 / family.link.deriv(mu), family.variance(mu)
    bread = np.linalg.inv((design.X * (weights * slope**2 / spread)[:, None]).T @ design.X)
    scores = np.zeros((len(used), design.X.shape[1]))
    residual = weights * (design.y - mu) * slope / spread
    scores[declared.places(design.rows)] = design.X * residual[:, None] @ bread
    vcov = declared.sampling.variance(declared.sampling.totals(scores), used)
    weighed = design.X * np.sqrt(weights * slope**2 / spread)[:, None]
    influence = Influence(design.X * residual[:, None] @ bread, *np.linalg.qr(weighed))
    notes += _units(options, declared, design, influence, vcov)
    fit = Regression(
        options, declared, design, used, weights, np.asarray(results.params), vcov, mu,
        (design.y - mu) / np.sqrt(spread), notes + findings.said_notes(said),
    )  # fmt: skip
    return replace(fit, notes=(*fit.notes, *_few_units(fit)))


def _units(
    options: Any, declared: Declared, design: Design, influence: Influence, vcov: np.ndarray
) -> tuple[Note, ...]:
    """Coefficients that one sampling unit alone determines, in which no spread is seen; units that
    move one by more than its standard error.
    """
    import numpy as np

    from reportgen.models.engines.sandwich import without
    from reportgen.models.health.clusters import one_cluster_levels
    from reportgen.models.health.influence import influential

    if options.psu is None:
        return ()
    codes, places = codes_of(declared.sampling.units[declared.places(design.rows)])
    named = dict(zip(codes.tolist(), design.rows[options.psu].map(level_text), strict=True))
    labels = [named[code] for code in range(len(places))]
    alone = one_cluster_levels(design.X, codes, design.names, robust=True)
    shift, se = without(codes, influence), np.sqrt(np.diag(vcov))
    return alone + influential(shift, se, design.names, labels)


def result(fit: Regression) -> Result:
    """The fit as plain data, on the scale of the linear predictor. Tests by t with the design's
    degrees of freedom + 1 - p.
    """
    options, design, df = fit.options, fit.design, fit.df
    link = families.link_of(options.family, options.link)
    known = rows_of(design) | clusters(options, fit.declared, fit.used)
    known["n_read"] = len(fit.used)
    mean = fit.weights @ design.X / fit.weights.sum()
    known["center"] = dict(zip(design.names, map(float, mean), strict=True))
    return Result(
        kind="survey",
        status=status_of(fit.notes),
        confidence=options.confidence,
        method=Method(
            "survey", "linearized", family=options.family, link=link, groups=options.psu,
            scale=families.scale_of(options.family, link),
            target=None if link == "identity" else "population",
            event=event_of(design, options.family),
            details=details(options, fit.declared, fit.used)
            | families.parameters_of(options),
        ),
        **_inference(fit),
        stats=finite_stats(_stats(fit, df)),
        notes=fit.notes,
        **known,
    )  # fmt: skip


def observations(fit: Regression) -> dict[str, tuple[float, ...]]:
    """Fitted means and Pearson residuals, a value a row used."""
    return {
        "fitted": tuple(map(float, fit.fitted)),
        "residual": tuple(map(float, fit.pearson)),
    }


def _inference(fit: Regression) -> dict[str, Any]:
    """Coefficients and their covariance; without tests and intervals where no degrees of freedom
    are left.
    """
    found = inference(
        fit.design.names, fit.design.terms, fit.params, fit.vcov, notes=fit.notes,
        df=max(fit.df, 1), confidence=fit.options.confidence,
    )  # fmt: skip
    if fit.df > 0:
        return found
    nothing: dict[str, Any] = dict.fromkeys(("statistic", "df", "p", "low", "high"))
    coef = {name: replace(each, **nothing) for name, each in found["coef"].items()}
    return {"coef": coef, "vcov": ()}


def _stats(fit: Regression, df: int) -> Mapping[str, float]:
    """Dispersion: the population variance of the Pearson residuals. R² of the weighted fit."""
    w, n, r = fit.weights, fit.design.n, fit.pearson
    share = w / w.sum()
    scale = float(share @ (r - share @ r) ** 2 * n / (n - 1))
    stats = {
        "scale": scale, "df_resid": df, "df_design": fit.declared.sampling.df(fit.used),
        "sum_weights": float(w.sum()),
    }  # fmt: skip
    link = families.link_of(fit.options.family, fit.options.link)
    if fit.options.family == "gaussian" and link == "identity":
        y = fit.design.y
        stats["rsquared"] = 1 - float(share @ r**2 / (share @ (y - share @ y) ** 2))
    return stats


def _few_units(fit: Regression) -> tuple[Note, ...]:
    """A design whose degrees of freedom the model has used up."""
    import numpy as np

    if fit.df > 0:
        return ()
    df, p = fit.declared.sampling.df(fit.used), len(fit.params)
    if not np.diag(fit.vcov).any():
        raise unfit(say("no-design-df_lonely"), ("psu",))
    return (noted("warning", say("no-design-df", df=df, coefficients=p)),)
