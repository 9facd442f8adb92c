"""One order out of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.blocks.ordering import merge


@pytest.mark.parametrize(
    ("orders", "merged"),
    [
        ([], ""),
        (["abc"], "abc"),
        (["ab", "acb"], "acb"),
        (["xz", "yz"], "xyz"),
        (["ab", "ca"], "cab"),
        (["ab", "cd"], "abcd"),
        (["ab", "ba"], "ab"),
    ],
)
def test_orders_become_one(orders, merged):
    """An item goes where every order wants it, and as early as it was first seen."""
    assert "".join(merge(orders)) == merged


@given(st.lists(st.sets(st.integers(0, 30))))
def test_every_order_is_kept(sets):
    """Each of several compatible orders is a subsequence of the merged one."""
    orders = [sorted(items) for items in sets]
    merged = merge(orders)
    assert len(set(merged)) == len(merged)
    for order in orders:
        assert [item for item in merged if item in set(order)] == order
