"""What plots of one column's values share: which column, and the groups it is shown in."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, DatasetName, dataset, option
from reportgen.core.options import Column as ColumnName


@dataclass(frozen=True, kw_only=True)
class SpreadOptions(BlockOptions):
    """Keys of plots that show how the values of one column are spread."""

    data: DatasetName = dataset()
    column: ColumnName = option(doc="The column of numbers.")
    by: ColumnName | None = option(None, doc="A column whose levels are shown each for itself.")


def check_spread(options: SpreadOptions) -> Iterable[Problem]:
    """A column by itself."""
    if options.by == options.column:
        yield Problem("column-twice", f"`{options.column}` is shown and is `by`", ("by",))
