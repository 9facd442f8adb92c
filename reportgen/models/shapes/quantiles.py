"""`quantiles`: what `plot: qq` asks of a fit. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Result

if TYPE_CHECKING:
    import numpy as np

MOST_POINTS = 4000
"""Of more values so many are drawn, all of the farthest among them."""
ENDS = 500
LEAST = 3


class Quantiles:
    """Residuals, or predicted random effects, against the quantiles of the normal distribution."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        of: Literal["residuals", "ranef"] = option("residuals", doc="What is looked at.")
        effect: str = option("", doc="The component whose effects they are.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """`normal` quantiles, sorted `value`s, and the envelope `low`, `high` of each; the line is
        `center` + `scale` · quantile. FitError for fewer than three values, or all of them equal.
        """
        import numpy as np

        assert start is not None
        values = np.array(_values(options, start), dtype=float)
        values = np.sort(values[np.isfinite(values)])
        if len(values) < LEAST or values[0] == values[-1]:
            raise unfit(say("few-values_distribution"))
        stats, drawn = against_normal(values, start.confidence)
        return Result(
            kind="quantiles",
            status="ok",
            formula=start.formula,
            outcome=start.outcome,
            n=len(values),
            confidence=start.confidence,
            method=start.method,
            stats=stats,
            observations=drawn,
        )

    def tidy(self, fit: Result) -> Result:
        """The quantiles as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """The points and their envelope."""
        return fit.observations


def _values(options: Quantiles.Options, start: Result) -> tuple[float, ...]:
    if options.of == "residuals":
        return tuple(start.observations.get("residual", ()))
    return tuple(
        effect.estimate
        for effects in start.random_effects.values()
        for name, effect in effects.items()
        if options.effect in (name, name.partition("[")[0])
    )


def against_normal(
    values: np.ndarray, confidence: float
) -> tuple[dict[str, float | None], dict[str, tuple[float, ...]]]:
    """Sorted `values` against Φ⁻¹((i − a)/(n + 1 − 2a)), a = ⅜ up to ten values, else ½ (Blom).

    The line goes through the quartiles of both (Cleveland 1993, Visualizing Data, 2.3), so that
    the tails do not pull it. The envelope is pointwise: the i-th of n independent normal values
    lies within center + scale·Φ⁻¹(B(α/2)) and … B(1 − α/2) with probability `confidence`, B the
    quantiles of the Beta(i, n + 1 − i) distribution of a uniform order statistic (David and
    Nagaraja 2003, Order Statistics, 2.1). `outside` counts the values beyond it.
    """
    import numpy as np
    from scipy.stats import beta, norm

    n = len(values)
    a = 0.375 if n <= 10 else 0.5
    place = np.arange(1, n + 1)
    z = norm.ppf((place - a) / (n + 1 - 2 * a))
    q1, q3 = np.quantile(values, [0.25, 0.75])
    z1, z3 = norm.ppf([0.25, 0.75])
    scale = float((q3 - q1) / (z3 - z1))
    center = float(q1 - scale * z1)
    tail = (1 - confidence) / 2
    low = center + scale * norm.ppf(beta.ppf(tail, place, n + 1 - place))
    high = center + scale * norm.ppf(beta.isf(tail, place, n + 1 - place))
    outside = float(((values < low) | (values > high)).sum())
    kept = _kept(n)
    drawn = {"normal": z, "value": values, "low": low, "high": high}
    return (
        {"center": center, "scale": scale, "outside": outside},
        {name: tuple(map(float, each[kept])) for name, each in drawn.items()},
    )


def _kept(n: int) -> np.ndarray:
    import numpy as np

    if n <= MOST_POINTS:
        return np.arange(n)
    middle = np.linspace(ENDS, n - 1 - ENDS, MOST_POINTS - 2 * ENDS).round().astype(int)
    return np.concatenate([np.arange(ENDS), middle, np.arange(n - ENDS, n)])
