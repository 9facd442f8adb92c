"""The rows a model is fitted to: those in which nothing that it needs is missing. Heavy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import counted, say
from reportgen.core.types import Frame

if TYPE_CHECKING:
    import pandas as pd


def complete(frame: Frame, columns: Iterable[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows in which no column is missing, and the count of missing values of each column."""
    used = list(dict.fromkeys(columns))
    kept = np.ones(len(frame.table), dtype=bool)
    missing: dict[str, int] = {}
    for name in used:
        absent = frame.table[name].isna().to_numpy()
        if absent.any():
            missing[name] = int(absent.sum())
            kept &= ~absent
    rows = frame.table.loc[kept] if missing else frame.table
    if not len(rows):
        if not missing:
            raise unfit(say("no-rows_none"), ("formula",))
        raise unfit(say("no-rows", missing=counted(missing)), ("formula",))
    return rows, missing


def check_placed(rows: pd.DataFrame, groups: str) -> None:
    """DataError for a row without a cluster: that is no value that can be left out, so its author
    must say.
    """
    unplaced = int(rows[groups].isna().sum())
    if unplaced:
        raise DataError(Problem(
            "missing-clusters", f"`{groups}` is missing in {unplaced:,} of the {len(rows):,} rows "
            "a fit would use, and a row without a cluster belongs nowhere", ("groups",),
            help=f"leave them out with a step of the sample, `complete: [{groups}]`",
        ))  # fmt: skip
