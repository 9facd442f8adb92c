"""`histogram`: what `plot: histogram` asks of the rows. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.types import Frame, Result

if TYPE_CHECKING:
    import numpy as np

MOST_BINS = 100


class Histogram:
    """Counts of a column's values in intervals of one width, by group."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        column: Column = option(doc="The column counted.")
        by: Column | None = option(None, doc="A column whose levels are counted apart.")
        bins: int | None = option(None, doc="How many intervals; by rule where not given.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """The intervals' ends (`from`, `to`) and the counts of each group (`count:level`).

        An interval holds its lower end, the last both. DataError for a column of text.
        """
        import numpy as np

        from reportgen.models.shapes.columns import grouped, summaries

        groups = grouped(frame, options.column, options.by)
        ends = edges(np.sort(np.concatenate(list(groups.values()))), options.bins)
        counts = {
            f"count:{level}": tuple(map(float, np.histogram(values, ends)[0]))
            for level, values in groups.items()
        }
        return Result(
            kind="histogram",
            status="ok",
            n=sum(len(values) for values in groups.values()),
            n_read=len(frame.table),
            summaries=summaries(frame, options.column, options.by),
            observations={
                "from": tuple(map(float, ends[:-1])), "to": tuple(map(float, ends[1:])), **counts,
            },
        )  # fmt: skip

    def tidy(self, fit: Result) -> Result:
        """The counts as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """The intervals and their counts."""
        return fit.observations


def edges(values: np.ndarray, bins: int | None) -> np.ndarray:
    """The ends (bins + 1,) of intervals over sorted `values`.

    Their width is 2·IQR/n^⅓ (Freedman and Diaconis 1981, Zeitschrift für Wahrscheinlichkeitstheorie
    57, 453–476) where `bins` is not given, or Sturges' range/(1 + log₂n) where the quartiles are
    equal; at most 100 intervals. Values that keep to a grid (whole years, even readings) get
    widths of whole steps and ends between two steps, so that each interval holds as many of them.
    """
    import numpy as np

    low, high = float(values[0]), float(values[-1])
    if low == high:
        half = max(abs(low) * 0.05, 0.5)
        return np.array([low - half, high + half])
    width = (high - low) / bins if bins else _width(values)
    step = grid(values)
    if step is None:
        count = bins or max(1, int(np.ceil((high - low) / width - 1e-9)))
        return np.linspace(low, high, count + 1)
    width = step * max(1, round(width / step))
    count = int(np.floor((high - low + step) / width - 1e-9)) + 1
    start = low - step / 2
    return start + width * np.arange(count + 1)


def _width(values: np.ndarray) -> float:
    import numpy as np

    n, length = len(values), float(values[-1] - values[0])
    q1, q3 = np.quantile(values, [0.25, 0.75])
    width = float(2 * (q3 - q1) / n ** (1 / 3))
    if width <= 0:
        width = length / (1 + np.log2(n))
    return max(width, length / MOST_BINS)


def grid(values: np.ndarray) -> float | None:
    """The step of the grid that sorted `values` keep to, with at most four decimals.

    None where there is none, or one so fine that no interval is a few steps wide.
    """
    import numpy as np

    length = float(values[-1] - values[0])
    for decimals in range(5):
        whole = values * 10.0**decimals
        if np.abs(whole).max() > 2**52:
            return None
        if np.allclose(whole, np.round(whole), rtol=0, atol=1e-6):
            apart = np.diff(np.unique(np.round(whole).astype(np.int64)))
            step = int(np.gcd.reduce(apart)) / 10.0**decimals
            return step if length / step <= 50 * MOST_BINS else None
    return None
