"""Generalised linear models by iteratively reweighted least squares, on columns of one length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.sandwich import Influence
from reportgen.models.health.said import ANSWERED, listening

ITERATIONS, TOLERANCE = 100, 1e-10


@dataclass(frozen=True)
class Solution:
    """The maximum of the likelihood: X is (n, p) of full rank.

    `unscaled` is (XᵀWX)⁻¹ with the weights at the solution: those of the expected information, or
    of the observed where that was asked for. Times `scale` it is the covariance of `b`. `results`
    are statsmodels', on its own columns: for statistics of the whole model only.
    """

    b: np.ndarray
    unscaled: np.ndarray
    scale: float
    eta: np.ndarray
    mean: np.ndarray
    influence: Influence
    results: Any
    said: tuple[str, ...]


def solve(
    y: np.ndarray,
    X: np.ndarray,
    family: Any,
    arrays: Mapping[str, np.ndarray],
    *,
    start: np.ndarray | None = None,
    observed: bool = False,
) -> Solution | None:
    """The maximum by statsmodels: Fisher scoring until no coefficient moves by 1e-10; None where
    it does so never, as under separation. `arrays` are offset, exposure and weights by statsmodels'
    names.
    """
    from statsmodels.genmod.generalized_linear_model import GLM

    lengths = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
    try:
        with listening(ANSWERED) as said:
            model = GLM(y, X / lengths, family=family, **arrays)
            results = model.fit(
                start_params=None if start is None else start * lengths, maxiter=ITERATIONS,
                tol_criterion="params", atol=TOLERANCE, rtol=TOLERANCE,
            )  # fmt: skip
            if not (results.converged and np.isfinite(results.llf)):
                return None
            return _at(model, results, lengths, observed, tuple(said))
    except (ValueError, np.linalg.LinAlgError):
        # Means left the family's range, or weights became infinite, on the way.
        return None


def _at(
    model: Any, results: Any, lengths: np.ndarray, observed: bool, said: tuple[str, ...]
) -> Solution:
    params, X = np.asarray(results.params), model.exog
    weight = model.hessian_factor(params, scale=1.0, observed=observed)
    q, r = np.linalg.qr(X * np.sqrt(np.maximum(weight, 0.0))[:, None])
    root = np.linalg.inv(r)
    inverse = root @ root.T
    counts = model.freq_weights
    repeated = np.ptp(counts) > 0 or counts[0] != 1
    score = model.score_factor(params, scale=1.0) / counts
    return Solution(
        b=params / lengths,
        unscaled=inverse / np.outer(lengths, lengths),
        scale=float(results.scale),
        eta=np.asarray(model.predict(params, which="linear")),
        mean=np.asarray(results.fittedvalues),
        influence=Influence(
            X @ inverse / lengths * score[:, None], q, r * lengths, counts if repeated else None
        ),
        results=results,
        said=said,
    )
