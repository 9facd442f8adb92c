"""The covariance of estimates that `cov_type` asks for, with what weakens it. Light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportgen.core.dataclass import dataclass
from reportgen.core.sentences import named_coefs, say
from reportgen.core.types import Note
from reportgen.models.base import codes_of

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.regressions.blocks import Blocks
    from reportgen.models.engines.sandwich import Influence
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True)
class Robust:
    """`cov_type`, and the column of clusters where it is `cluster`."""

    kind: str
    groups: str | None = None

    def clusters(
        self, design: Design, rows: np.ndarray | None
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        """The clusters of the rows as codes, and their names."""
        assert self.groups is not None
        if rows is None or rows.all():
            return design.clusters(self.groups)
        return codes_of(design.column(self.groups)[rows])


def robust_covariance(
    wanted: Robust,
    design: Design,
    names: Sequence[str],
    influence: Influence,
    *,
    rows: np.ndarray | None = None,
) -> tuple[np.ndarray | None, float | None, tuple[Note, ...]]:
    """A robust covariance of the estimates (p, p), degrees of freedom for t, and the findings.

    None and None for `nonrobust`: the model's own covariance is for the kind to say. `rows` are
    those of the design that were fitted. Cluster-robust tests use t with clusters - 1 degrees of
    freedom. DataError for clusters that are none.
    """
    import numpy as np

    from reportgen.models.engines import sandwich
    from reportgen.models.health import clusters
    from reportgen.models.health.influence import influential

    if wanted.groups is None:
        robust = wanted.kind != "nonrobust"
        return sandwich.robust(wanted.kind, influence) if robust else None, None, ()
    codes, labels = wanted.clusters(design, rows)
    clusters.check_groups(wanted.groups, len(labels), len(codes))
    covariance = sandwich.clustered(codes, influence)
    notes = clusters.few_clusters(len(labels), len(names))
    shift, se = sandwich.without(codes, influence), np.sqrt(np.diag(covariance))
    return covariance, float(len(labels) - 1), notes + influential(shift, se, names, labels)


def weak_columns(
    wanted: Robust,
    design: Design,
    X: np.ndarray | Blocks,
    names: Sequence[str],
    *,
    rows: np.ndarray | None = None,
) -> tuple[Note, ...]:
    """The columns of X (n, p) whose coefficients one row, or one cluster, alone determines."""
    from reportgen.models.health import clusters

    if wanted.groups is not None:
        codes, _ = wanted.clusters(design, rows)
        return clusters.one_cluster_levels(X, codes, names, robust=True)
    return _leverage(X, names, robust=wanted.kind != "nonrobust")


def _leverage(X: np.ndarray | Blocks, names: Sequence[str], *, robust: bool) -> tuple[Note, ...]:
    """Coefficients that one row alone determines."""
    import numpy as np

    from reportgen.models.health.codes import finding
    from reportgen.models.health.columns import resting_on_one

    alone = resting_on_one(X, np.arange(len(X)), names)
    if not alone or len(X) == X.shape[1]:
        return ()
    if robust:
        return (finding(say("leverage-robust", names=named_coefs(alone)), alone),)
    return (finding(say("leverage", names=named_coefs(alone)), alone),)
