"""`missing`: what `plot: missing` asks of the rows. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.description import Summary
from reportgen.core.errors import Problem
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.types import Frame, Result


class Missing:
    """How many values each column lacks, and which are missing together."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics."""

        columns: tuple[Column, ...] = option(doc="The columns looked at.")

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """A summary a column; and one without a name, whose counts are of patterns.

        A pattern has a sign for each column in their order, 1 where its value is missing: "010".
        """
        absent = frame.table[list(options.columns)].isna()
        n = len(absent)
        each = [
            Summary(str(name), "", n - int(count), int(count))
            for name, count in absent.sum().items()
        ]
        signs = absent.astype(int).astype(str).agg("".join, axis=1) if n else absent.index
        counts = {str(sign): int(count) for sign, count in signs.value_counts().items()}
        complete = counts.get("0" * len(options.columns), 0)
        patterns = Summary("", "", complete, n - complete, counts=dict(sorted(counts.items())))
        return Result(
            kind="missing", status="ok", n=complete, n_read=n, summaries=(*each, patterns)
        )  # fmt: skip

    def tidy(self, fit: Result) -> Result:
        """The summaries as they are."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """Nothing: a count has no fitted values."""
        return {}
