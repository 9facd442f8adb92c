"""The random effects of a linear mixed model: which they are, where each stands, and their names.

Heavy: imported where rows are. A level of a factor is one effect wherever it occurs; with clusters
(`groups`) it is one in each cluster where it occurs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_codes
from reportgen.core.types import Variable
from reportgen.models.engines.effects.columns import Columns
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.formulas.design import blocks, levels_of, matrix
from reportgen.models.formulas.evaluate import is_category
from reportgen.models.formulas.factors import Category, Column
from reportgen.models.formulas.formula import Formula, parse_effects

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Component:
    """One variance: its name, and its effects.

    `rows`, `effects` and `values` are the elements of its columns of Z; `owners` and `names` say
    for each effect under which cluster and name its prediction is given, and `homes` in which
    cluster it is. `column` (n,) is Z where every cluster has one effect, and `factor` the column
    whose levels the effects are.
    """

    name: str
    rows: np.ndarray
    effects: np.ndarray
    values: np.ndarray
    owners: tuple[str, ...]
    names: tuple[str, ...]
    homes: np.ndarray | None = None
    column: np.ndarray | None = None
    factor: str | None = None

    @property
    def plain(self) -> bool:
        """Whether its effects are added to rows as they are, as an intercept's are."""
        values = self.values if self.column is None else self.column
        return bool((values == 1).all())


@dataclass(frozen=True)
class RandomEffects:
    """All random effects: the first `correlated` components may be correlated within a cluster.

    `grouped` has the columns of a model of many rows that has no other components; the elements
    of these are then left out.
    """

    components: tuple[Component, ...]
    correlated: int
    n: int
    grouped: Grouped | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variances, in their order."""
        return tuple(each.name for each in self.components)

    @cached_property
    def columns(self) -> Columns | Grouped:
        """The same as one sparse matrix; of many rows as sums over clusters."""
        if self.grouped is not None:
            return self.grouped
        sizes = [len(each.owners) for each in self.components]
        starts = np.cumsum([0, *sizes])
        rows = np.concatenate([each.rows for each in self.components])
        effects = np.concatenate(
            [each.effects + start for each, start in zip(self.components, starts, strict=False)]
        )
        values = np.concatenate([each.values for each in self.components])
        Z = csr_matrix((values, (rows, effects)), shape=(self.n, starts[-1]))
        homes = [each.homes for each in self.components if each.homes is not None]
        return Columns(
            Z, np.repeat(np.arange(len(sizes)), sizes), self.correlated,
            len(sizes) - self.correlated, np.concatenate(homes) if homes else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Clusters:
    """The clusters of a model: the column that names them, a code (n,) for each row, the labels."""

    name: str
    codes: np.ndarray
    labels: tuple[str, ...]


def random_effects(
    clusters: Clusters | None,
    re_formula: str | None,
    vc_formula: Mapping[str, str],
    rows: pd.DataFrame,
    variables: Mapping[str, Variable],
) -> RandomEffects:
    """The random effects of a model. Without both formulas: an intercept for each cluster."""
    if re_formula is None and not vc_formula:
        re_formula = "1"
    found: list[Component] = []
    if re_formula is not None:
        assert clusters is not None  # the kind's `check` has seen to it
        Z, names, _ = blocks(parse_effects(re_formula), rows, variables)
        called = [clusters.name if name == "Intercept" else name for name in names]
        if not vc_formula:
            return _grouped(called, Z, clusters)
        found += [_slope(name, Z.whole[:, j], clusters) for j, name in enumerate(called)]
    correlated = len(found)
    for name, text in vc_formula.items():
        found.append(_component(name, text, clusters, rows, variables))
    return RandomEffects(tuple(found), correlated, len(rows))


def _grouped(called: Sequence[str], Z: Blocks, clusters: Clusters) -> RandomEffects:
    """The effects of each cluster, without an element for each row."""
    none, G = np.zeros(0), len(clusters.labels)
    components = tuple(
        Component(
            name, none, none, none, clusters.labels, (name,) * G, np.arange(G), Z.column(number)
        )
        for number, name in enumerate(called)
    )
    grouped = Grouped(clusters.codes, Z)
    return RandomEffects(components, len(called), len(clusters.codes), grouped)


def _slope(name: str, column: np.ndarray, clusters: Clusters) -> Component:
    """One effect in each cluster: an intercept or the slope of a column."""
    G = len(clusters.labels)
    return Component(
        name, np.arange(len(column)), clusters.codes, column, clusters.labels, (name,) * G,
        np.arange(G), column,
    )  # fmt: skip


def _component(
    name: str, text: str, clusters: Clusters | None, rows: pd.DataFrame,
    variables: Mapping[str, Variable],
) -> Component:  # fmt: skip
    formula = parse_effects(text)
    factor = _only_factor(formula, rows)
    if factor is not None:
        return _levels(name, factor, clusters, rows, variables)
    categories = [f.text for term in formula.terms for f in term.factors if is_category(f, rows)]
    if formula.intercept and categories:
        raise DataError(Problem(
            "coded-component", f"the component `{name}` has an intercept beside {categories[0]}, "
            "so its levels would be counted from a reference level", ("vc_formula", name),
            help=f"write `0 + {categories[0]}`: then every level has an effect of its own",
        ))  # fmt: skip
    Z, names, _ = matrix(formula, rows, variables)
    if len(names) == 1 and clusters is not None:
        return _slope(name, Z[:, 0], clusters)
    at, column = np.nonzero(Z)
    whole = Component(name, at, column, Z[at, column], tuple(names), (name,) * len(names))
    return whole if clusters is None else _within(whole, clusters)


def _levels(
    name: str, factor: str, clusters: Clusters | None, rows: pd.DataFrame,
    variables: Mapping[str, Variable],
) -> Component:  # fmt: skip
    """An effect for each level of a column."""
    levels = levels_of(rows[factor], variables.get(factor))
    place = {level: number for number, level in enumerate(levels)}
    found, texts = level_codes(rows[factor])
    codes = np.array([place[text] for text in texts])[found]
    at, ones = np.arange(len(rows)), np.ones(len(rows))
    whole = Component(name, at, codes, ones, levels, (name,) * len(levels), factor=factor)
    return whole if clusters is None else _within(whole, clusters)


def _within(whole: Component, clusters: Clusters) -> Component:
    """The same effects, another one in each cluster where they occur."""
    count = len(whole.owners)
    pairs, effects = np.unique(
        clusters.codes[whole.rows] * count + whole.effects, return_inverse=True
    )
    homes, which = np.divmod(pairs, count)
    return replace(
        whole, effects=effects, homes=homes,
        owners=tuple(clusters.labels[home] for home in homes),
        names=tuple(f"{whole.name}[{whole.owners[level]}]" for level in which),
    )  # fmt: skip


def _only_factor(formula: Formula, rows: pd.DataFrame) -> str | None:
    """The column of a formula that is `0 + C(column)`, with nothing else."""
    if formula.intercept or len(formula.terms) != 1 or len(formula.terms[0].factors) != 1:
        return None
    (factor,) = formula.terms[0].factors
    if not is_category(factor, rows) or not isinstance(factor.node, (Category, Column)):
        return None
    if isinstance(factor.node, Category) and factor.node.contrast != "Treatment":
        return None
    return factor.columns[0]


def columns_of(texts: Iterable[str | None]) -> list[str]:
    """The columns that the formulas of random effects use."""
    return [name for text in texts if text for name in parse_effects(text).columns]
