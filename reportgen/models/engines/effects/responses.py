"""Outcomes of multilevel models: log p(y | η) of one observation and its derivatives in η.

Every family and link here is log-concave in η, so the random effects of a cluster have one mode.
The derivatives are those of the observed information; with a canonical link it is the expected.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from scipy.special import gammaln, log_ndtr, ndtr, ndtri, xlogy

LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
SMALL, LARGE, LOWEST, FACTORS = 1e-3, 700.0, -350.0, 512


class Response(ABC):
    """The outcomes y (n,) of one family and link. Methods take η (n,) and give arrays (n,).

    log p is without the part that no parameter moves: that is `constant`.
    """

    def __init__(self, y: np.ndarray) -> None:
        self.y = y

    def constant(self, trials: np.ndarray | float) -> np.ndarray:
        """The part of log p that no parameter moves, where y is a share of `trials`."""
        if np.ndim(trials) == 0 and trials == 1 and ((self.y == 0) | (self.y == 1)).all():
            return np.zeros(len(self.y))
        events = trials * self.y
        ways = gammaln(trials + 1) - gammaln(events + 1) - gammaln(trials - events + 1)
        return np.asarray(ways)

    @abstractmethod
    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The log-density of y given η, and its derivative in η."""

    def total(self, eta: np.ndarray, weights: np.ndarray | float) -> float:
        """The sum of log p over rows, each as often as its weight."""
        return float(np.sum(weights * self.value(eta)[0]))

    @abstractmethod
    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The derivative of log p in η, and minus the second, which is positive."""

    @abstractmethod
    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Minus the third and minus the fourth derivative of log p in η."""

    @abstractmethod
    def mean(self, eta: np.ndarray) -> np.ndarray:
        """E(y | η)."""

    @abstractmethod
    def rise(self, eta: np.ndarray) -> np.ndarray:
        """The derivative of the mean in η."""

    @abstractmethod
    def predictor(self, mean: np.ndarray) -> np.ndarray:
        """The η of a mean."""

    def spread(self, mean: np.ndarray) -> np.ndarray:
        """Var(y | η) of one trial, by the mean."""
        return np.asarray(mean * (1 - mean))


class Logit(Response):
    """P(y = 1) = 1 / (1 + exp(-η))."""

    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # log(1 + exp η) to sixteen digits of a sum: what is taken the logarithm of is 1 to 2.
        whole = np.abs(eta)
        np.exp(np.negative(whole, out=whole), out=whole)
        whole += 1
        mean = 1 / whole  # of the likelier outcome
        mean -= 0.5
        np.copysign(mean, eta, out=mean)
        mean += 0.5
        value = self.y * eta
        value -= np.maximum(eta, 0)
        value -= np.log(whole, out=whole)
        return value, np.subtract(self.y, mean, out=mean)

    def total(self, eta: np.ndarray, weights: np.ndarray | float) -> float:
        if isinstance(weights, np.ndarray):
            return super().total(eta, weights)
        size = np.abs(eta)
        # max(η, 0) is the mean of η and its size; factors of 1 to 2, so 512 make a finite number.
        total = self.y @ eta - (np.sum(eta) + np.sum(size)) / 2
        np.negative(size, out=size)
        np.exp(size, out=size)
        size += 1
        whole = len(size) // FACTORS * FACTORS
        products = np.multiply.reduce(size[:whole].reshape(FACTORS, -1), axis=0)
        total -= np.sum(np.log(products)) + np.sum(np.log(size[whole:]))
        return float(weights * total)

    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weight, mean = _odds(eta)
        weight *= mean
        weight *= mean
        return np.subtract(self.y, mean, out=mean), weight

    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weight, mean = _odds(eta)
        weight *= mean
        weight *= mean
        mean *= -2
        mean += 1
        mean *= weight
        turn = -6 * weight
        turn += 1
        turn *= weight
        return mean, turn

    def mean(self, eta: np.ndarray) -> np.ndarray:
        return _odds(eta)[1]

    def rise(self, eta: np.ndarray) -> np.ndarray:
        return self.slopes(eta)[1]

    def predictor(self, mean: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(mean / (1 - mean)))


