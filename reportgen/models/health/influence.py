"""Clusters that move an estimate. Heavy: imported where rows are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.core.sentences import Names, named_coefs, say
from reportgen.core.types import Note
from reportgen.models.health.codes import finding


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
    which = Names("cluster", tuple(labels[cluster] for cluster in order), most=3)
    said = say("influential-clusters", clusters=which, names=named_coefs(moved, 3))
    return (finding(said, moved),)
