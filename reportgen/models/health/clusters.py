"""Whether clusters can carry what is asked of them. Heavy: imported where rows are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_coefs, named_column, say
from reportgen.core.types import Note
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.health.codes import finding
from reportgen.models.health.columns import resting_on_one, unit

FEW = 40
CONTAINED = 1e-8


def check_groups(groups: str, n_groups: int, n: int) -> None:
    """DataError where clusters cannot show how alike their members are."""
    if n_groups < 2:
        raise DataError(Problem(
            "one-cluster", f"`{groups}` has one value in the rows used, so nothing can be said of "
            "how clusters differ", ("groups",),
        ))  # fmt: skip
    if n_groups == n:
        raise DataError(Problem(
            "singletons", f"every row is a cluster of its own: `{groups}` has {n:,} values in "
            f"{n:,} rows", ("groups",), help="name the column that members of a cluster share",
        ))  # fmt: skip


def few_clusters(
    n_groups: int, coefficients: int = 0, *, reducible: bool = False
) -> tuple[Note, ...]:
    """Too few clusters for robust standard errors: fewer than 40 (Mancl and DeRouen 2001,
    Biometrics 57, 126–134), or not more than coefficients. `reducible`: the kind has standard
    errors that are corrected for it.
    """
    if n_groups <= coefficients:
        said = say("clusters-coefficients", clusters=n_groups, coefficients=coefficients)
        return (finding(said),)
    if n_groups >= FEW:
        return ()
    if reducible:
        return (finding(say("few-clusters_reducible", clusters=n_groups, least=FEW)),)
    return (finding(say("few-clusters", clusters=n_groups, least=FEW)),)


def single_members(codes: np.ndarray) -> tuple[Note, ...]:
    """Clusters of one row."""
    sizes = np.bincount(codes)
    alone = int((sizes == 1).sum())
    if not alone:
        return ()
    return (finding(say("single-member-clusters", alone=alone, clusters=len(sizes))),)


def one_cluster_levels(
    X: np.ndarray | Blocks, codes: np.ndarray, names: Sequence[str], *, robust: bool
) -> tuple[Note, ...]:
    """Coefficients that one cluster alone determines, as a level does that occurs in no other.

    A robust standard error is made of what differs between clusters, and sees nothing there:
    with `robust` it is withheld.
    """
    alone = resting_on_one(X, codes, names)
    if not alone:
        return ()
    if robust:
        return (finding(say("one-cluster-level", names=named_coefs(alone)), alone),)
    return (finding(say("level-in-one-cluster", names=named_coefs(alone)), alone),)


def contain_groups(X: np.ndarray, codes: np.ndarray) -> bool:
    """Whether every cluster's indicator is a combination of the columns of X (n, p): then the
    fixed effects leave nothing between clusters.
    """
    sizes = np.bincount(codes)
    if len(sizes) > X.shape[1]:
        return False
    u, values, _ = np.linalg.svd(unit(X)[0], full_matrices=False)
    u = u[:, values > CONTAINED * values[0]]
    sums = np.zeros((len(sizes), u.shape[1]))
    np.add.at(sums, codes, u)
    return bool((sizes - (sums**2).sum(axis=1) < CONTAINED * sizes).all())


def check_not_contained(X: np.ndarray, codes: np.ndarray, groups: str) -> None:
    """FitError where the fixed effects contain the clusters."""
    if contain_groups(X, codes):
        raise unfit(
            say("groups-as-fixed-effects", groups=named_column(groups)), ("formula",),
            help=f"leave `{groups}`, or what has one value in each cluster, out of the formula",
        )  # fmt: skip
