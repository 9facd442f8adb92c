"""The outcomes of a model of a yes or a no, and the probabilities it gave them."""

from __future__ import annotations

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Frame, Result
from reportgen.models.base import codes_of
from reportgen.models.formulas.rows import complete


@dataclass(frozen=True)
class Judged:
    """Rows as they were fitted: `y` (n,) 0 or 1, `p` (n,) the fitted probability of 1.

    `clusters` (n,) are codes 0 … G − 1; None where rows are taken as independent.
    """

    y: np.ndarray
    p: np.ndarray
    clusters: np.ndarray | None

    @property
    def known(self) -> dict[str, int | None]:
        """What a Result says of these rows, by the names of its fields."""
        groups = None if self.clusters is None else int(self.clusters.max()) + 1
        return {"n": len(self.y), "events": int(self.y.sum()), "n_groups": groups}


def judged(result: Result, frame: Frame) -> Judged:
    """The rows of a fit that can be judged by them.

    FitError where it has no probabilities, where an outcome is no 0 or 1, where all outcomes are
    equal, and where its rows are not those of its data (imputed values).
    """
    held = result.observations
    y, p = (np.array(held.get(name, ()), dtype=float) for name in ("observed", "fitted"))
    if not len(y):
        raise unfit(say("no-probabilities"))
    if not set(np.unique(y)) <= {0.0, 1.0}:
        raise unfit(say("not-binary"))
    if y.min() == y.max():
        raise unfit(say("one-outcome"))
    groups = result.method.groups if result.method else None
    rows = complete(frame, result.columns)[0] if result.columns else frame.table
    if result.imputed or len(rows) != len(y):
        raise unfit(say("rows-not-found_imputed"))
    clusters = None if groups is None else codes_of(rows[groups].to_numpy())[0]
    return Judged(y, p, clusters)
