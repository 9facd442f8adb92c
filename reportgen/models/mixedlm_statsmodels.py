"""statsmodels' own fit of a mixed model: the covariance at which it stopped. Heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.models.design import Design
from reportgen.models.effects import RandomPart
from reportgen.models.findings import listening

OTHER_STEPS = ("Retrying", "failed to converge", "Hessian", "singular", "optimization")
"""Warnings about steps on the way: whether the end is an optimum is judged by the likelihood."""


@dataclass(frozen=True)
class Found:
    """The relative covariance Ψ (q, q), or None where statsmodels gave up; and what it said."""

    psi: np.ndarray | None
    said: tuple[str, ...]


def optimum(design: Design, part: RandomPart, codes: np.ndarray, reml: bool) -> Found:
    """Where statsmodels' default optimisers stop."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    k = part.structure.correlated
    with listening() as said:
        try:
            model = MixedLM(
                design.y, design.X, codes, exog_re=part.Z[:, :k] if k else None,
                exog_vc=_components(part, codes), use_sqrt=True,
            )  # fmt: skip
            results = model.fit(reml=reml)
        except (np.linalg.LinAlgError, ValueError):
            # Singular on the way: the likelihood found without statsmodels stands alone.
            return Found(None, ())
    psi = np.zeros((part.structure.size, part.structure.size))
    if k:
        psi[:k, :k] = np.asarray(results.cov_re) / results.scale
    for variance, columns in zip(results.vcomp, part.structure.components, strict=True):
        psi[columns, columns] = variance / results.scale
    kept = tuple(text for text in said if not any(word in text for word in OTHER_STEPS))
    return Found(psi if np.isfinite(psi).all() else None, kept)


def _components(part: RandomPart, codes: np.ndarray) -> Any:
    """Variance components as statsmodels takes them: for each cluster the columns it has."""
    from statsmodels.regression.mixed_linear_model import VCSpec

    if not part.structure.components:
        return None
    k = part.structure.correlated
    rows = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    mats, colnames = [], []
    for columns, names in zip(part.structure.components, part.colnames, strict=True):
        whole = [part.Z[np.ix_(each, np.array(columns, dtype=int))] for each in rows]
        kept = [np.flatnonzero((block != 0).any(axis=0)) for block in whole]
        mats.append([block[:, keep] for block, keep in zip(whole, kept, strict=True)])
        colnames.append([[names[column] for column in keep] for keep in kept])
    return VCSpec(list(part.components[k:]), colnames, mats)
