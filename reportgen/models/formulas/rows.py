"""The rows a model is fitted to: those in which nothing that it needs is missing. Heavy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import counted, say
from reportgen.core.types import Frame
from reportgen.models.known import column, lately, once

if TYPE_CHECKING:
    import pandas as pd

SMALL = 1 << 22
"""Rows times columns that are kept for the next model whose columns lack the same."""


def complete(frame: Frame, columns: Iterable[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows in which no column is missing, and the count of missing values of each column."""
    used = list(dict.fromkeys(columns))
    kept = np.ones(len(frame.table), dtype=bool)
    missing: dict[str, int] = {}
    for name in used:
        count = _absent(frame.table, name)
        if count:
            missing[name] = count
            kept &= column(frame.table, name).notna().to_numpy()
    rows = _without(frame.table, kept, tuple(sorted(missing))) if missing else frame.table
    if not len(rows):
        if not missing:
            raise unfit(say("no-rows_none"), ("formula",))
        raise unfit(say("no-rows", missing=counted(missing)), ("formula",))
    return rows, missing


def check_placed(rows: pd.DataFrame, groups: str) -> None:
    """DataError for a row without a cluster: that is no value that can be left out, so its author
    must say.
    """
    unplaced = _absent(rows, groups)
    if unplaced:
        raise DataError(Problem(
            "missing-clusters", f"`{groups}` is missing in {unplaced:,} of the {len(rows):,} rows "
            "a fit would use, and a row without a cluster belongs nowhere", ("groups",),
            help=f"leave them out with a step of the sample, `complete: [{groups}]`",
        ))  # fmt: skip


def _absent(table: pd.DataFrame, name: str) -> int:
    """How many values of a column are missing."""
    return once(table, ("missing", name), lambda: int(column(table, name).isna().sum()))


def _without(table: pd.DataFrame, kept: np.ndarray, missing: tuple[str, ...]) -> pd.DataFrame:
    """The rows that are kept where values of these columns are missing."""
    if table.size > SMALL:
        return table.loc[kept]
    return lately(table, ("complete", missing), lambda: table.loc[kept])
