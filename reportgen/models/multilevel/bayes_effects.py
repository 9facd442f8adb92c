"""Random effects as statsmodels' Bayesian models take them: a sparse column an effect. Heavy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.base import codes_of
from reportgen.models.multilevel.effects import random_part

if TYPE_CHECKING:
    from reportgen.core.types import Frame
    from reportgen.models.formulas.design import Design

MOST = 2000


@dataclass(frozen=True)
class Effects:
    """The columns Z (n, k) of all random effects, the component of each (k,), the names of the
    components, and for each column the cluster it belongs to and its name there.
    """

    Z: sparse.csr_array
    ident: np.ndarray
    components: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def effects_in(options: Any, design: Design, frame: Frame) -> Effects:
    """One intercept a cluster; or the columns of `vc_formula`, within clusters where there are
    any and else over all rows. FitError where they are too many to be fitted.
    """
    part = random_part(
        options.groups, None, options.vc_formula or {}, design.rows, frame.facts.variables
    )
    blocks, ident, places = [], [], []
    for number, (name, columns, colnames) in enumerate(_components(part)):
        for column, colname in zip(columns, colnames, strict=True):
            own = name if len(columns) == 1 else f"{name}[{colname}]"
            values = part.Z[:, column]
            if options.groups is None:
                made, found = sparse.csr_array(values[:, None]), [(colname, name)]
            else:
                made, labels = _within(values, design.column(options.groups))
                found = [(label, own) for label in labels]
            kept = np.flatnonzero(abs(made).sum(axis=0))
            blocks.append(made[:, kept])
            ident += [number] * len(kept)
            places += [found[each] for each in kept]
    if len(ident) > MOST:
        raise unfit(
            say("many-effects_bayes", effects=len(ident), most=MOST), ("vc_formula",),
            help="`kind: glmm` fits any number of clusters",
        )  # fmt: skip
    Z = sparse.hstack(blocks, format="csr")
    return Effects(Z, np.array(ident), part.components, tuple(places))


def _components(part: Any) -> Iterator[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    """Name, columns and names of columns of each component."""
    k = part.structure.correlated
    for column in range(k):
        yield part.components[column], (column,), (part.columns[column],)
    yield from zip(part.components[k:], part.structure.components, part.colnames, strict=True)


def _within(values: np.ndarray, groups: np.ndarray) -> tuple[sparse.csr_array, tuple[str, ...]]:
    """A column of its own for each cluster: zero in the rows of others."""
    codes, labels = codes_of(groups)
    shape = (len(codes), len(labels))
    return sparse.csr_array((values, (np.arange(len(codes)), codes)), shape=shape), labels
