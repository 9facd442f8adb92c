"""What a Result says of variables described by group: the rows of a Table 1. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Summary:
    """One variable described in one group of rows (`group` is "" for all rows).

    `counts` are rows by level, `shares` their weighted shares of 1 where rows have weights; mean,
    sd and quartiles are then weighted too, and `mass` is the sum of the weights of its values.
    `se` is the standard error of the mean, `share_errors` those of the shares, where asked for.
    """

    variable: str
    group: str
    n: int
    missing: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    min: float | None = None
    max: float | None = None
    decimals: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    mass: float | None = None
    se: float | None = None
    share_errors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupTest:
    """A test that groups do not differ: `name` is welch, kruskal_wallis, chi_square,
    chi_square_few (some expected counts below 5) or fisher, which has no statistic.
    """

    name: str
    statistic: float | None
    df: int | None
    df_resid: float | None
    p: float


@dataclass(frozen=True)
class Difference:
    """How a variable differs between groups: `smd`, the absolute standardised difference (its mean
    over all pairs of groups), and tests by what they compare: means, ranks or counts.
    """

    variable: str
    smd: float | None = None
    tests: Mapping[str, GroupTest] = field(default_factory=dict)
