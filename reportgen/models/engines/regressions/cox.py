"""Cox's partial likelihood, with ties by Breslow or Efron, late entry and strata.

At each time with d events the likelihood divides by d sums over those at risk, S - (k/d)·T with k =
0 … d - 1, T being the sum over those with the event (Efron 1977, J Am Stat Assoc 72, 557–565);
Breslow divides by S each time. One such sum is here called a draw.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Survival:
    """Times (n,), whether each ended with the event, when each came under observation, and the
    stratum of each (0 … S - 1).
    """

    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray
    stratum: np.ndarray


@dataclass(frozen=True)
class Draws:
    """The draws in order of stratum and time: (E,) of each its key (place of stratum and time),
    and the share of the tied sum that it leaves out.
    """

    key: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class PartialLikelihood:
    """The partial likelihood of X (n, p), as `predictors.peak` asks for it."""

    survival: Survival
    X: np.ndarray
    efron: bool
    offset: np.ndarray | float = 0.0

    def predictors(self, theta: np.ndarray) -> np.ndarray:
        """The logarithm of the relative hazard: (n, 1)."""
        made: np.ndarray = (self.X @ theta + self.offset)[:, None]
        return made

    def value(self, theta: np.ndarray) -> float:
        """The logarithm of the partial likelihood; -inf where it is not defined."""
        eta = self.predictors(theta)[:, 0]
        with np.errstate(all="ignore"):
            risk = np.exp(eta - eta.max())
            sums = self._sums(risk)
            events = self.survival.event
            total = float(eta[events].sum() - np.log(sums).sum() - eta.max() * events.sum())
        return total if np.isfinite(total) else -np.inf

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """The score residual of each row, (n, p): its event less what was expected of it."""
        risk, _, means, weight = self._moments(theta)
        survival, draws = self.survival, self._draws
        whole = np.concatenate([[0.0], np.cumsum(weight)])
        moment = np.vstack([np.zeros(self.X.shape[1]), np.cumsum(means * weight[:, None], axis=0)])
        start = np.searchsorted(draws.key, self._entry_key, side="right")
        end = np.maximum(np.searchsorted(draws.key, self._time_key, side="right"), start)
        expected = self.X * (whole[end] - whole[start])[:, None] - (moment[end] - moment[start])
        found: np.ndarray = -expected * risk[:, None]
        # Those with the event have a part of the sums that their own draws leave out.
        first = np.searchsorted(draws.key, self._time_key, side="left")
        part = np.concatenate([[0.0], np.cumsum(weight * draws.share)])
        shared = np.vstack([
            np.zeros(self.X.shape[1]),
            np.cumsum(means * (weight * draws.share)[:, None], axis=0),
        ])  # fmt: skip
        every = np.vstack([np.zeros(self.X.shape[1]), np.cumsum(means, axis=0)])
        rows = survival.event
        kept = self.X * (part[end] - part[first])[:, None] - (shared[end] - shared[first])
        count = np.maximum(end - first, 1)[:, None]
        found[rows] += (kept * risk[:, None] + self.X - (every[end] - every[first]) / count)[rows]
        return found

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        """Second derivatives: less the covariance of X among those at risk, summed over draws."""
        risk, sums, means, _ = self._moments(theta)
        size = self.X.shape[1]
        total = np.zeros((size, size))
        for place in range(size):
            second = self._sums(self.X * (risk * self.X[:, place])[:, None])
            total[place] = -(second / sums[:, None]).sum(axis=0)
        covariance: np.ndarray = total + means.T @ means
        return covariance

    def without(self, theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score (p,) and Hessian (p, p) of the rows but some, a mask (n,), which are not at risk
        either.
        """
        own, kept = self.survival, ~rows
        offset = self.offset[kept] if isinstance(self.offset, np.ndarray) else self.offset
        survival = Survival(own.time[kept], own.event[kept], own.entry[kept], own.stratum[kept])
        rest = PartialLikelihood(survival, self.X[kept], self.efron, offset)
        return rest.scores(theta).sum(axis=0), rest.hessian(theta)

    def _moments(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Relative hazards (n,), their sums over those at risk (E,), the means of X among them
        (E, p), and 1 / sums.
        """
        eta = self.predictors(theta)[:, 0]
        risk = np.exp(eta - eta.max())
        sums = self._sums(risk)
        return risk, sums, self._sums(self.X * risk[:, None]) / sums[:, None], 1 / sums

    def _sums(self, values: np.ndarray) -> np.ndarray:
        """Sums of values (n, …) over those at risk at each draw, less its share of the tied."""
        draws = self._draws
        at_risk = _later(values, self._time_key, draws.key - 1)
        at_risk = at_risk - _later(values, self._entry_key, draws.key - 1)
        tied = np.zeros((self._size, *values.shape[1:]))
        np.add.at(tied, self._time_key[self.survival.event], values[self.survival.event])
        share = draws.share.reshape(-1, *[1] * (values.ndim - 1))
        left: np.ndarray = at_risk - share * tied[draws.key]
        return left

    @cached_property
    def _times(self) -> np.ndarray:
        return np.unique(np.concatenate([self.survival.time, self.survival.entry]))

    @cached_property
    def _size(self) -> int:
        return int((self.survival.stratum.max() + 1) * (len(self._times) + 1))

    def _key(self, time: np.ndarray) -> np.ndarray:
        """Stratum and time as one whole number; strata follow each other."""
        place = np.searchsorted(self._times, time)
        key: np.ndarray = self.survival.stratum * (len(self._times) + 1) + place
        return key

    @cached_property
    def _time_key(self) -> np.ndarray:
        return self._key(self.survival.time)

    @cached_property
    def _entry_key(self) -> np.ndarray:
        return self._key(self.survival.entry)

    @cached_property
    def _draws(self) -> Draws:
        key = np.sort(self._time_key[self.survival.event])
        _, first, count = np.unique(key, return_index=True, return_counts=True)
        nth = np.arange(len(key)) - np.repeat(first, count)
        share = nth / np.repeat(count, count) if self.efron else np.zeros(len(key))
        return Draws(key, share)


def _later(values: np.ndarray, keys: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Sums of values (n, …) over the rows whose key is greater than each of `after`."""
    order = np.argsort(keys, kind="stable")
    sums = np.cumsum(values[order][::-1], axis=0)[::-1]
    padded = np.concatenate([sums, np.zeros((1, *values.shape[1:]))])
    found: np.ndarray = padded[np.searchsorted(keys[order], after, side="right")]
    return found


def concordance(survival: Survival, eta: np.ndarray) -> float | None:
    """Harrell's c: of the pairs in which it is known who had the event first, the share in which
    that one has the higher hazard, ties of hazards counted half. Within strata, without late entry.
    """
    agree = pairs = 0.0
    for stratum in np.unique(survival.stratum):
        own = survival.stratum == stratum
        time, event, risk = survival.time[own], survival.event[own], eta[own]
        for place in np.flatnonzero(event):
            later = (time > time[place]) | ((time == time[place]) & ~event)
            pairs += later.sum()
            others = risk[later]
            agree += (others < risk[place]).sum() + 0.5 * (others == risk[place]).sum()
    return float(agree / pairs) if pairs else None
