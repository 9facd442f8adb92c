"""Likelihood-ratio tests between nested models, and when there is none.

The null distribution of 2(ℓ₁ − ℓ₀) is χ² with as many degrees of freedom as the larger model has
parameters more, unless one of them is a variance, which under the null lies on the boundary of
what it can be. For one added random effect with q covariances it is ½ χ²(q) + ½ χ²(q + 1), each
with the added regular parameters (fixed effects) on top: Self and Liang (1987), JASA 82, 605–610,
case 6; Stram and Lee (1994), Biometrics 50, 1171–1177. For several added random effects the
weights depend on the design; χ² with all degrees of freedom is then an upper bound of p.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from reportgen.blocks.distributions import mixture_tail
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Method, Model, Result

_SAME_ROWS = 1e-9
_OPTIMUM = 1e-3


@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood-ratio test.

    `statistic` is 2(ℓ₁ − ℓ₀); `df` the number of parameters that the smaller model lacks;
    `weights` the null distribution, χ² degrees of freedom → weight; `conservative` where p is only
    known not to be larger. `restricted` is the smaller model's restricted log-likelihood, where
    that took the place of the likelihood it was fitted by.
    """

    statistic: float
    df: int
    weights: Mapping[int, float]
    p: float
    conservative: bool = False
    restricted: float | None = None


@dataclass(frozen=True)
class Refusal:
    """Why two models cannot be compared so: a name in the words of `tests`, and what it names."""

    word: str
    models: tuple[Model, ...] = ()


def parameters(result: Result) -> int:
    """The number of parameters: fixed effects, variances, covariances, and an estimated scale or
    dispersion.
    """
    method = result.method
    scale = method is not None and method.family in ("gaussian", "gamma", "inverse_gaussian")
    components = [name for name in result.variance if name != "residual"]
    scale = scale or result.stats.get("alpha") is not None
    return len(result.coef) + len(components) + len(result.covariance) + scale


def likelihood_ratio(one: Model, other: Model) -> LikelihoodRatio | Refusal:
    """The test between two models, whichever of them is the larger."""
    smaller, larger = sorted((one, other), key=lambda model: parameters(model.result))
    restricted = _restricted(smaller, larger)
    if restricted is not None:
        test = likelihood_ratio(restricted, larger)
        if isinstance(test, Refusal):
            return Refusal(test.word, tuple(_either(each, one, other) for each in test.models))
        return replace(test, restricted=restricted.result.stats["llf"])
    unusable = [found for found in (_unusable(one), _unusable(other)) if found is not None]
    if unusable:
        return min(unusable, key=lambda refusal: refusal.word != "failed")
    refusal = _incomparable(one, other) or _not_nested(smaller.result, larger.result)
    return refusal or _test(smaller, larger)


def _restricted(smaller: Model, larger: Model) -> Model | None:
    """Least squares as the restricted fit of the larger model without its random effects.

    None where that is not what the two models are.
    """
    few, many = smaller.result, larger.result
    if few.method is None or many.method is None or few.method.se == "cluster":
        return None
    llf = many.stats.get("llf_null")
    asked = few.method.estimator == "ols" and many.method.estimator == "reml"
    if not asked or llf is None or set(few.coef) != set(many.coef):
        return None
    method = replace(few.method, estimator="reml")
    return replace(smaller, result=replace(few, method=method, stats={**few.stats, "llf": llf}))


def _either(model: Model, one: Model, other: Model) -> Model:
    return one if model.id == one.id else other


def _unusable(model: Model) -> Refusal | None:
    """Why a model has no likelihood that could be compared with any other."""
    result, method = model.result, model.result.method
    if result.status == "failed" or method is None:
        return Refusal("failed", (model,))
    if method.estimator == "gee":
        return Refusal("no_likelihood", (model,))
    if method.se == "cluster":
        return Refusal("clustered", (model,))
    llf = result.stats.get("llf")
    if llf is None or not math.isfinite(llf):
        return Refusal("no_llf", (model,))
    return None


