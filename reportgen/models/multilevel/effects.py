"""The random part of a model: which columns of Z, and what their components are called. Heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pandas.api.types import is_numeric_dtype

from reportgen.core.clusters import Component, Effect
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Variable
from reportgen.models.engines.effects.structure import Structure
from reportgen.models.formulas.design import matrix
from reportgen.models.formulas.formula import parse_effects

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RandomPart:
    """Z (n, q), the structure of Ψ, and names: of each column, and of each component.

    The first `structure.correlated` columns belong to `re_formula`. An intercept is called by the
    column of the clusters, as in statsmodels.
    """

    Z: np.ndarray
    structure: Structure
    columns: tuple[str, ...]
    components: tuple[str, ...]
    colnames: tuple[tuple[str, ...], ...]

    @property
    def correlated(self) -> tuple[str, ...]:
        """The names of the random effects that may be correlated."""
        return self.columns[: self.structure.correlated]


def random_part(
    groups: str | None,
    re_formula: str | None,
    vc_formula: Mapping[str, str],
    rows: pd.DataFrame,
    variables: Mapping[str, Variable],
) -> RandomPart:
    """The random part of a model. Without both formulas: an intercept for each cluster."""
    if re_formula is None and not vc_formula:
        re_formula = "1"
    blocks, columns, components, colnames, places = [], [], [], [], []
    correlated = 0
    if re_formula is not None:
        Z, names, _ = matrix(parse_effects(re_formula), rows, variables)
        renamed = [groups or "group" if name == "Intercept" else name for name in names]
        blocks.append(Z)
        columns += renamed
        components += renamed
        correlated = len(names)
    for name, formula in vc_formula.items():
        Z, names, _ = matrix(parse_effects(formula), rows, variables)
        start = sum(block.shape[1] for block in blocks)
        places.append(tuple(range(start, start + len(names))))
        blocks.append(Z)
        columns += [name] if len(names) == 1 else [f"{name}[{each}]" for each in names]
        components.append(name)
        colnames.append(names)
    return RandomPart(
        np.hstack(blocks), Structure(correlated, tuple(places)), tuple(columns),
        tuple(components), tuple(colnames),
    )  # fmt: skip


def components_of(
    part: RandomPart, covariance: np.ndarray, errors: np.ndarray | None
) -> dict[str, Component]:
    """Each variance on its own scale. `errors` are of the free elements of the covariance."""
    found: dict[str, Component] = {}
    lower = [(row, column) for row in range(part.structure.correlated) for column in range(row + 1)]
    diagonal = [number for number, (row, column) in enumerate(lower) if row == column]
    starts = [*range(part.structure.correlated), *(c[0] for c in part.structure.components)]
    elements = [*diagonal, *range(len(lower), len(lower) + len(part.structure.components))]
    for name, column, element in zip(part.components, starts, elements, strict=True):
        variance = float(covariance[column, column])
        error = None if errors is None or not variance else float(errors[element])
        known = error if error is not None and np.isfinite(error) else None
        found[name] = Component(
            variance, float(np.sqrt(variance)), known, float(np.sqrt(2 * variance))
        )
    return found


def pairs_of(
    part: RandomPart, covariance: np.ndarray
) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """Covariances and correlations of the pairs of effects that are free to vary together."""
    covariances: dict[str, float | None] = {}
    correlations: dict[str, float | None] = {}
    for row, name in enumerate(part.correlated):
        for column, other in enumerate(part.correlated[:row]):
            value = float(covariance[row, column])
            size = float(np.sqrt(covariance[row, row] * covariance[column, column]))
            covariances[f"{other},{name}"] = value
            correlations[f"{other},{name}"] = max(-1.0, min(1.0, value / size)) if size else None
    return covariances, correlations


def effects_of(
    part: RandomPart,
    labels: tuple[str, ...],
    codes: np.ndarray,
    effects: np.ndarray,
    covariances: np.ndarray,
) -> dict[str, dict[str, Effect]]:
    """Predicted effects by cluster, with conditional standard errors. Columns of a component that
    are zero in a whole cluster (levels it does not have) are left out.
    """
    present = np.zeros((len(labels), len(part.columns)), dtype=bool)
    np.logical_or.at(present, codes, part.Z != 0)
    present[:, : part.structure.correlated] = True
    errors = np.sqrt(np.clip(np.diagonal(covariances, axis1=1, axis2=2), 0, None))
    return {
        label: {
            name: Effect(float(effects[row, column]), float(errors[row, column]))
            for column, name in enumerate(part.columns)
            if present[row, column]
        }
        for row, label in enumerate(labels)
    }


def group_ranges(
    part: RandomPart, rows: pd.DataFrame, codes: np.ndarray, labels: tuple[str, ...]
) -> dict[str, dict[str, tuple[float, float]]]:
    """The range of each numeric column with a random slope, within each cluster."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name in part.columns:
        if name not in rows.columns or not is_numeric_dtype(rows[name]):
            continue
        values = rows[name].to_numpy(dtype=float)
        if np.any(part.Z[:, part.columns.index(name)] != values):
            continue
        low = np.full(len(labels), np.inf)
        high = np.full(len(labels), -np.inf)
        np.minimum.at(low, codes, values)
        np.maximum.at(high, codes, values)
        found[name] = {
            label: (float(low[row]), float(high[row])) for row, label in enumerate(labels)
        }
    return found
