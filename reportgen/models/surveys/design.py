"""The sample design as a spec declares it: columns in, a checked `Sampling` out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Note, Scalar, noted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from reportgen.models.engines.samples.sampling import Sampling


@dataclass(frozen=True)
class Declared:
    """The rows of a frame as a sample; `inside` (n,) marks those of the subpopulation."""

    frame: Frame
    sampling: Sampling
    inside: np.ndarray
    notes: tuple[Note, ...]

    @property
    def rows(self) -> Frame:
        """The rows of the subpopulation."""
        return Frame(self.frame.table.loc[self.inside], self.frame.facts)

    @property
    def outside(self) -> int:
        """How many rows are outside the subpopulation, or have no weight."""
        return int(len(self.inside) - self.inside.sum())

    def places(self, rows: pd.DataFrame) -> np.ndarray:
        """Where rows taken from the frame stand in it, shape (len(rows),)."""
        return self.frame.table.index.get_indexer(rows.index)

    def mask(self, rows: pd.DataFrame) -> np.ndarray:
        """The rows taken from the frame, as truth over all of its rows, shape (n,)."""
        import numpy as np

        mask = np.zeros(len(self.inside), dtype=bool)
        mask[self.places(rows)] = True
        return mask


def declared(options: Any, frame: Frame) -> Declared:
    """The design of a survey. DataError where its columns cannot describe one; FitError for a
    subpopulation without rows.
    """
    import numpy as np

    from reportgen.models.engines.samples.sampling import Sampling

    table = frame.table
    strata = _codes(table, options.strata, "strata")
    units = _units(options, table, strata)
    sizes = np.bincount(strata[np.unique(units, return_index=True)[1]])
    population = _population(options, table, strata, sizes)
    weights = _weights(options, table, (population / sizes)[strata])
    sampling = Sampling(strata, units, weights, population, options.lonely)
    inside = (weights > 0) & _domain(options, table)
    if not inside.any():
        raise unfit(say("empty-domain"), ("domain",))
    return Declared(frame, sampling, inside, tuple(_notes(options, frame, sampling, inside)))


def clusters(options: Any, declared: Declared, used: np.ndarray) -> dict[str, Any]:
    """The sampling units of the rows used, by the names of Result's fields; none without `psu`."""
    from reportgen.models.base import codes_of, group_size

    if options.psu is None:
        return {}
    codes, labels = codes_of(declared.sampling.units[used])
    return {"n_groups": len(labels), "group_size": group_size(codes)}


def details(options: Any, declared: Declared, used: np.ndarray) -> dict[str, Scalar]:
    """The design in stable words, for `Method.details`."""
    import numpy as np

    sampling = declared.sampling
    return {
        "weights": options.weights, "strata": options.strata, "psu": options.psu,
        "fpc": options.fpc, "lonely": options.lonely, "domain": options.domain,
        "n_strata": len(np.unique(sampling.strata[used])),
        "n_units": len(np.unique(sampling.units[used])),
        "df_design": sampling.df(used), "outside": declared.outside,
    }  # fmt: skip


# ── columns ──────────────────────────────────────────────────────────────────────────────────


def _codes(table: pd.DataFrame, name: str | None, key: str) -> np.ndarray:
    """A column as codes 0, 1, …; all 0 where there is none."""
    import numpy as np
    import pandas as pd

    if name is None:
        return np.zeros(len(table), dtype=int)
    _complete(table, name, key)
    codes: np.ndarray = pd.factorize(table[name], sort=True)[0]
    return codes


def _units(options: Any, table: pd.DataFrame, strata: np.ndarray) -> np.ndarray:
    """The first-stage units as codes 0 … U-1, each within one stratum; without `psu` the rows."""
    import numpy as np

    if options.psu is None:
        return np.arange(len(table))
    ids = _codes(table, options.psu, "psu")
    pairs = strata.astype(np.int64) * (int(ids.max()) + 1) + ids
    units: np.ndarray = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    across = len(np.unique(pairs)) - len(np.unique(ids))
    if not options.nest and across:
        raise DataError(Problem(
            "units-across-strata", f"`{options.psu}` has ids that stand in several strata of "
            f"`{options.strata}`", ("psu",),
            help="write `nest: true` where ids begin anew in each stratum",
        ))  # fmt: skip
    return units


