"""Many texts in few words: "icc[BPXSY1], icc[RIDAGEYR] and 8 more"."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import joined
from reportgen.core.words import Words

MOST = 3


def few(texts: Sequence[str], words: Words) -> str:
    """Up to three texts as a list; of more the first two, and how many are left."""
    if len(texts) <= MOST:
        return joined(texts, words)
    shown = words("list.comma").join(texts[: MOST - 1])
    return words("list.more", head=shown, count=len(texts) - MOST + 1)
