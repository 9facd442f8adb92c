"""`average_effects`: what a covariate changes in the outcome, averaged. Asked for by blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.types import Compared, Margin, Note
from reportgen.models.margins.asked import Asked, MarginOptions, read

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.margins.fitted import Covariate, Fitted
    from reportgen.models.margins.grid import Point
    from reportgen.models.margins.readings import Reading

STEP = 1e-4
"""Half the step of a derivative, in standard deviations of the covariate."""

Parts = tuple["np.ndarray", "np.ndarray"]
"""An effect on each level of the outcome (L,), and its gradient by the coefficients (L, p)."""


class AverageEffects(Asked):
    """Average marginal effects: the mean over the rows of each row's own effect.

    Of a number the derivative of the mean (of one that is 0 or 1 the change from 0 to 1), of
    levels the difference to the reference; on the scale of the outcome (Bartus 2005, Stata J 5,
    309–329).
    """

    kind: ClassVar[str] = "average_effects"

    @dataclass(frozen=True, kw_only=True)
    class Options(MarginOptions):
        """Keys of the computation."""

    def computed(
        self, options: Any, fitted: Fitted
    ) -> tuple[Iterable[Margin], Iterable[Note], Mapping[str, Any]]:
        """A margin for each number and each level but the reference, within each value of `by`,
        and for each level of the outcome.
        """
        from reportgen.models.margins.grid import held

        reading = read(fitted, "response", options.levels)
        fixed = held(fitted, (), options.at)
        found: list[Margin] = []
        for group, weights in _groups(fitted, options.by):
            effects = [
                each
                for name in options.of or fitted.covariates
                if name not in fixed and name not in group
                for each in _effects(fitted, reading, fitted.covariate(name), fixed, weights)
            ]
            found += _margins(fitted, reading, effects, group)
        return found, (), {}


def _margins(
    fitted: Fitted, reading: Reading, effects: list[tuple[Parts, Compared]], group: Point
) -> Iterator[Margin]:
    """The effects on each level of the outcome."""
    import numpy as np

    from reportgen.models.margins.estimates import of_differences

    for place, level in enumerate(reading.levels if effects else ()):
        theta = np.array([theta[place] for (theta, _), _ in effects])
        J = np.array([gradient[place] for (_, gradient), _ in effects])
        coefs = of_differences(fitted, theta, J)
        for coef, (_, compared) in zip(coefs, effects, strict=True):
            yield Margin(coef, group, (compared,), level)


def _groups(fitted: Fitted, by: tuple[str, ...]) -> Iterator[tuple[Point, np.ndarray]]:
    """The rows of each combination of levels that occurs, as weights that add up to 1."""
    from itertools import product

    import numpy as np

    for name in by:
        if fitted.covariate(name).numeric:
            raise DataError(Problem(
                "by-number", f"`{name}` is a number, and effects are averaged within levels", (),
                help="cut it into intervals by a recode, or hold it at a value (`at`)",
            ))  # fmt: skip
    for levels in product(*(fitted.covariate(name).levels for name in by)):
        inside = np.ones(len(fitted.rows), dtype=bool)
        for name, level in zip(by, levels, strict=True):
            inside &= (level_texts(fitted.rows[name]) == level).to_numpy()
        weights = np.where(inside, fitted.weights, 0.0)
        if weights.sum() > 0:
            yield dict(zip(by, levels, strict=True)), weights / weights.sum()


def _effects(
    fitted: Fitted, reading: Reading, covariate: Covariate, fixed: Point, weights: np.ndarray
) -> Iterator[tuple[Parts, Compared]]:
    """The effects of one covariate."""
    from reportgen.models.margins.means import observed

    name = covariate.name
    values: list[str | float] = list(covariate.levels)
    if covariate.numeric:
        if set(fitted.rows[name].unique().tolist()) != {0, 1}:
            slope = _derivative(fitted, reading, covariate, fixed, weights)
            yield slope, Compared({name: 1.0}, {}, "slope")
            return
        values = [0.0, 1.0]
    means = [observed(fitted, reading, {**fixed, name: each}, weights) for each in values]
    base = values.index(_reference(fitted, name, values))
    for position, value in enumerate(values):
        if position != base:
            change = means[position][0] - means[base][0], means[position][1] - means[base][1]
            yield change, Compared({name: value}, {name: values[base]})


def _reference(fitted: Fitted, name: str, values: list[str | float]) -> str | float:
    """The base level of the model's own coding; the first where it has none."""
    own = [term.reference for term in fitted.result.terms if term.variables == (name,)]
    return next((each for each in own if each in values), values[0])


def _derivative(
    fitted: Fitted, reading: Reading, covariate: Covariate, fixed: Point, weights: np.ndarray
) -> Parts:
    """Mean of ∂μ/∂x by central differences that stay within the range of x; error about h²."""
    import numpy as np

    from reportgen.models.margins.grid import replaced
    from reportgen.models.margins.means import over

    x = fitted.rows[covariate.name].to_numpy(dtype=float)
    half = STEP * covariate.spread
    low, high = (np.clip(x + side, covariate.low, covariate.high) for side in (-half, half))
    share = weights / (high - low)
    at = replaced(fitted, fixed)
    below, under = over(fitted, reading, at.assign(**{covariate.name: low}), share)
    above, upper = over(fitted, reading, at.assign(**{covariate.name: high}), share)
    return above - below, upper - under
