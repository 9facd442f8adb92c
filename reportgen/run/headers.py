"""The columns that a dataset's files really have, from their headers: no row is read."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.data.dataset import Dataset
from reportgen.data.formats import ENDINGS
from reportgen.data.read import header

Header = Callable[[Dataset], tuple[str, ...] | None]


def headers(reach: Reach) -> Header:
    """Gives the columns of a dataset, or None where its files are not there or are no files."""

    def columns(dataset: Dataset) -> tuple[str, ...] | None:
        kinds = {dataset.source, *(join.source for join in dataset.joins)}
        if not kinds <= set(ENDINGS.values()):
            return None
        try:
            return header(dataset, reach)
        except DataError:
            return None  # told where the data are read

    return columns


def undeclared(reach: Reach) -> Header:
    """The same, for datasets alone whose columns the spec does not name."""
    known = headers(reach)
    return lambda dataset: None if dataset.columns else known(dataset)
