"""Families and links under statsmodels' names and with its guards at the bounds. Heavy.

What estimating equations, least squares and margins ask of them, and no more: loading statsmodels
for it takes longer than fitting. tests/models/engines/test_engine_families.py holds every number to
statsmodels'.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from scipy import special

from reportgen.core.dataclass import dataclass

TINY = float(np.finfo(float).eps)
LOWEST = -350.0
"""The linear predictor below which the square of the odds would overflow."""
Values = Any


class Link(ABC):
    """g of a mean: the linear predictor is g(μ)."""

    @abstractmethod
    def __call__(self, mean: Values) -> Values:
        """g(μ)."""

    @abstractmethod
    def inverse(self, eta: Values) -> Values:
        """The mean at a linear predictor."""

    @abstractmethod
    def inverse_deriv(self, eta: Values) -> Values:
        """dμ/dη."""

    def both(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean and dμ/dη."""
        return self.inverse(eta), self.inverse_deriv(eta)


class Power(Link):
    """μ to a power; the identity is the power 1."""

    def __init__(self, power: float) -> None:
        self.power = power

    def __call__(self, mean: Values) -> Values:
        """μ^power."""
        return mean if self.power == 1 else np.power(mean, self.power)

    def inverse(self, eta: Values) -> Values:
        """η^(1/power)."""
        return eta if self.power == 1 else np.power(eta, 1 / self.power)

    def inverse_deriv(self, eta: Values) -> Values:
        """η^(1/power - 1) / power."""
        if self.power == 1:
            return np.ones_like(eta)
        return np.power(eta, (1 - self.power) / self.power) / self.power


class Log(Link):
    """The logarithm."""

    def __call__(self, mean: Values) -> Values:
        """Log μ."""
        return np.log(np.clip(mean, TINY, np.inf))

    def inverse(self, eta: Values) -> Values:
        """Exp η."""
        return np.exp(eta)

    inverse_deriv = inverse

    def both(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean is its own derivative."""
        mean = np.exp(eta)
        return mean, mean


class Logit(Link):
    """The logarithm of the odds."""

    def __call__(self, mean: Values) -> Values:
        """Log μ/(1 - μ)."""
        return special.logit(_inside(mean))

    def inverse(self, eta: Values) -> Values:
        """1/(1 + exp(-η))."""
        return special.expit(eta)

    def inverse_deriv(self, eta: Values) -> Values:
        """μ(1 - μ), to the last digit on both sides."""
        return special.expit(eta) * special.expit(-np.asarray(eta))

    def both(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Both from one exponential, which takes most of the time."""
        odds = np.exp(-np.maximum(eta, LOWEST))
        mean = 1 / (1 + odds)
        odds *= mean
        odds *= mean
        return mean, odds


class Probit(Link):
    """The standard normal quantile."""

    def __call__(self, mean: Values) -> Values:
        """Φ⁻¹(μ)."""
        return special.ndtri(_inside(mean))

    def inverse(self, eta: Values) -> Values:
        """Φ(η)."""
        return special.ndtr(eta)

    def inverse_deriv(self, eta: Values) -> Values:
        """φ(η)."""
        return np.exp(-np.square(eta) / 2) / np.sqrt(2 * np.pi)


class Cauchy(Link):
    """The Cauchy quantile."""

    def __call__(self, mean: Values) -> Values:
        """Tan π(μ - ½)."""
        return np.tan(np.pi * (_inside(mean) - 0.5))

    def inverse(self, eta: Values) -> Values:
        """½ + arctan(η)/π."""
        return 0.5 + np.arctan(eta) / np.pi

    def inverse_deriv(self, eta: Values) -> Values:
        """1/(π(1 + η²))."""
        return 1 / (np.pi * (1 + np.square(eta)))


class CLogLog(Link):
    """The complementary log-log."""

    def __call__(self, mean: Values) -> Values:
        """log(-log(1 - μ))."""
        return np.log(-np.log(1 - _inside(mean)))

    def inverse(self, eta: Values) -> Values:
        """1 - exp(-exp η)."""
        return 1 - np.exp(-np.exp(eta))

    def inverse_deriv(self, eta: Values) -> Values:
        """exp(η - exp η)."""
        return np.exp(eta - np.exp(eta))


LINKS: dict[str, Link] = {
    "identity": Power(1.0), "log": Log(), "logit": Logit(), "probit": Probit(),
    "cloglog": CLogLog(), "cauchy": Cauchy(), "inverse_power": Power(-1.0),
    "inverse_squared": Power(-2.0), "sqrt": Power(0.5),
}  # fmt: skip


@dataclass(frozen=True)
class Family:
    """A family by name with its link; `parameter` is α or the power of its variance function."""

    name: str
    link: Link
    parameter: float = 1.0

    def variance(self, mean: Values) -> Values:
        """V(μ): the variance of an outcome over the scale."""
        positive = np.clip(mean, TINY, np.inf)
        match self.name:
            case "gaussian":
                return np.ones_like(mean, dtype=float)
            case "binomial":
                share = _inside(mean)
                return share * (1 - share)
            case "negative_binomial":
                return positive + self.parameter * positive**2
            case "tweedie":
                return np.abs(mean) ** self.parameter
        return np.abs(mean) ** {"poisson": 1, "gamma": 2, "inverse_gaussian": 3}[self.name]

    def deviance(self, y: Values, mean: Values) -> Values:
        """What each row adds to the deviance (McCullagh and Nelder 1989, §2.3)."""
        a, gap, entropy = self.parameter, y - mean, special.rel_entr
        low, high = 1 - a, 2 - a
        return {
            "gaussian": lambda: gap**2,
            "binomial": lambda: 2 * (entropy(y, mean) + entropy(1 - y, 1 - mean)),
            "poisson": lambda: 2 * (entropy(y, mean) - gap),
            "gamma": lambda: 2 * (gap / mean - np.log(y / mean)),
            "inverse_gaussian": lambda: gap**2 / (y * mean**2),
            "negative_binomial": lambda: (
                2 * (entropy(y, mean) - (y + 1 / a) * np.log((1 + a * y) / (1 + a * mean)))
            ),
            "tweedie": lambda: (
                2 * (y**high / (low * high) - y * mean**low / low + mean**high / high)
            ),
        }[self.name]()

    def resid_dev(self, y: Values, mean: Values) -> Values:
        """Deviance residuals."""
        return np.sign(y - mean) * np.sqrt(np.clip(self.deviance(y, mean), 0, np.inf))

    def starting_mu(self, y: np.ndarray) -> np.ndarray:
        """Means to begin from: outcomes drawn half-way to their mean, shares to a half."""
        return (y + 0.5) / 2 if self.name == "binomial" else (y + y.mean()) / 2


def family(name: str, link: str, **parameters: float) -> Family:
    """A family with a link; `alpha` or `var_power` where its variance function has one."""
    return Family(name, LINKS[link], *parameters.values())


def _inside(mean: Values) -> Values:
    return np.clip(mean, TINY, 1 - TINY)
