"""The words in which means and comparisons are asked for: blocks write them, kinds read them."""

from __future__ import annotations

from typing import Literal, get_args

Average = Literal["balanced", "observed"]
"""Over the levels of other factors with equal weights, or over the rows analysed."""

Scale = Literal["link", "response", "zero"]
"""Of the linear predictor, of the outcome, or the probability that a count is 0."""

Method = Literal[
    "pairwise", "reference", "consecutive", "eff", "polynomial", "interaction", "custom"
]
"""Which means are compared."""

Adjust = Literal[
    "tukey", "dunnett", "scheffe", "bonferroni", "sidak", "holm", "holm-sidak", "simes-hochberg",
    "hommel", "fdr_bh", "fdr_by", "fdr_tsbh", "fdr_tsbky",
]  # fmt: skip
"""How p is adjusted for several comparisons, by statsmodels' names where it has the method."""

ADJUST: tuple[Adjust, ...] = get_args(Adjust)

SIMULTANEOUS: frozenset[str] = frozenset({"tukey", "dunnett", "scheffe", "bonferroni", "sidak"})
"""Methods that also lengthen the intervals; the others go step by step and have none of their own,
so the intervals beside them each hold their confidence alone."""
