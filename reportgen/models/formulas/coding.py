"""Columns as patsy codes them: which contrasts of a category are redundant is its subject.

patsy learns the shape of a design from one value of each factor. The rows are coded here, as it
would code them but a block at a time: it makes all at once, and goes through texts one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import patsy

from reportgen.core.dataclass import dataclass
from reportgen.core.levels import level_codes

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.models.formulas.formula import Formula

Parts = tuple[tuple[np.ndarray, "np.ndarray | None"], ...]


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
        """The sample, with what patsy shall make of it."""
        return patsy.builtins.C(data[self._name], contrast=self.contrast, levels=self.levels)


Coded = Mapping[str, tuple[Any, Numbers | Levels]]


def codes(column: pd.Series[Any], levels: Sequence[str]) -> np.ndarray:
    """A column of levels as their places, (n,). KeyError for a value that is no level."""
    found, texts = level_codes(column)
    place = {level: number for number, level in enumerate(levels)}
    kind = np.int16 if len(levels) < 1 << 15 else np.int64
    places = np.array([*(place.get(text, -1) for text in texts), -1], dtype=kind)[found]
    if (places < 0).any():
        raise KeyError(f"{int((places < 0).sum()):,} values are no level")
    return np.asarray(places)


def learned(terms: Sequence[patsy.Term], data: Mapping[str, Any]) -> patsy.DesignInfo:
    """What patsy knows of the columns of terms of these factors."""
    factors = {factor for term in terms for factor in term.factors}
    sample = {factor.name(): factor.sample(data[factor.name()]) for factor in factors}
    return patsy.incr_dbuilder(patsy.ModelDesc([], list(terms)), lambda: iter([sample]))


@dataclass(frozen=True)
class Coder:
    """The rows of a design as patsy codes them, any block of them. Each column is a product of
    `parts`: the values of a factor (n,), and what each code counts where they are codes.
    """

    parts: tuple[Parts, ...]

    @classmethod
    def of(cls, info: patsy.DesignInfo, data: Mapping[str, Any], order: Sequence[int]) -> Coder:
        """The columns that patsy knows, in another order."""
        columns = [
            tuple(_part(factor, place, subterm, data) for factor, place in places)
            for subterms in info.term_codings.values()
            for subterm in subterms
            for places in _combinations(subterm, info.factor_infos)
        ]
        return cls(tuple(columns[place] for place in order))

    def block(self, rows: slice | np.ndarray) -> np.ndarray:
        """These rows, (k, p), column by column in memory."""
        size = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        made = np.empty((size, len(self.parts)), order="F")
        for place, parts in enumerate(self.parts):
            column = made[:, place]
            column[:] = 1 if not parts else _counted(*parts[0], rows)
            for part in parts[1:]:
                column *= _counted(*part, rows)
        return made


def _counted(values: np.ndarray, counts: np.ndarray | None, rows: slice | np.ndarray) -> np.ndarray:
    """What some rows of a part count."""
    own = values[rows]
    return own if counts is None else counts[own]


def _combinations(subterm: Any, infos: Any) -> Iterable[tuple[tuple[Any, int], ...]]:
    """The columns of each factor that make each column, the first factor's running fastest."""
    widths = [
        subterm.contrast_matrices[factor].matrix.shape[1]
        if factor in subterm.contrast_matrices
        else infos[factor].num_columns
        for factor in subterm.factors
    ]
    for places in product(*(range(width) for width in reversed(widths))):
        yield tuple(zip(subterm.factors, reversed(places), strict=True))


def _part(
    factor: Any, place: int, subterm: Any, data: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray | None]:
    values = data[factor.name()]
    if factor in subterm.contrast_matrices:
        counts = np.asarray(subterm.contrast_matrices[factor].matrix, dtype=float)
        return values, np.ascontiguousarray(counts[:, place])
    return (values if values.ndim == 1 else values[:, place]), None


# ── the columns of a formula ─────────────────────────────────────────────────────────────────


def columns_of(formula: Formula, coded: Coded) -> tuple[Coder, list[tuple[str, ...]]]:
    """How the columns of a formula are made, and those of each term by patsy's names: the
    intercept's first. `coded` are the values of each factor by its text, and what they are.
    """
    return (_of_numbers if _only_numbers(formula, coded) else _of_levels)(formula, coded)


def _only_numbers(formula: Formula, coded: Coded) -> bool:
    """Whether each term is one column, a number or the product of two: then there is nothing that
    patsy would have to think about, and its way takes longer than many a fit.
    """
    single = (isinstance(each, Numbers) and values.ndim == 1 for values, each in coded.values())
    return all(single) and all(len(term.factors) <= 2 for term in formula.terms)


def _of_numbers(formula: Formula, coded: Coded) -> tuple[Coder, list[tuple[str, ...]]]:
    """The columns of numbers alone."""
    parts: list[Parts] = [
        tuple((coded[factor.text][0], None) for factor in term.factors) for term in formula.terms
    ]
    named: list[tuple[str, ...]] = [(term.name,) for term in formula.terms]
    if formula.intercept:
        parts, named = [(), *parts], [("Intercept",), *named]
    return Coder(tuple(parts)), named


def _of_levels(formula: Formula, coded: Coded) -> tuple[Coder, list[tuple[str, ...]]]:
    """The columns as patsy has them, which knows what contrasts of categories are redundant."""
    data = {name: values for name, (values, _) in coded.items()}
    lookups = {name: lookup for name, (_, lookup) in coded.items()}
    described = [
        patsy.Term([lookups[factor.text] for factor in term.factors]) for term in formula.terms
    ]
    if formula.intercept:
        described = [patsy.INTERCEPT, *described]
    info = learned(described, data)
    places = [info.term_slices[each] for each in described]
    order = [column for place in places for column in range(place.start, place.stop)]
    return Coder.of(info, data, order), [tuple(info.column_names[place]) for place in places]
