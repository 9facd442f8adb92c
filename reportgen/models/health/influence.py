"""Clusters that move an estimate. Heavy: imported where rows are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.core.types import Note
from reportgen.models.health.codes import finding, listed


def influential(
    shift: np.ndarray, se: np.ndarray, names: Sequence[str], labels: Sequence[str]
) -> tuple[Note, ...]:
    """Clusters without which an estimate is more than one standard error away.

    `shift` (G, p): how far each estimate moves without each cluster; `se` (p,) with them all.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        moves = np.abs(shift) / se
    moves[~np.isfinite(moves)] = 0
    clusters = np.flatnonzero((moves > 1).any(axis=1))
    if not len(clusters):
        return ()
    moved = [name for name, each in zip(names, (moves > 1).any(axis=0), strict=True) if each]
    order = clusters[np.argsort(-moves[clusters].max(axis=1), kind="stable")]
    which = listed([labels[cluster] for cluster in order], 3)
    noun = "cluster" if len(order) == 1 else "clusters"
    return (finding(
        "influential-clusters",
        f"leaving out the {noun} {which} (one at a time) would move the estimate of "
        f"{listed(moved, 3)} by more than its standard error",
        moved,
    ),)  # fmt: skip
