"""The engines alone, on arrays: no formula, no health, no Result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack

import reportgen.models.marginal.gee_solution  # noqa: F401  (loading is not fitting)
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.engines.effects.climb import highest
from reportgen.models.engines.effects.columns import Columns
from reportgen.models.engines.regressions.families import family
from reportgen.models.engines.equations.gee import Equations
from reportgen.models.engines.effects.glmm import Data
from reportgen.models.engines.effects.glmm import Likelihood as Integrated
from reportgen.models.engines.effects.glmm_optimum import climb
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.effects.lmm import Likelihood
from reportgen.models.engines.effects.structure import Structure
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.equations.working import Autoregressive, Exchangeable


def alone(name: str, table: pd.DataFrame) -> Callable[[], object]:
    """A call that fits a model of `engines.py`, from arrays to estimates and their covariance."""
    X, codes = _arrays(table)
    y, event = table.y.to_numpy(), table.event.to_numpy()
    if name.startswith("gee"):
        units = Units(codes)
        law = (
            family("binomial", "logit")
            if name == "gee_binomial"
            else family("gaussian", "identity")
        )
        outcome = event if name == "gee_binomial" else y
        times = table.t.to_numpy(dtype=float)

        def solved() -> object:
            structure = Autoregressive(units, times) if name == "gee_ar1" else Exchangeable(units)
            return Equations(outcome, X, law, structure).solve().robust

        return solved
    if name in ("intercept", "slope"):
        Z = Blocks.of(X[:, : 2 if name == "slope" else 1])
        return lambda: highest(Likelihood(y, X, Grouped(codes, Z), reml=True)).observed
    if name in ("nested", "crossed"):
        score = table.score.to_numpy()
        return lambda: (
            highest(Likelihood(score, X, _components(name, table, codes), reml=True)).observed
        )
    data = Data(event, X, X[:, :1], codes, "binomial", "logit")
    nodes = 10 if name == "quadrature" else 1
    return lambda: climb(Integrated(data, Structure(1, ()), nodes)).covariance


def one_pass(table: pd.DataFrame) -> Callable[[], object]:
    """What any of them must do at least: XᵀX and the sums of all columns over clusters."""
    X, codes = _arrays(table)
    whole = np.column_stack([X, table.y]).T.copy()
    starts = np.flatnonzero(np.diff(codes, prepend=-1))

    def passed() -> object:
        return X.T @ X, [np.add.reduceat(column, starts) for column in whole]

    return passed


def _arrays(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """X (n, 3) as a design has it, column by column, and the clusters 0 … G - 1 of its rows."""
    X = np.asfortranarray(np.column_stack([np.ones(len(table)), table.x, table.z]))
    return X, np.unique(table.site.to_numpy(), return_inverse=True)[1]


def _components(name: str, table: pd.DataFrame, codes: np.ndarray) -> Columns:
    n = len(codes)
    upper = table["region" if name == "nested" else "item"].to_numpy()
    parts = [
        csr_matrix((np.ones(n), which, np.arange(n + 1)), shape=(n, int(which.max()) + 1))
        for which in ((upper, codes) if name == "nested" else (codes, upper))
    ]
    kind = np.repeat([0, 1], [part.shape[1] for part in parts])
    Z = hstack(parts).tocsr()
    if name == "crossed":
        return Columns(Z, kind, 0, 2)
    home = np.empty(codes.max() + 1, dtype=int)
    home[codes] = upper
    return Columns(Z, kind, 1, 1, np.concatenate([np.arange(upper.max() + 1), home]))
