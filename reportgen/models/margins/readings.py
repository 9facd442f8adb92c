"""What is read off the linear predictors of a fit: means, probabilities, or predictors themselves.

A reading takes η (n, K) to the numbers of an outcome (n, L): one mean, or a probability for each of
L levels. Every η is linear in the coefficients b, so ∂/∂b follows from the slopes by η.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.models.formulas.formula import Formula, parse_effects

NO_LEVEL = ("",)
CONSTANT = parse_effects("1")
Numbers = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Predictor:
    """A linear predictor: the design of `formula`, whose columns have their coefficients at
    `places` of b, and what each row adds to it: `offset` (n,).
    """

    formula: Formula
    places: np.ndarray
    offset: np.ndarray | float = 0.0


@dataclass(frozen=True)
class Reading:
    """`values`: η (n, K) → (n, L), a number for each of `levels` (one, "", for a mean).

    `slopes`: η → (n, L, K), the derivatives. `link` is that on which an interval is symmetric, as
    statsmodels' object; None where it is symmetric as it stands.
    """

    levels: tuple[str, ...]
    predictors: tuple[Predictor, ...]
    values: Numbers
    slopes: Numbers
    link: Any = None

    def of(self, chosen: Sequence[str]) -> Reading:
        """The same of some levels, in their order here. DataError for one that it does not have."""
        for level in chosen:
            if level not in self.levels:
                raise DataError(Problem(
                    "unknown-level", f"`{level}` is no level of the outcome that can be shown",
                    ("levels",), help=self._help(),
                ))  # fmt: skip
        places = [place for place, level in enumerate(self.levels) if level in chosen]
        return Reading(
            tuple(self.levels[place] for place in places), self.predictors,
            lambda eta: self.values(eta)[:, places], lambda eta: self.slopes(eta)[:, places],
            self.link,
        )  # fmt: skip

    def _help(self) -> str:
        if self.levels == NO_LEVEL:
            return "the model has one number for its outcome: leave `levels` out"
        return f"levels: {', '.join(self.levels)}"


def linear(levels: tuple[str, ...], predictors: tuple[Predictor, ...]) -> Reading:
    """The linear predictors themselves, one for each level."""
    unit = np.eye(len(predictors))

    def slopes(eta: np.ndarray) -> np.ndarray:
        return np.broadcast_to(unit, (len(eta), *unit.shape))

    return Reading(levels, predictors, lambda eta: eta, slopes)
