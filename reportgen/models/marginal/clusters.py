"""Clusters as estimating equations take them: their rows in order, their structure. Heavy.

statsmodels' structures over time go by the order of the rows: here rows are sorted by cluster and
time, so the order of the file plays no part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.clusters import WorkingCorrelation
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note, level_text
from reportgen.models.base import codes_of
from reportgen.models.engines.equations import working
from reportgen.models.engines.equations.patterns import Patterns
from reportgen.models.engines.equations.streamed import Scattered
from reportgen.models.engines.equations.units import Sorted, Units
from reportgen.models.health.codes import finding
from reportgen.models.known import lately

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design

MOST_TIMES, MOST_SHOWN = 200, 30
OVER_TIME = ("autoregressive", "stationary", "unstructured")


@dataclass(frozen=True)
class Ordered:
    """Rows sorted by cluster: `order` (n,) sorts them, `codes` (n,) are the clusters before that,
    called by `labels`. `order` is None where rows stay as they are.

    `times` are the distinct times as texts, `places` where they lie in units of `unit`, the
    shortest distance of two rows of a cluster.
    """

    order: np.ndarray | None
    codes: np.ndarray
    labels: tuple[str, ...]
    structure: working.Working
    times: tuple[str, ...] = ()
    places: tuple[float, ...] = ()
    unit: float = 1.0
    notes: tuple[Note, ...] = ()

    def sorted(self, values: np.ndarray) -> np.ndarray:
        """Values of the rows (n, …), in the order of the data, in this order."""
        return values if self.order is None else values[self.order]

    def back(self, values: np.ndarray) -> np.ndarray:
        """Values of the rows in this order, in the order of the data."""
        return values if self.order is None else values[np.argsort(self.order)]


def scattered(options: Any, design: Design) -> Ordered:
    """The rows of a design as they stand, independent or exchangeable within clusters."""
    codes, labels = design.clusters(options.groups)
    exchangeable = options.cov_struct == "exchangeable"
    structure = working.Exchangeable if exchangeable else working.Independence
    return Ordered(None, codes, labels, structure(Scattered(codes)))


def ordered(options: Any, design: Design) -> Ordered:
    """The rows of a design in order, and the structure asked for. DataError for times that are
    none, that repeat within a cluster, or that are too many.
    """
    codes, labels = design.clusters(options.groups)
    if options.cov_struct == "nested":
        return _nested(options, design, codes, labels)
    if options.cov_struct in OVER_TIME:
        return _over_time(options, design, codes, labels)
    found = in_order(options.groups, design)
    if options.cov_struct == "exchangeable":
        return replace(found, structure=working.Exchangeable(found.structure.units))
    return found


def in_order(groups: str, design: Design) -> Ordered:
    """The rows of a design by cluster, taken as independent."""
    return lately(design.rows, ("order", groups), lambda: _in_order(*design.clusters(groups)))


def correlations(options: Any, found: Ordered, association: np.ndarray) -> WorkingCorrelation:
    """The working correlation as a reader meets it: by unit shared, by distance, or by times."""
    values = [float(each) for each in association]
    name = options.cov_struct
    if name == "exchangeable":
        return WorkingCorrelation(name, {options.groups: values[0]})
    if name == "nested":
        shared = np.cumsum(association).tolist()
        return WorkingCorrelation(
            name, dict(zip((options.groups, *options.dep_data), shared, strict=True))
        )
    if name == "independence":
        return WorkingCorrelation(name)
    apart = np.abs(np.subtract.outer(found.places, found.places))
    if isinstance(found.structure, working.Unstructured):
        matrix = found.structure.matrix(association)
        pairs = zip(*np.tril_indices(len(found.times), -1), strict=True)
        keyed = {f"{found.times[b]},{found.times[a]}": float(matrix[a, b]) for a, b in pairs}
        return WorkingCorrelation(name, keyed, found.times, _rows(matrix))
    if isinstance(found.structure, working.Stationary):
        keyed = {str(lag): value for lag, value in enumerate(values, 1)}
        reach = np.concatenate([[1.0], association, [0.0]])
        matrix = reach[np.minimum(apart, options.max_lag + 1).astype(int)]
    else:
        keyed = {level_text(found.unit): values[0]}
        matrix = np.sign(values[0]) ** apart * abs(values[0]) ** apart
    return WorkingCorrelation(name, keyed, found.times, _rows(matrix))


def _in_order(codes: np.ndarray, labels: tuple[str, ...]) -> Ordered:
    sorted_ = Sorted.of(codes)
    return Ordered(sorted_.order, codes, labels, working.Independence(sorted_.units))


def _nested(options: Any, design: Design, codes: np.ndarray, names: tuple[str, ...]) -> Ordered:
    """Units within units: an id counts within the unit around it, whatever it means elsewhere."""
    levels, notes = [codes], []
    for name in options.dep_data:
        own, labels = design.clusters(name)
        _, within = np.unique(np.column_stack([levels[-1], own]), axis=0, return_inverse=True)
        if within.max() + 1 > len(labels):
            notes.append(finding(say("ids-repeat_nested", name=named_column(name))))
        levels.append(within)
    order = np.lexsort(levels[::-1])
    units = tuple(Units(_runs(level[order])) for level in levels)
    return Ordered(order, codes, names, working.Nested(units), notes=tuple(notes))


def _over_time(options: Any, design: Design, codes: np.ndarray, names: tuple[str, ...]) -> Ordered:
    times, labels = _times(options, design)
    order = np.lexsort([times, codes])
    units, sorted_times = Units(codes[order]), times[order]
    _check_repeated(options, units, sorted_times)
    if options.cov_struct == "unstructured":
        _check_number(options, len(labels))
        positions = sorted_times.astype(int)
        patterns = Patterns.of(units, positions, relative=False)
        structure: working.Working = working.Unstructured(units, positions, patterns)
        return Ordered(order, codes, names, structure, labels)
    places = np.unique(sorted_times)
    if options.cov_struct == "stationary":
        whole = sorted_times.astype(int)
        patterns = Patterns.of(units, whole, relative=True)
        structure = working.Stationary(units, whole, options.max_lag, patterns)
        return Ordered(order, codes, names, structure, labels, tuple(places.tolist()))
    unit = _shortest(units, sorted_times)
    chain = working.Autoregressive(units, np.round(sorted_times / unit, 9))
    return Ordered(order, codes, names, chain, labels, tuple((places / unit).tolist()), unit)


def _times(options: Any, design: Design) -> tuple[np.ndarray, tuple[str, ...]]:
    """The times as numbers (for `unstructured` their places 0, 1 …) and the distinct ones as
    texts. DataError for what is no number, or must be whole and is not.
    """
    column = design.column(options.time)
    places, labels = codes_of(column)
    if options.cov_struct == "unstructured":
        return places, labels
    if column.dtype.kind not in "iuf":
        raise DataError(Problem(
            "time-type", f"`{options.time}` is not a column of numbers, and distances in time "
            "need them", ("time",), help="make a number of it by a recode",
        ))  # fmt: skip
    times = column.astype(float)
    if options.cov_struct == "stationary" and np.any(times != np.round(times)):
        raise DataError(Problem(
            "time-whole", f"`{options.time}` must hold whole numbers for `cov_struct: stationary`",
            ("time",), help="round it by a recode",
        ))  # fmt: skip
    return times, labels


def _check_repeated(options: Any, units: Units, times: np.ndarray) -> None:
    repeated = int(np.sum((np.diff(times) == 0) & (np.diff(units.codes) == 0)))
    if repeated:
        raise DataError(Problem(
            "repeated-time", f"`{options.time}` has the same value in two rows of one cluster "
            f"({repeated:,} times), so the order of its rows is not known", ("time",),
            help="average such rows before, or use `cov_struct: exchangeable`",
        ))  # fmt: skip


def _check_number(options: Any, distinct: int) -> None:
    if distinct > MOST_TIMES:
        raise DataError(Problem(
            "too-many-times", f"`{options.time}` has {distinct:,} values; `unstructured` has "
            f"a correlation for each pair of them, and takes at most {MOST_TIMES:,}", ("time",),
            help="use `autoregressive` or `stationary`, or round the times",
        ))  # fmt: skip


def _shortest(units: Units, times: np.ndarray) -> float:
    """The shortest distance of two rows of one cluster."""
    gaps = np.diff(times)[np.diff(units.codes) == 0]
    return float(gaps.min()) if len(gaps) else 1.0


def _runs(codes: np.ndarray) -> np.ndarray:
    """0, 1, 2 … for the runs of equal values."""
    return np.cumsum(np.diff(codes, prepend=codes[0]) != 0)


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """A matrix as plain data; empty where nobody could read it."""
    return tuple(map(tuple, matrix.tolist())) if len(matrix) <= MOST_SHOWN else ()
