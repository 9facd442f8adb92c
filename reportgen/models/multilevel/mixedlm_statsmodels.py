"""statsmodels' own fit of a mixed model: the covariance at which it stopped. Heavy."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engine import mixed_seconds
from reportgen.models.engines.effects.columns import Columns
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.findings import listening
from reportgen.models.formulas.design import Design
from reportgen.models.multilevel.random import RandomEffects

OTHER_STEPS = ("Retrying", "failed to converge", "Hessian", "singular", "optimization", "gradient")
"""Warnings about steps on the way: whether the end is an optimum is judged by the likelihood."""


@dataclass(frozen=True)
class Found:
    """The covariance of the effects over σ², (q, q) with one column a component, or None where
    statsmodels gave up; and what it said.
    """

    psi: np.ndarray | None
    said: tuple[str, ...]


def seconds(n: int, columns: Columns | Grouped) -> float:
    """What statsmodels would take."""
    clusters = _clusters(columns)
    widest = int(np.bincount(clusters).max())
    return mixed_seconds(
        n, int(clusters.max()) + 1, widest, columns.layout.free, dense=columns.components > 0
    )


def optimum(design: Design, random: RandomEffects, codes: np.ndarray | None, reml: bool) -> Found:
    """Where statsmodels' default optimisers stop. `codes` (n,) are the clusters; None for one."""
    with listening() as said:
        try:
            results = model_of(design, random, codes).fit(reml=reml)
        except (np.linalg.LinAlgError, ValueError):
            # Singular on the way: the likelihood found without statsmodels stands alone.
            return Found(None, ())
    k = random.correlated
    psi = np.diag([*np.zeros(k), *results.vcomp]) / results.scale
    if k:
        psi[:k, :k] = np.asarray(results.cov_re) / results.scale
    kept = tuple(text for text in said if not any(word in text for word in OTHER_STEPS))
    return Found(psi if np.isfinite(psi).all() else None, kept)


def model_of(design: Design, random: RandomEffects, codes: np.ndarray | None) -> Any:
    """The same model as one of statsmodels."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    groups = np.zeros(design.n, dtype=int) if codes is None else codes
    slopes = [
        each.column for each in random.components[: random.correlated] if each.column is not None
    ]
    return MixedLM(
        design.y, design.X, groups, use_sqrt=True,
        exog_re=np.column_stack(slopes) if slopes else None,
        exog_vc=_components(random, groups),
    )  # fmt: skip


def _clusters(columns: Columns | Grouped) -> np.ndarray:
    if columns.home is not None:
        return columns.home
    return np.zeros(columns.Z.shape[1], dtype=int)


def _components(random: RandomEffects, groups: np.ndarray) -> Any:
    """Variance components as statsmodels takes them: for each cluster the columns it has."""
    from statsmodels.regression.mixed_linear_model import VCSpec

    components = random.components[random.correlated :]
    if not components:
        return None
    columns = random.columns
    kind, Z = columns.kind, columns.Z
    rows = [np.flatnonzero(groups == code) for code in range(groups.max() + 1)]
    mats, colnames = [], []
    for number, component in enumerate(components, random.correlated):
        own = Z[:, np.flatnonzero(kind == number)]
        blocks = [own[each] for each in rows]
        kept = [np.flatnonzero(abs(block).sum(axis=0).A1) for block in blocks]
        mats.append([
            block[:, keep].toarray() for block, keep in zip(blocks, kept, strict=True)
        ])  # fmt: skip
        colnames.append([[component.names[each] for each in keep] for keep in kept])
    return VCSpec([each.name for each in components], colnames, mats)
