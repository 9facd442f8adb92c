"""Log-likelihoods of outcomes that are levels, by row, with their derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, log_ndtr, logsumexp, ndtr

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.regressions.predictors import Rows


def multinomial(codes: np.ndarray) -> Rows:
    """The log-likelihood of a row is η_y - log(1 + Σ exp ηₖ): a predictor for each level but the
    first, whose η is 0 (McFadden 1974). `codes` are 0 … J - 1.
    """

    def rows(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        whole = np.column_stack([np.zeros(len(eta)), eta])
        total = logsumexp(whole, axis=1)
        share = np.exp(whole - total[:, None])[:, 1:]
        own = codes[:, None] == np.arange(1, whole.shape[1])
        value = whole[np.arange(len(eta)), codes] - total
        second = share[:, :, None] * share[:, None, :]
        diagonal = np.arange(share.shape[1])
        second[:, diagonal, diagonal] -= share
        return value, own - share, second

    return rows


@dataclass(frozen=True)
class Latent:
    """The distribution of the variable behind an ordered outcome: F, log F, and the density with
    its derivative, all symmetric about 0.
    """

    cdf: Callable[[np.ndarray], np.ndarray]
    log_cdf: Callable[[np.ndarray], np.ndarray]
    density: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def _normal(x: np.ndarray) -> np.ndarray:
    density: np.ndarray = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return density


LATENT = {
    "logit": Latent(
        expit,
        lambda x: -np.logaddexp(0, -x),
        lambda x: expit(x) * expit(-x),
        lambda x: expit(x) * expit(-x) * (1 - 2 * expit(x)),
    ),
    "probit": Latent(ndtr, log_ndtr, _normal, lambda x: -x * _normal(x)),
}


def ordered(codes: np.ndarray, levels: int, latent: Latent) -> Rows:
    """The log-likelihood of a row is log(F(u) - F(l)), u and l the thresholds above and below less
    the linear predictor: two predictors (McCullagh 1980, J R Stat Soc B 42, 109–142). `codes` are
    0 … levels - 1; of the lowest and the highest level one threshold is infinite and has no part.
    """
    lowest, highest = codes == 0, codes == levels - 1

    def rows(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        upper = np.where(highest, np.inf, eta[:, 0])
        lower = np.where(lowest, -np.inf, eta[:, 1])
        # In the upper half both are turned to the lower, where F keeps its digits.
        turned = lower > 0
        a, b = np.where(turned, -lower, upper), np.where(turned, -upper, lower)
        top = latent.log_cdf(a)
        with np.errstate(all="ignore"):
            log_share = top + np.log1p(-np.exp(latent.log_cdf(b) - top))
        share = np.exp(log_share)
        above = np.where(highest, 0.0, latent.density(np.where(highest, 0.0, upper)) / share)
        below = np.where(lowest, 0.0, latent.density(np.where(lowest, 0.0, lower)) / share)
        bend_above = np.where(highest, 0.0, latent.slope(np.where(highest, 0.0, upper)) / share)
        bend_below = np.where(lowest, 0.0, latent.slope(np.where(lowest, 0.0, lower)) / share)
        second = np.empty((len(codes), 2, 2))
        second[:, 0, 0] = bend_above - above**2
        second[:, 1, 1] = -bend_below - below**2
        second[:, 0, 1] = second[:, 1, 0] = above * below
        return log_share, np.column_stack([above, -below]), second

    return rows


Shares = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""η (n, q) → probabilities of the levels (n, J) and their derivatives by η (n, J, q)."""


def multinomial_shares(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a predictor for each level but the first, whose η is 0."""
    whole = np.column_stack([np.zeros(len(eta)), eta])
    share = np.exp(whole - logsumexp(whole, axis=1)[:, None])
    slope = -share[:, :, None] * share[:, None, 1:]
    others = np.arange(eta.shape[1])
    slope[:, others + 1, others] += share[:, 1:]
    return share, slope


def cumulative_shares(latent: Latent) -> Shares:
    """Of the predictors of P(y ≤ j) = F(ηⱼ), a level each but the highest. Where predictors are not
    in their order, shares are below 0.
    """

    def shares(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # The shares of an upper half come from the upper tail, where F keeps its digits.
        ends = np.pad(eta, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
        low, high = ends[:, :-1], ends[:, 1:]
        turned = low > 0
        share = latent.cdf(np.where(turned, -low, high)) - latent.cdf(np.where(turned, -high, low))
        cuts, density = np.arange(eta.shape[1]), latent.density(eta)
        slope = np.zeros((*share.shape, len(cuts)))
        slope[:, cuts, cuts], slope[:, cuts + 1, cuts] = density, -density
        return share, slope

    return shares
