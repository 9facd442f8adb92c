"""What several reports read of the same files: read once, as reports of a matrix mostly differ in
who is analysed.
"""

from __future__ import annotations

from reportgen.core.contracts import Reach
from reportgen.data.dataset import Dataset
from reportgen.data.read import Raw, read

MOST_CELLS = 20_000_000
"""Rows times columns that are held for the next report."""


class Readings:
    """The last table that was read for each name of a dataset, as long as it is not large."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, Raw]] = {}

    def read(self, dataset: Dataset, reach: Reach, files: str) -> Raw:
        """What the sources of a dataset hold, whose content and options have the digest `files`."""
        key = (files, tuple(dataset.columns))
        known, raw = self._known.pop(dataset.name, (None, None))
        if raw is None or known != key:
            raw = read(dataset, reach)
        if raw.loaded.table.size <= MOST_CELLS:
            self._known[dataset.name] = key, raw
        return raw