def _incomparable(one: Model, other: Model) -> Refusal | None:
    """Why the likelihoods of two models are not likelihoods of the same thing."""
    a, b = one.result, other.result
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("other_outcome", lambda: a.outcome != b.outcome),
        ("other_rows", lambda: one.data != other.data or _different_rows(a, b)),
        ("other_family", lambda: _kind(a) != _kind(b)),
        ("other_likelihood", lambda: not _one_likelihood(a, b)),
        ("other_groups", lambda: len(_groups(a) | _groups(b)) > 1 or _other_factors(a, b)),
        ("reml_fixed", lambda: _method(a).estimator == "reml" and set(a.coef) != set(b.coef)),
    )
    word = next((word for word, differs in checks if differs()), None)
    return Refusal(word, (one, other)) if word else None


def _different_rows(a: Result, b: Result) -> bool:
    """Other rows of the dataset; where a fit does not say which, other numbers of rows, or other
    means of a design column that both have.
    """
    if a.rows and b.rows:
        return a.rows != b.rows
    shared = set(a.center) & set(b.center)
    return a.n != b.n or any(
        not math.isclose(a.center[name], b.center[name], rel_tol=_SAME_ROWS, abs_tol=1e-12)
        for name in shared
    )


def _method(result: Result) -> Method:
    assert result.method is not None  # `_unusable` has seen to it
    return result.method


def _kind(result: Result) -> tuple[str, str]:
    return _method(result).family, _method(result).link


def _likelihood(result: Result) -> tuple[str, object]:
    """Which likelihood was maximised: full ones are one, whatever the program."""
    method = _method(result)
    if method.estimator in ("ols", "glm", "ml"):
        return "full", None
    return method.estimator, method.details.get("nodes" if method.estimator == "agq" else "weights")


def _one_likelihood(a: Result, b: Result) -> bool:
    """Whether both were maximised in one sense.

    A model without random effects needs no integral: its likelihood is what any approximation
    of the integral comes to at variance zero. A restricted likelihood is never a full one.
    """
    first, second = _likelihood(a), _likelihood(b)
    approximations = {"full", "laplace", "agq"}
    without = not (a.variance and b.variance)
    return first == second or (without and {first[0], second[0]} <= approximations)


def _groups(result: Result) -> set[str]:
    """The clusters of a model with random effects; a model without any fits to all."""
    groups = _method(result).groups
    return {groups} if groups and result.variance else set()


def _other_factors(a: Result, b: Result) -> bool:
    """Whether a component of one name has the levels of different columns."""
    first, second = _method(a).details, _method(b).details
    shared = {key for key in set(first) & set(second) if key.startswith("factor.")}
    return any(first[key] != second[key] for key in shared)


def _not_nested(smaller: Result, larger: Result) -> Refusal | None:
    parts = [
        (set(getattr(smaller, part)) - {"residual"}, set(getattr(larger, part)) - {"residual"})
        for part in ("coef", "variance", "covariance")
    ]
    if all(few == many for few, many in parts):
        return Refusal("same")
    return None if all(few <= many for few, many in parts) else Refusal("not_nested")


def _test(smaller: Model, larger: Model) -> LikelihoodRatio | Refusal:
    few, many = smaller.result, larger.result
    below, above = few.stats["llf"], many.stats["llf"]
    if below is None or above is None:
        return Refusal("no_llf", (larger if above is None else smaller,))
    statistic = 2 * (above - below)
    if statistic < -_OPTIMUM:
        return Refusal("not_optimal")
    variances = len(set(many.variance) - set(few.variance) - {"residual"})
    df = parameters(many) - parameters(few)
    weights = {df - 1: 0.5, df: 0.5} if variances == 1 else {df: 1.0}
    statistic = max(statistic, 0.0)
    return LikelihoodRatio(statistic, df, weights, mixture_tail(statistic, weights), variances > 1)
