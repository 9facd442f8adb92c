"""Merging several orders into one that keeps each of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def merge(orders: Sequence[Sequence[T]]) -> tuple[T, ...]:
    """The union of `orders` in which every order's own sequence is kept.

    Kahn's topological sort; of the items that may come next, the one that was seen first comes
    first, so that a single order comes back unchanged. Where two orders contradict each other
    (a before b, b before a) the earlier one wins.
    """
    seen = {item: None for order in orders for item in order}
    before: dict[T, set[T]] = {item: set() for item in seen}
    for order in orders:
        for position, item in enumerate(order[1:], start=1):
            before[item].add(order[position - 1])
    merged: list[T] = []
    while seen:
        chosen = next((item for item in seen if before[item].isdisjoint(seen)), None)
        if chosen is None:
            chosen = next(iter(seen))
        del seen[chosen]
        merged.append(chosen)
    return tuple(merged)
