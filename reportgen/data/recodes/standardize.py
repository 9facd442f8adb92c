"""`standardize`: a number less its mean, over its standard deviation."""

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


class Standardize(Across):
    """A number less its mean, over its standard deviation."""

    @dataclass(frozen=True, kw_only=True)
    class Options(AcrossOptions):
        """Keys of `standardize`."""

        standardize: Column = option(doc="The column of numbers.")

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """(x − x̄)/s, with s over n − 1, of everyone or of the row's own group."""
        values = numbers(table, options.standardize, "standardize")
        mean = by_group(values, table, options.within, "mean")
        return {name: (values - mean) / by_group(values, table, options.within, "std")}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """As the options say; 1 of it is a standard deviation, unless each group has its own."""
        measure = None if options.within else Measure(options.standardize, None)
        return {name: replace(variable(name, options), measure=measure)}
