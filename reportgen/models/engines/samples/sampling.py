"""The variance of estimates from a stratified, clustered sample, by Taylor linearisation.

An estimate is, to first order, a sum over the sample of scores z; its variance is that of the sum
of the totals of the first-stage units, within strata (Binder 1983; Lumley 2010, section 2.2):

    V = Σ_h (1 - n_h/N_h) · n_h/(n_h - 1) · Σ_i (z_hi - z̄_h)(z_hi - z̄_h)ᵀ

over the strata h and the units i sampled in them, of which n_h of N_h were taken. Units without a
row of the subpopulation count, with a total of zero.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import say

Lonely = Literal["fail", "remove", "adjust", "average", "certainty"]
SELF_REPRESENTING = 1e-7


@dataclass(frozen=True)
class Sampling:
    """A sample as it was drawn: arrays over its n rows, and over its H strata.

    strata (n,) codes 0 … H-1; units (n,) codes 0 … U-1 of the first-stage units, each within one
    stratum; weights (n,), 0 or more; population (H,): the first-stage units there are in each
    stratum, infinite where they were drawn with replacement.
    """

    strata: np.ndarray
    units: np.ndarray
    weights: np.ndarray
    population: np.ndarray
    lonely: Lonely = "fail"

    @property
    def n_strata(self) -> int:
        """How many strata were sampled."""
        return len(self.population)

    @property
    def n_units(self) -> int:
        """How many first-stage units were sampled."""
        return int(self.units.max()) + 1

    @property
    def homes(self) -> np.ndarray:
        """The stratum of each unit, shape (U,)."""
        homes = np.empty(self.n_units, dtype=int)
        homes[self.units] = self.strata
        return homes

    @property
    def sizes(self) -> np.ndarray:
        """The units sampled in each stratum, shape (H,)."""
        return np.bincount(self.homes, minlength=self.n_strata)

    @property
    def unsampled(self) -> np.ndarray:
        """1 - n_h/N_h, the share of each stratum's units that were not sampled, shape (H,)."""
        share: np.ndarray = 1 - self.sizes / self.population
        return share

    def df(self, inside: np.ndarray) -> int:
        """Design degrees of freedom of the rows `inside`: their units less their strata."""
        return len(np.unique(self.units[inside])) - len(np.unique(self.strata[inside]))

    def lonely_strata(self, inside: np.ndarray) -> np.ndarray:
        """The strata of rows `inside` with one sampled unit of several, which tell no spread."""
        alone = (self.sizes == 1) & (self.unsampled > SELF_REPRESENTING)
        return np.flatnonzero(alone & np.isin(np.arange(self.n_strata), self.strata[inside]))

    def totals(self, scores: np.ndarray) -> np.ndarray:
        """The sum of scores (n, p) or (n,) in each first-stage unit, shape (U, p)."""
        columns = scores.reshape(len(scores), -1).T
        sums = [np.bincount(self.units, each, minlength=self.n_units) for each in columns]
        return np.column_stack(sums)

    def variance(self, totals: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """The covariance matrix (p, p) of sums over the sample, from the totals (U, p) of units.

        Scores are 0 but for the rows `inside`. FitError for a lonely unit under the rule `fail`.
        """
        lonely = self.lonely_strata(inside)
        if len(lonely) and self.lonely == "fail":
            raise _alone(len(lonely))
        homes, sizes = self.homes, self.sizes
        means = [np.bincount(homes, each, minlength=self.n_strata) / sizes for each in totals.T]
        centres = np.column_stack(means)
        if self.lonely == "adjust":
            centres[lonely] = 0.0  # the mean over all strata: scores of a mean or a model sum to 0
        scale = self.unsampled * np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0)
        weighed = (totals - centres[homes]) * np.sqrt(np.maximum(scale, 0.0))[homes][:, None]
        found: np.ndarray = weighed.T @ weighed
        if self.lonely != "average" or not len(lonely):
            return found
        strata = len(np.unique(self.strata[inside]))
        if strata == len(lonely):
            raise _alone(len(lonely))
        return found * strata / (strata - len(lonely))


def _alone(strata: int) -> FitError:
    return unfit(
        say("lonely-unit", strata=strata), ("lonely",),
        help="keep the rows that were left out (`domain` chooses a subpopulation), or "
        "choose a rule by `lonely`: remove, adjust, average, certainty",
    )  # fmt: skip
