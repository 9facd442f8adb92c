"""Columns as patsy codes them: which contrasts of a category are redundant is its subject.

patsy learns the shape of a design from one value of each factor, and gets the rows themselves as
codes: it would go through a column of texts row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import patsy

from reportgen.core.levels import level_texts

if TYPE_CHECKING:
    import pandas as pd


class Numbers(patsy.LookupFactor):  # type: ignore[misc]
    """A factor of numbers, of one column or several."""

    def sample(self, values: np.ndarray) -> np.ndarray:
        """What tells its shape."""
        return values[:1]


class Levels:
    """A category with its levels and contrast, by the protocol of patsy's factors."""

    origin = None

    def __init__(self, name: str, levels: Sequence[str], contrast: Any) -> None:
        self._name = name
        self.levels = levels
        self.contrast = contrast

    def name(self) -> str:
        """What the names of its columns begin with."""
        return self._name

    def memorize_passes_needed(self, state: Any, environment: Any) -> int:
        """Nothing is learned from the rows."""
        return 0

    def sample(self, values: Any) -> list[str]:
        """What tells its shape."""
        return [self.levels[0]]

    def eval(self, state: Any, data: Mapping[str, Any]) -> Any:
        """Its values, with what patsy shall make of them where they are texts."""
        values = data[self._name]
        if not isinstance(values, list):
            return values
        return patsy.builtins.C(values, contrast=self.contrast, levels=self.levels)


def codes(column: pd.Series[Any], levels: Sequence[str]) -> pd.Categorical[Any]:
    """A column of levels as their places. KeyError for a value that is no level."""
    import pandas as pd

    texts = pd.Index(level_texts(column))
    known = pd.Index(list(levels))
    places = known.get_indexer(texts)
    if (places < 0).any():
        raise KeyError(f"{int((places < 0).sum()):,} values are no level")
    return pd.Categorical.from_codes(places, dtype=pd.CategoricalDtype(known))


def coded_matrix(
    terms: Sequence[patsy.Term], data: Mapping[str, Any]
) -> tuple[np.ndarray, patsy.DesignInfo]:
    """The matrix (n, p) of terms of these factors, and what patsy knows of its columns."""
    factors = {factor for term in terms for factor in term.factors}
    sample = {factor.name(): factor.sample(data[factor.name()]) for factor in factors}
    info = patsy.incr_dbuilder(patsy.ModelDesc([], list(terms)), lambda: iter([sample]))
    (made,) = patsy.build_design_matrices([info], data, NA_action="raise")
    return np.asarray(made), info
