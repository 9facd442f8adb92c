"""What a Result says of clusters: their sizes, variances, correlations and effects. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class GroupSize:
    """The sizes of the clusters: rows used by the fit, per cluster."""

    min: int
    mean: float
    max: int


@dataclass(frozen=True)
class Component:
    """A variance component on its own scale (the square of the outcome's unit).

    `typical_difference` is √(2·var): the standard deviation of the difference of two clusters.
    """

    var: float
    sd: float
    se: float | None = None
    typical_difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Spread:
    """How well a number is known: its standard error and interval; None for what is not known."""

    se: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class IccPoint:
    """The intraclass correlation at one value of a covariate whose slope varies by cluster.

    `place` tells the three that tables show: a standard deviation below the covariate's mean, the
    mean, a standard deviation above; "" for the others, from which a line is drawn.
    """

    x: float
    icc: float
    low: float | None = None
    high: float | None = None
    place: Literal["", "below", "mean", "above"] = ""


@dataclass(frozen=True)
class WorkingCorrelation:
    """The working correlation of generalised estimating equations: structure and parameters.

    Keys of `values`: the unit that two rows share (exchangeable, nested; global_odds_ratio, whose
    value is an odds ratio), their distance in time (autoregressive: the shortest; stationary), or
    two times "1,2" (unstructured). `matrix` has a row and a column for each of `times`; it is empty
    where there are none, or too many to read.
    """

    structure: str
    values: Mapping[str, float] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    matrix: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Effect:
    """A predicted random effect and its conditional standard error."""

    estimate: float
    se: float | None = None
