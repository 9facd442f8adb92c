"""`scale`: a number in another unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.core.types import Measure, Variable
from reportgen.data.recodes._common import OneColumn, numbers, variable

if TYPE_CHECKING:
    import pandas as pd


class Scale(OneColumn):
    """A number divided by another: `{scale: age, by: 10}` is age in decades."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `scale`."""

        scale: Column = option(doc="The column of numbers.")
        by: float = option(doc="What each value is divided by.")

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Row by row."""
        return "row"

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing is divided by zero."""
        if options.by == 0:
            yield Problem("scale", "`by` may not be 0", ("by",))

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The column divided by `by`."""
        return {name: numbers(table, options.scale, "scale") / options.by}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """As the options say; 1 of it is `by` of the column."""
        measure = Measure(options.scale, options.by)
        return {name: replace(variable(name, options), measure=measure)}
