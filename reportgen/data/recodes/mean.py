"""`mean`: the mean of a number, over everyone analysed or within groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, option
from reportgen.data.recodes._common import Across, AcrossOptions, by_group, numbers

if TYPE_CHECKING:
    import pandas as pd


class Mean(Across):
    """The mean of a number, over everyone analysed or within groups."""

    @dataclass(frozen=True, kw_only=True)
    class Options(AcrossOptions):
        """Keys of `mean`."""

        mean: Column = option(doc="The column of numbers.")

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The mean of everyone or of the row's own group."""
        values = numbers(table, options.mean, "mean")
        return {name: by_group(values, table, options.within, "mean")}
