"""Numbers of several completed data sets as one, where they have no covariance of their own.

Each is averaged on the scale on which it is nearest to normal: variances as they are (Grund,
Lüdtke and Robitzsch 2018, Organ Res Methods 21, 111–149), correlations by Fisher's z, squared ones
by that of their roots (Harel 2009, J Appl Stat 36, 1109–1118). Intervals are Rubin's on the
logarithmic scale (variances), the logit scale (shares), Fisher's z (correlations).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import atanh, exp, log, sqrt, tanh
from typing import Any

from reportgen.core.clusters import Component, Effect, IccPoint, Spread
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Result

AVERAGED = frozenset({
    "scale", "df_resid", "df_design", "sum_weights", "parameters", "alpha", "median_odds_ratio",
    "median_rate_ratio", "global_odds_ratio",
})  # fmt: skip
SHARES = ("rsquared", "r2")
"""How the names of statistics begin that are squared correlations."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Scale:
    """A scale for an interval: the way there, its slope, the way back, and where it is defined."""

    to: Callable[[float], float]
    slope: Callable[[float], float]
    back: Callable[[float], float]
    holds: Callable[[float], bool]


PLAIN = Scale(lambda v: v, lambda v: 1.0, lambda v: v, lambda v: True)
LOG = Scale(log, lambda v: 1 / v, exp, lambda v: v > 0)
LOGIT = Scale(
    lambda v: log(v / (1 - v)), lambda v: 1 / (v * (1 - v)), lambda v: 1 / (1 + exp(-v)),
    lambda v: 0 < v < 1,
)  # fmt: skip
FISHER = Scale(atanh, lambda v: 1 / (1 - v**2), tanh, lambda v: abs(v) < 1)


# ── the parts of a Result ────────────────────────────────────────────────────────────────────


def stats(results: Sequence[Result]) -> dict[str, float | None]:
    """The statistics that average; likelihoods and their criteria do not."""
    found: dict[str, float | None] = {}
    for name in results[0].stats:
        values = [each.stats.get(name) for each in results]
        if name in AVERAGED:
            found[name] = average(values)
        elif name.startswith(SHARES):
            found[name] = squared_correlation(values)
    return found


def variances(results: Sequence[Result]) -> dict[str, Component]:
    """The variance components, with intervals where every set has them."""
    found = {}
    for name in results[0].variance:
        parts = [each.variance[name] for each in results]
        values = [part.var for part in parts]
        var, known = mean(values), any(part.high is not None for part in parts)
        spread = _spread(values, [part.se for part in parts], var, LOG, results)
        low, high = (spread.low, spread.high) if known else (None, None)
        found[name] = Component(var, sqrt(var), spread.se, sqrt(2 * var), low, high)
    return found


def spreads(results: Sequence[Result]) -> dict[str, Spread]:
    """How well covariances, correlations, the residual variance and the ICC are known."""
    found = {}
    for name in results[0].spread:
        kind, _, pair = name.partition(":")
        values = [_number(each, kind, pair) for each in results]
        errors = [each.spread[name].se if name in each.spread else None for each in results]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            continue
        rule, scale = RULES[kind]
        centre = rule(known)
        spread = _spread(known, errors, centre, scale, results)
        if spread != Spread():
            found[name] = spread
    return found


def random_effects(results: Sequence[Result]) -> dict[str, dict[str, Effect]]:
    """The predicted effects of every cluster, with the variance between the sets."""
    found: dict[str, dict[str, Effect]] = {}
    for cluster, effects in results[0].random_effects.items():
        found[cluster] = {}
        for name in effects:
            parts = [
                part
                for each in results
                if (part := each.random_effects.get(cluster, {}).get(name)) is not None
            ]
            values = [part.estimate for part in parts]
            se = rubin_error(values, [part.se for part in parts])
            found[cluster][name] = Effect(mean(values), se)
    return found


