"""`combine`: one identifier out of several columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.levels import level_texts
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.data.recodes._common import OneColumn

if TYPE_CHECKING:
    import pandas as pd


class Combine(OneColumn):
    """One identifier for each combination of several columns: `12/1`."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `combine`."""

        combine: tuple[Column, ...] = option(doc="The columns whose combinations are meant.")

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Row by row."""
        return "row"

    def check(self, options: Options) -> Iterable[Problem]:
        """One column alone is not combined."""
        if len(options.combine) < 2:
            yield Problem("combine", "`combine` takes two columns or more", ("combine",))

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The parts joined by `/`, missing if one is; a `/` within a part is doubled, so that no
        two combinations share a name.
        """
        parts = [
            level_texts(table[column]).str.replace("/", "//", regex=False)
            for column in options.combine
        ]
        joined = parts[0]
        for part in parts[1:]:
            joined = joined + "/" + part
        return {name: joined}
