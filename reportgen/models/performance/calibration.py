"""`calibration`: what `plot: calibration` asks of a fit. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import ModelOptions, option
from reportgen.core.sentences import say
from reportgen.core.types import Coef, Frame, Note, Result, noted

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.performance.judged import Judged

SPAN = 2 / 3
"""The share of the rows that each point of the smooth line looks at."""
POINTS = 101
SETTLED = 1e-7
"""What is less than this share of its error is zero, but for the last digits of arithmetic."""
EDGE = 0.005
"""The share of the rows at either end over which no smooth line is drawn."""


class Calibration:
    """Predicted probabilities against what happened: groups, a smooth line, intercept and slope."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        bins: int = option(10, doc="How many groups of like prediction.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """Groups (`n`, `events`, `predicted`, `share`, `low`, `high`), a line (`x`, `y`), and the
        coefficients `intercept` and `slope`. FitError where the fit cannot be judged so.
        """
        from reportgen.models.performance.judged import judged

        assert start is not None
        rows = judged(start, frame)
        coef, notes = recalibration(rows, start.confidence)
        return Result(
            kind="calibration",
            status="ok",
            formula=start.formula,
            outcome=start.outcome,
            confidence=start.confidence,
            method=start.method,
            coef=coef,
            notes=notes,
            observations={**grouped(rows, options.bins, start.confidence), **smooth(rows)},
            **rows.known,  # type: ignore[arg-type]
        )

    def tidy(self, fit: Result) -> Result:
        """The groups as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """The groups and the line."""
        return fit.observations


def grouped(rows: Judged, groups: int, confidence: float) -> dict[str, tuple[float, ...]]:
    """Up to `groups` groups of about as many rows in the order of their predictions, equal
    predictions in one: rows, events, mean prediction, share of events with Wilson's interval.
    """
    import numpy as np

    order = np.argsort(rows.p, kind="stable")
    p, y = rows.p[order], rows.y[order]
    wanted = np.round(np.linspace(0, len(p), min(groups, len(p)) + 1)).astype(int)
    ends = sorted({int(np.searchsorted(p, p[end - 1], side="right")) for end in wanted[1:]})
    found: dict[str, list[float]] = {
        name: [] for name in ("n", "events", "predicted", "share", "low", "high")
    }
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        n, events = end - start, float(y[start:end].sum())
        low, high = wilson(events, n, confidence)
        values = (float(n), events, float(p[start:end].mean()), events / n, low, high)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}


def wilson(events: float, n: float, confidence: float) -> tuple[float, float]:
    """The score interval of a share: Wilson (1927), JASA 22, 209–212."""
    from statistics import NormalDist

    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share = events / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    return (0.0 if events == 0 else middle - half), (1.0 if events == n else middle + half)


def smooth(rows: Judged) -> dict[str, tuple[float, ...]]:
    """The share of events along the prediction by local linear regression with tricube weights.

    Cleveland (1979), JASA 74, 829–836, without the iterations that set outliers aside, as Austin
    and Steyerberg (2014), Statistics in Medicine 33, 517–535, recommend. Nothing where predictions
    take fewer than ten values.
    """
    import numpy as np
    from statsmodels.nonparametric.smoothers_lowess import lowess

    if len(np.unique(rows.p)) < 10:
        return {"x": (), "y": ()}
    low, high = (float(end) for end in np.quantile(rows.p, [EDGE, 1 - EDGE]))
    x = np.linspace(low, high, POINTS)
    y = np.clip(lowess(rows.y, rows.p, frac=SPAN, it=0, xvals=x), 0.0, 1.0)
    known = np.isfinite(y)
    return {"x": tuple(map(float, x[known])), "y": tuple(map(float, y[known]))}


def recalibration(rows: Judged, confidence: float) -> tuple[dict[str, Coef], tuple[Note, ...]]:
    """`slope` is b in logit P(y) = a + b·logit(p), `intercept` is a where b is held at 1.

    Cox (1958), Biometrika 45, 562–565; Van Calster et al. (2019), BMC Medicine 17, 230. Errors
    are those of maximum likelihood; with clusters, cluster-robust. Nothing where it has no maximum.
    """
    import numpy as np

    inside = (rows.p > 0) & (rows.p < 1)
    y, p = rows.y[inside], rows.p[inside]
    codes = None
    if rows.clusters is not None:
        codes = np.unique(rows.clusters[inside], return_inverse=True)[1]
    logit = np.log(p / (1 - p))
    one = np.ones((len(y), 1))
    made = {
        "intercept": _line(y, one, logit, codes, confidence),
        "slope": _line(y, np.column_stack([one, logit]), None, codes, confidence),
    }
    left = len(inside) - int(inside.sum())
    note = noted("info", say("certain", rows=left))
    return {name: coef for name, coef in made.items() if coef is not None}, (note,) * bool(left)


def _line(
    y: np.ndarray,
    X: np.ndarray,
    offset: np.ndarray | None,
    codes: np.ndarray | None,
    confidence: float,
) -> Coef | None:
    """The last coefficient of a logistic regression."""
    import numpy as np
    from scipy.stats import norm
    from statsmodels.genmod.families import Binomial

    from reportgen.models.engines.regressions.irls import solve
    from reportgen.models.engines.sandwich import clustered

    if len(np.unique(y)) < 2 or np.linalg.matrix_rank(X) < X.shape[1]:
        return None
    solution = solve(y, X, Binomial(), {} if offset is None else {"offset": offset})
    if solution is None:
        return None
    several = codes is not None and codes.max() > 0
    covariance = clustered(codes, solution.influence) if several else solution.unscaled  # type: ignore[arg-type]
    estimate, se = float(solution.b[-1]), float(covariance[-1, -1] ** 0.5)
    if abs(estimate) < SETTLED * se:
        estimate = 0.0
    half = float(norm.ppf(0.5 + confidence / 2)) * se
    return Coef(estimate, se, low=estimate - half, high=estimate + half)
