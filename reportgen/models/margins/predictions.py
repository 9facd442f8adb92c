"""`predictions`: marginal means and predictions at given values. Asked for by blocks alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.comparing import Average, Scale
from reportgen.core.dataclass import dataclass
from reportgen.core.levels import level_texts
from reportgen.core.options import option
from reportgen.core.types import Margin, Note
from reportgen.models.margins.asked import Asked, MarginOptions, beyond, read

if TYPE_CHECKING:
    from reportgen.models.margins.fitted import Fitted
    from reportgen.models.margins.grid import Point

RUG = 100
"""At most so many marks show where the data are: the quantiles of the covariate."""


class Predictions(Asked):
    """The mean of the outcome at given values of covariates."""

    kind: ClassVar[str] = "predictions"

    @dataclass(frozen=True, kw_only=True)
    class Options(MarginOptions):
        """Keys of the computation."""

        average: Average = option("balanced", doc="Over levels with equal weights, or over rows.")
        type: Scale = option("response", doc="The scale of the means.")
        points: int | None = option(
            None, doc="So many values over the range of a number without values; for a curve."
        )

    def computed(
        self, options: Any, fitted: Fitted
    ) -> tuple[Iterable[Margin], Iterable[Note], Mapping[str, Any]]:
        """A margin a point, for each level of the outcome: `by` varies slowest. For a curve, the
        range of each level of `by` as well.
        """
        from reportgen.models.margins import grid
        from reportgen.models.margins.estimates import of_means
        from reportgen.models.margins.means import means

        columns = tuple(dict.fromkeys((*options.by, *options.of)))
        chosen = grid.points(fitted, columns, options.at, options.points)
        fixed = grid.held(fitted, columns, options.at)
        more = {} if options.points is None else _curve(fitted, options)
        chosen = _within(chosen, options, more.get("group_ranges", {}))
        reading = read(fitted, options.type, options.levels)
        margins = [
            Margin(coef, point, outcome=found.level)
            for found in means(fitted, reading, chosen, fixed, options.average)
            for coef, point in zip(of_means(fitted, found), chosen, strict=True)
        ]
        return margins, beyond(fitted, chosen, fixed), more


def _curve(fitted: Fitted, options: Any) -> dict[str, Any]:
    """Where the data are along the first covariate: quantiles, and its range in each level."""
    import numpy as np

    name = options.of[0]
    if not fitted.covariate(name).numeric:
        return {}
    values = fitted.rows[name].to_numpy(dtype=float)
    shares = np.linspace(0, 1, min(RUG, len(values)))
    found: dict[str, Any] = {"observations": {name: tuple(map(float, np.quantile(values, shares)))}}
    if options.by and not fitted.covariate(options.by[0]).numeric:
        texts = level_texts(fitted.rows[options.by[0]]).to_numpy()
        found["group_ranges"] = {
            level: {name: (float(own.min()), float(own.max()))}
            for level in fitted.covariate(options.by[0]).levels
            if len(own := values[texts == level])
        }
    return found


def _within(
    chosen: list[Point], options: Any, ranges: Mapping[str, Mapping[str, tuple[float, float]]]
) -> list[Point]:
    """The points of a curve that a level has data for; its ends stand where its data end."""
    if not ranges:
        return chosen
    name, by = options.of[0], options.by[0]
    kept: list[Point] = []
    for point in chosen:
        low, high = ranges[str(point[by])][name]
        if not kept or kept[-1][by] != point[by]:
            kept.append({**point, name: low})
        if low < float(point[name]) < high:
            kept.append(point)
        elif float(point[name]) >= high and float(kept[-1][name]) < high:
            kept.append({**point, name: high})
    return kept
