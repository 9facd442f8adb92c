"""The scale of an axis: where it ends, where its ticks stand, and what is written there.

A ratio axis is linear in the logarithm: positions are logarithms, ticks stand at round ratios.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reportgen.core import numbers
from reportgen.core.dataclass import dataclass

FEW = 4
FAR = 4.0
_MOST_LOG = 690.0
_DECADE = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))


@dataclass(frozen=True)
class Scale:
    """An axis: its ends, its ticks and their texts, all in axis units (logarithms for ratios)."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]

    def holds(self, value: float) -> bool:
        """Whether a value lies between the ends."""
        return self.low <= value <= self.high


def linear(low: float, high: float, room: float = 0.04) -> Scale:
    """A scale from `low` to `high`, with `room` (a share of its length) beyond each of them."""
    if not high > low:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    spare = room * (high - low)
    return _ticked(low - spare, high + spare, 8)


def upward(most: float, ticks: int = 8) -> Scale:
    """A scale of heights: from 0 to a little above `most`, with about so many ticks or fewer."""
    return _ticked(0.0, 1.04 * (most or 1.0), ticks)


def _ticked(low: float, high: float, most: int) -> Scale:
    step = _step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = tuple(count * step for count in range(first, last + 1))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return Scale(low, high, ticks, tuple(numbers.fixed(tick, decimals) for tick in ticks))


def ratio(low: float, high: float, room: float = 0.04) -> Scale:
    """A logarithmic scale: `low` and `high` are logarithms, ticks those of round ratios."""
    plain = linear(low, high, room)
    low, high = max(plain.low, -_MOST_LOG), min(plain.high, _MOST_LOG)
    for tier in _DECADE:
        ratios = _within(tier, low, high)
        if len(ratios) >= FEW:
            step = -(-len(ratios) // 9)
            kept = [ratio for ratio in ratios if round(math.log10(ratio)) % step == 0 or step == 1]
            texts = tuple(_round_ratio(ratio) for ratio in kept)
            return Scale(low, high, tuple(map(math.log, kept)), texts)
    fine = linear(math.exp(low), math.exp(high), 0.0)
    kept = [tick for tick in fine.ticks if tick > 0]
    texts = tuple(text for tick, text in zip(fine.ticks, fine.texts, strict=True) if tick > 0)
    return Scale(low, high, tuple(map(math.log, kept)), texts)


def cutoff(reaches: Iterable[float]) -> float | None:
    """How far an axis goes where a few values lie far outside the rest; None where none does.

    `reaches` are distances from the null. At most a third of them may be left outside, each at
    least four times as far out as the farthest that stays.
    """
    ordered = sorted(reach for reach in reaches if math.isfinite(reach))
    fewest = len(ordered) - len(ordered) // 3
    for kept in range(max(2, fewest), len(ordered)):
        inside, outside = ordered[kept - 1], ordered[kept]
        if inside > 0 and outside > FAR * inside:
            return inside
    return None


def _step(length: float, most: int) -> float:
    """A round step of which about `most` fit into `length`, or fewer."""
    rough = length / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough * 0.999)


def _within(tier: Sequence[float], low: float, high: float) -> list[float]:
    first, last = math.floor(low / math.log(10)), math.floor(high / math.log(10))
    ratios = (10.0**power * unit for power in range(first, last + 1) for unit in tier)
    return [ratio for ratio in ratios if low <= math.log(ratio) <= high]


def _round_ratio(ratio: float) -> str:
    """0.05 → "0.05", 1 → "1", 1000 → "1,000"."""
    decimals = 0
    while decimals < 12 and not math.isclose(round(ratio, decimals), ratio, rel_tol=1e-9):
        decimals += 1
    return numbers.fixed(ratio, decimals)
