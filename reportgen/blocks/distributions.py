"""Tail probabilities of the distributions that tables need, from the standard library alone.

Accurate to about 1e-13 relative, also far in the tail. References: Abramowitz and Stegun (1964),
6.5.29 and 6.5.31, p. 263; the continued fraction is evaluated by Lentz's method as in Press et al.
(2007), Numerical Recipes, 3rd ed., section 6.2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_TINY = 1e-300
_STOP = 1e-16
_STEPS = 10_000


def chi_square_tail(x: float, df: int) -> float:
    """P(X ≥ x) for a χ² variable with `df` degrees of freedom; `df` 0 is a point mass at zero.

    Q(df/2, x/2), the regularised upper incomplete gamma function. ValueError where df < 0.
    """
    if df < 0:
        raise ValueError("degrees of freedom are not negative")
    if x <= 0:
        return 1.0
    if df == 0:
        return 0.0
    if df == 1:
        return math.erfc(math.sqrt(x / 2))
    return _upper_gamma(df / 2, x / 2)


def mixture_tail(x: float, weights: Mapping[int, float]) -> float:
    """P(X ≥ x) for a mixture of χ² distributions: `weights` maps degrees of freedom to weights.

    The weights sum to 1. Self and Liang (1987), JASA 82, 605–610.
    """
    return math.fsum(weight * chi_square_tail(x, df) for df, weight in weights.items())


def normal_quantile(probability: float) -> float:
    """The quantile of the standard normal distribution, for a probability between 0 and 1."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)


def _upper_gamma(a: float, x: float) -> float:
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return 1.0 - scale * _series(a, x)
    return scale * _fraction(a, x)


def _series(a: float, x: float) -> float:
    """The lower function's power series, without its factor xᵃ e⁻ˣ / Γ(a)."""
    term = total = 1 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _STOP:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """The upper function's continued fraction, without its factor."""
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    value = d
    for step in range(1, _STEPS):
        numerator = -step * (step - a)
        b += 2
        d = 1 / _nonzero(numerator * d + b)
        c = _nonzero(b + numerator / c)
        value *= c * d
        if abs(c * d - 1) < 4 * _STOP:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
