"""`center`: a number less its mean, over everyone analysed or within groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, option
from reportgen.core.types import Measure, Variable
from reportgen.data.recodes._common import Across, AcrossOptions, by_group, numbers, variable

if TYPE_CHECKING:
    import pandas as pd


class Center(Across):
    """A number less its mean."""

    @dataclass(frozen=True, kw_only=True)
    class Options(AcrossOptions):
        """Keys of `center`."""

        center: Column = option(doc="The column of numbers.")

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The column minus its mean, of everyone or of the row's own group."""
        values = numbers(table, options.center, "center")
        return {name: values - by_group(values, table, options.within, "mean")}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """As the options say; 1 of it is 1 of the column, unless each group has its own origin."""
        measure = None if options.within else Measure(options.center)
        return {name: replace(variable(name, options), measure=measure)}