def _odds(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """exp(-η), bounded so that its square is finite, and P = 1 / (1 + exp(-η)) by it."""
    odds = np.maximum(eta, LOWEST)
    np.exp(np.negative(odds, out=odds), out=odds)
    mean = 1 + odds
    return odds, np.divide(1, mean, out=mean)


class Probit(Response):
    """P(y = 1) = Φ(η)."""

    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value = self.y * log_ndtr(eta) + (1 - self.y) * log_ndtr(-eta)
        return value, self.y * _mills(eta) - (1 - self.y) * _mills(-eta)

    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        up, down = _mills(eta), _mills(-eta)
        weight = self.y * up * (up + eta) + (1 - self.y) * down * (down - eta)
        return self.y * up - (1 - self.y) * down, weight

    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        up, down = _mills_bends(eta), _mills_bends(-eta)
        bend = self.y * up[0] - (1 - self.y) * down[0]
        return bend, self.y * up[1] + (1 - self.y) * down[1]

    def mean(self, eta: np.ndarray) -> np.ndarray:
        return np.asarray(ndtr(eta))

    def rise(self, eta: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-(eta**2) / 2 - LOG_ROOT_2PI))

    def predictor(self, mean: np.ndarray) -> np.ndarray:
        return np.asarray(ndtri(mean))


def _mills(eta: np.ndarray) -> np.ndarray:
    """φ(η) / Φ(η)."""
    return np.asarray(np.exp(-(eta**2) / 2 - LOG_ROOT_2PI - log_ndtr(eta)))


