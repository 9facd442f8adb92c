"""`mean`: the mean of a number, over everyone analysed or within groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.data.recodes._common import OneColumn, by_group, numbers

if TYPE_CHECKING:
    import pandas as pd


class Mean(OneColumn):
    """The mean of a number, over everyone analysed or within groups."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `mean`."""

        mean: Column = option(doc="The column of numbers.")
        within: Column | None = option(None, doc="Within the groups of this column.")

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Across the people analysed."""
        return "sample"

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The mean of everyone or of the row's own group."""
        values = numbers(table, options.mean, "mean")
        return {name: by_group(values, table, options.within, "mean")}