def _population(
    options: Any, table: pd.DataFrame, strata: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """The first-stage units there are in each stratum, from their number or the share sampled."""
    import numpy as np

    if options.fpc is None:
        return np.full(len(sizes), np.inf)
    values = _numbers(table, options.fpc, "fpc")
    first = values[np.unique(strata, return_index=True)[1]]
    if (values != first[strata]).any():
        raise _wrong("fpc", f"`{options.fpc}` is not the same in all rows of a stratum")
    shares = bool((values <= 1).all())
    if (values <= 0).any() or (not shares and (values < 1).any()):
        raise _wrong("fpc", f"`{options.fpc}` is neither a share nor a number of units throughout")
    population: np.ndarray = sizes / first if shares else first
    short = int((population < sizes * (1 - 1e-9)).sum())
    if short:
        raise _wrong("fpc", f"`{options.fpc}` is below the units sampled in {short:,} strata")
    return population


def _weights(options: Any, table: pd.DataFrame, implied: np.ndarray) -> np.ndarray:
    """The weights of the rows; without a column what `fpc` implies, else 1 for all."""
    import numpy as np

    if options.weights is None:
        return implied if options.fpc is not None else np.ones(len(table))
    weights = _numbers(table, options.weights, "weights")
    negative = int((weights < 0).sum())
    if negative:
        raise _wrong("weights", f"`{options.weights}` is negative in {negative:,} rows")
    return weights


def _domain(options: Any, table: pd.DataFrame) -> np.ndarray:
    """Truth over the rows: the column that the run made of the expression `domain`.

    A row for which the condition is not known is outside, as in a step of a sample.
    """
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if options.domain is None:
        return np.ones(len(table), dtype=bool)
    values = table[options.domain]
    if not is_numeric_dtype(values):
        raise DataError(Problem(
            "domain", "`domain` is a text, not a condition", ("domain",),
            help='compare it: `sex == "Female"`',
        ))  # fmt: skip
    truth: np.ndarray = values.astype("Float64").fillna(0.0).ne(0.0).to_numpy(dtype=bool)
    return truth


def _complete(table: pd.DataFrame, name: str, key: str) -> None:
    missing = int(table[name].isna().sum())
    if missing:
        raise DataError(Problem(
            "design-missing", f"`{name}` is missing in {missing:,} rows, which therefore have no "
            "place in the design", (key,), help="leave these rows out by a step of `sample`",
        ))  # fmt: skip


def _numbers(table: pd.DataFrame, name: str, key: str) -> np.ndarray:
    _complete(table, name, key)
    try:
        return table[name].to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise _wrong(key, f"`{name}` holds text where numbers are needed") from error


def _wrong(key: str, message: str) -> DataError:
    return DataError(Problem(key, message, (key,)))


# ── what a reader should know ────────────────────────────────────────────────────────────────

RULES = {
    "remove": say("part_lonely-remove"),
    "certainty": say("part_lonely-certainty"),
    "adjust": say("part_lonely-adjust"),
    "average": say("part_lonely-average"),
}
"""R's words for what is done with a stratum's only unit (`survey.lonely.psu`)."""


def _notes(options: Any, frame: Frame, sampling: Sampling, inside: np.ndarray) -> Iterable[Note]:
    dropped = sum(step.before - step.after for step in frame.facts.steps)
    if dropped:
        yield noted("warning", say("sample-before-design", rows=dropped))
    if options.weights is None:
        said = say("no-weights") if options.fpc is None else say("no-weights_fpc")
        yield noted("info", said)
    lonely = len(sampling.lonely_strata(inside))
    if lonely and options.lonely != "fail":
        said = say("lonely-unit_rule", strata=lonely, rule=RULES[options.lonely])
        yield noted("warning", said)
    outside = int((~inside).sum())
    if options.domain is not None:
        rows, domain = int(inside.sum()), f"`{options.domain}`"
        yield noted("info", say("domain", domain=domain, rows=rows, others=outside))
    elif outside:
        yield noted("info", say("zero-weights", rows=outside))
