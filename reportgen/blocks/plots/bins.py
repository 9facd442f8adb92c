"""Means in groups of neighbours: how a cloud of points runs, without a model of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from reportgen.core.dataclass import dataclass

MOST = 25
FEWEST_EACH = 5


@dataclass(frozen=True)
class Bin:
    """The points of one group: how many, and the means of x and of y."""

    n: int
    x: float
    y: float


def bins(points: Sequence[tuple[float, float]]) -> tuple[Bin, ...]:
    """Up to 25 groups of points (x, y) with like x, each of about as many, in the order of x.

    At least five points a group as far as there are so many; points of equal x are in one group,
    so that the means do not depend on the order of the points. As in the binned residual plot of
    Gelman and Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models, 97.
    """
    ordered = sorted(points)
    count = max(1, min(MOST, len(ordered) // FEWEST_EACH))
    found: list[Bin] = []
    start = 0
    while start < len(ordered):
        end = start + max(1, round((len(ordered) - start) / max(1, count - len(found))))
        while end < len(ordered) and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        found.append(_bin(ordered[start:end]))
        start = end
    return tuple(found)


def _bin(points: Sequence[tuple[float, float]]) -> Bin:
    n = len(points)
    return Bin(n, fsum(x for x, _ in points) / n, fsum(y for _, y in points) / n)