def _mills_bends(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The second and third derivatives of -φ(η) / Φ(η)."""
    mills = _mills(eta)
    total = mills + eta
    both = mills * total
    turn = mills * (both * (mills + 4 * total) + total * (total**2 - 3) - mills)
    return mills * (1 - both - total**2), turn


class Cloglog(Response):
    """P(y = 1) = 1 - exp(-exp(η)): proportional hazards in grouped time."""

    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = np.exp(eta)
        value = xlogy(self.y, -np.expm1(-rate)) - (1 - self.y) * rate
        return value, self.y * _event_share(rate) - (1 - self.y) * rate

    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = np.exp(eta)
        share = _event_share(rate)
        weight = (1 - self.y) * rate - self.y * share * _event_turn(rate)
        return self.y * share - (1 - self.y) * rate, weight

    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = np.exp(eta)
        share, turn = _event_share(rate), _event_turn(rate)
        second = turn**2 - rate - share * turn
        third = turn * (turn**2 - 3 * rate - 4 * share * turn + share**2) - rate + rate * share
        still = (1 - self.y) * rate
        return still - self.y * share * second, still - self.y * share * third

    def mean(self, eta: np.ndarray) -> np.ndarray:
        return np.asarray(-np.expm1(-np.exp(eta)))

    def rise(self, eta: np.ndarray) -> np.ndarray:
        rate = np.exp(eta)
        return np.asarray(rate * np.exp(-rate))

    def predictor(self, mean: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(-np.log1p(-mean)))


def _event_share(rate: np.ndarray) -> np.ndarray:
    """The derivative of log(1 - exp(-μ)) in log μ: r = μ / (exp(μ) - 1); 1 at μ = 0."""
    bounded = np.clip(rate, 1e-300, LARGE)
    return np.asarray(bounded / np.expm1(bounded))


def _event_turn(rate: np.ndarray) -> np.ndarray:
    """1 - μ - r, the derivative of log r in log μ: by its series where the terms cancel."""
    near = np.minimum(rate, SMALL)
    series = -near / 2 - near**2 / 12 + near**4 / 720
    return np.asarray(np.where(rate < SMALL, series, 1 - rate - _event_share(rate)))


class Poisson(Response):
    """Counts with mean and variance μ = exp(η)."""

    def constant(self, trials: np.ndarray | float) -> np.ndarray:
        return np.asarray(-gammaln(self.y + 1))

    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        return self.y * eta - mean, self.y - mean

    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        return self.y - mean, mean

    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        return mean, mean

    def mean(self, eta: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(eta))

    def rise(self, eta: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(eta))

    def predictor(self, mean: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(mean))

    def spread(self, mean: np.ndarray) -> np.ndarray:
        return mean


class NegativeBinomial(Poisson):
    """Counts with mean μ = exp(η) and variance μ + αμ² (NB2; statsmodels' α, R's 1/θ).

    log p = Σ_{j<y} log(1 + αj) + yη - (y + 1/α) log(1 + αμ): exact down to α = 0, the Poisson,
    where differences of log-gamma functions lose every digit.
    """

    def __init__(self, y: np.ndarray, alpha: float) -> None:
        super().__init__(y)
        self.alpha = max(alpha, 1e-12)
        counts, self.place = np.unique(y.astype(np.int64), return_inverse=True)
        steps = np.arange(int(counts[-1]), dtype=float)
        grown = np.concatenate([[0], np.cumsum(np.log1p(self.alpha * steps))])
        share = steps / (1 + self.alpha * steps)
        moved = np.concatenate([[0], np.cumsum(share)])
        turned = np.concatenate([[0], -np.cumsum(share**2)])
        self.rise_sum, self.rise_slope, self.rise_bend = (
            sums[counts] for sums in (grown, moved, turned)
        )

    def value(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        over = self.alpha * mean
        value = self.rise_sum[self.place] + self.y * eta
        value -= (self.y + 1 / self.alpha) * np.log1p(over)
        return value, (self.y - mean) / (1 + over)

    def slopes(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        over = 1 + self.alpha * mean
        return (self.y - mean) / over, (1 + self.alpha * self.y) * mean / over**2

    def bends(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = np.exp(eta)
        over = self.alpha * mean
        bend = (1 + self.alpha * self.y) * mean / (1 + over) ** 3
        return bend * (1 - over), bend * (1 - 4 * over + over**2) / (1 + over)

    def spread(self, mean: np.ndarray) -> np.ndarray:
        return mean + self.alpha * mean**2

    def by_alpha(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Derivatives in α: of log p, of its slope in η, of the weight and of the bend."""
        mean = np.exp(eta)
        over, grown = self.alpha * mean, 1 + self.alpha * self.y
        rest = 1 + over
        value = self.rise_slope[self.place] + mean**2 * _gap(over)[0] - self.y * mean / rest
        slope = -(self.y - mean) * mean / rest**2
        weight = self.y * mean / rest**2 - 2 * mean**2 * grown / rest**3
        bend = (self.y * mean * (1 - over) - mean**2 * grown) / rest**3
        bend -= 3 * mean**2 * grown * (1 - over) / rest**4
        return value, slope, weight, bend

    def twice_by_alpha(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Second derivatives in α: of log p, of its slope in η, and of the weight."""
        mean = np.exp(eta)
        over = self.alpha * mean
        rest = 1 + over
        value = self.rise_bend[self.place] + mean**3 * _gap(over)[1]
        value += self.y * mean**2 / rest**2
        slope = 2 * (self.y - mean) * mean**2 / rest**3
        weight = 6 * mean**3 * (1 + self.alpha * self.y) / rest**4
        return value, slope, weight - 4 * self.y * mean**2 / rest**3


def _gap(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(log(1 + x) - x / (1 + x)) / x² and its derivative, by their series where the terms cancel;
    ½ and -⅔ at 0.
    """
    near, far = np.minimum(x, SMALL), np.maximum(x, SMALL)
    series = 1 / 2 - 2 * near / 3 + 3 * near**2 / 4 - 4 * near**3 / 5 + 5 * near**4 / 6
    slopes = -2 / 3 + 3 * near / 2 - 12 * near**2 / 5 + 10 * near**3 / 3 - 30 * near**4 / 7
    gap = (np.log1p(far) - far / (1 + far)) / far**2
    slope = (1 / (1 + far) ** 2 - 2 * gap) / far
    return np.where(x < SMALL, series, gap), np.where(x < SMALL, slopes, slope)


BINOMIAL: dict[str, Callable[[np.ndarray], Response]] = {
    "logit": Logit,
    "probit": Probit,
    "cloglog": Cloglog,
}


def response(family: str, link: str, y: np.ndarray, alpha: float = 0.0) -> Response:
    """The outcomes of a family and link; `alpha` is the dispersion of a negative binomial."""
    if family == "binomial":
        return BINOMIAL[link](y)
    return NegativeBinomial(y, alpha) if family == "negative_binomial" else Poisson(y)