def icc_at(results: Sequence[Result]) -> dict[str, tuple[IccPoint, ...]]:
    """The intraclass correlation along covariates; without intervals, which do not pool."""
    return {
        name: tuple(
            replace(point, icc=share([each.icc_at[name][place].icc for each in results]) or 0.0,
                    x=mean(each.icc_at[name][place].x for each in results), low=None, high=None)
            for place, point in enumerate(points)
        )
        for name, points in results[0].icc_at.items()
        if all(len(each.icc_at.get(name, ())) == len(points) for each in results)
    }  # fmt: skip


def each_of(parts: Sequence[Mapping[str, float | None]], rule: Callable[[Values], Any]) -> Any:
    """A rule applied to the values under each name of the first set."""
    return {name: rule([part.get(name) for part in parts]) for name in parts[0]}


# ── means on a scale ─────────────────────────────────────────────────────────────────────────


def mean(values: Iterable[Any]) -> float:
    """The arithmetic mean."""
    listed = [float(value) for value in values]
    return sum(listed) / len(listed)


def average(values: Values) -> float | None:
    """The mean; None where a set has no value."""
    return None if any(value is None for value in values) else mean(values)


def correlation(values: Values) -> float | None:
    """The mean on the scale of Fisher's z."""
    return _on(FISHER, values)


def share(values: Values) -> float | None:
    """The mean of shares between 0 and 1 on the logit scale; of others on that of Fisher's z."""
    inside = all(value is not None and LOGIT.holds(value) for value in values)
    return _on(LOGIT if inside else FISHER, values)


def squared_correlation(values: Values) -> float | None:
    """The mean of squares of correlations by Fisher's z of their roots."""
    if any(value is not None and value < 0 for value in values):
        return average(values)
    found = correlation([None if value is None else sqrt(value) for value in values])
    return None if found is None else found**2


def rubin_error(values: Sequence[float], errors: Values) -> float | None:
    """The standard error of a mean of estimates, each with its own: √(Ū + (1 + 1/m)B)."""
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return None
    return sqrt(mean(error**2 for error in known) + _between(values))


def _on(scale: Scale, values: Values) -> float | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    if not all(scale.holds(value) for value in known):
        return mean(known)
    return scale.back(mean(scale.to(value) for value in known))


def _between(values: Sequence[float]) -> float:
    """(1 + 1/m) times the variance between m values."""
    m, centre = len(values), mean(values)
    return (1 + 1 / m) * sum((value - centre) ** 2 for value in values) / (m - 1) if m > 1 else 0.0


def _spread(
    values: Sequence[float], errors: Values, centre: float, scale: Scale, results: Sequence[Result]
) -> Spread:
    """Standard error and interval about `centre`; t with Rubin's large-sample df, on a scale."""
    from reportgen.models.engines.laws import t

    se = rubin_error(values, errors)
    if se is None or not all(scale.holds(value) for value in (*values, centre)):
        return Spread(se)
    pairs = zip(values, errors, strict=True)
    within = mean((scale.slope(value) * (error or 0.0)) ** 2 for value, error in pairs)
    extra = _between([scale.to(value) for value in values])
    df = (len(values) - 1) * (1 + within / extra) ** 2 if extra > 0 else float("inf")
    half = float(t.ppf(0.5 + results[0].confidence / 2, df)) * sqrt(within + extra)
    middle = scale.to(centre)
    return Spread(se, scale.back(middle - half), scale.back(middle + half))


def _number(result: Result, kind: str, pair: str) -> float | None:
    """The number that a key of `spread` is about."""
    if kind == "icc":
        return result.icc
    if kind == "scale":
        return result.stats.get("scale")
    return (result.covariance if kind == "covariance" else result.correlation).get(pair)


RULES: Mapping[str, tuple[Callable[[Values], Any], Scale]] = {
    "scale": (average, LOG),
    "icc": (share, LOGIT),
    "covariance": (average, PLAIN),
    "correlation": (correlation, FISHER),
}
