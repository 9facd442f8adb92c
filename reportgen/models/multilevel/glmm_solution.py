"""A multilevel generalised linear model solved on what can be fitted, with the findings. Heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Note
from reportgen.models.base import codes_of
from reportgen.models.engines.effects.glmm import Data, Likelihood
from reportgen.models.engines.effects.glmm_optimum import Optimum, climb
from reportgen.models.engines.effects.glmm_start import without_effects
from reportgen.models.formulas.design import Design
from reportgen.models.health import clusters, columns
from reportgen.models.health.separation import Remainder, remainder
from reportgen.models.multilevel import glmm_findings
from reportgen.models.multilevel.effects import RandomPart
from reportgen.models.multilevel.glmm_outcome import check_clusters
from reportgen.models.regression import families

CERTAIN = 1e-5
"""A fitted mean without random effects this near to an outcome that must be asks for a look at
separation: the likelihood it stems from is concave, and has its maximum where it stops before."""


@dataclass(frozen=True)
class Solved:
    """The highest point on the `rows` (n,) and `columns` (k,) that have one; the random part and
    the clusters of these rows; and the findings.
    """

    optimum: Optimum
    rows: np.ndarray
    columns: np.ndarray
    part: RandomPart
    codes: np.ndarray
    labels: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Estimation:
    """A design and what is asked of it; `given` holds offset, trials and copies of the rows."""

    options: Any
    design: Design
    part: RandomPart
    given: Mapping[str, np.ndarray]
    nodes: int

    def solved(self, start: np.ndarray | None) -> Solved:
        """The highest likelihood, or FitError.

        Coefficients that separation makes infinite are set aside with the rows they predict: in
        the limit these rows tell nothing, whatever the random effects are.
        """
        design, options = self.design, self.options
        basis = columns.basis(design.X, design.names)
        kept, rows, notes = basis.kept, np.ones(design.n, dtype=bool), basis.notes
        codes, labels = design.clusters(options.groups)
        clusters.check_not_contained(design.X, codes, options.groups)
        likelihood = self._likelihood(rows, kept, codes)
        beta = without_effects(likelihood)
        rest = self._separated(kept, likelihood, beta)
        if rest is not None:
            rows, kept, notes = rest.rows, kept[rest.columns], notes + rest.notes
            codes, labels = self._clusters_left(rows)
            likelihood = self._likelihood(rows, kept, codes)
            beta = without_effects(likelihood)
        check_clusters(options, design.y[rows], codes)
        optimum = climb(likelihood, beta if start is None else start[kept])
        glmm_findings.check_converged(optimum, notes)
        part = replace(self.part, Z=self.part.Z[rows])
        if options.family == "binomial" and not {"trials", "copies"} & self.given.keys():
            notes += clusters.single_members(codes)
        notes += glmm_findings.notes_on(options, part, optimum, design.outcome)
        names = [design.names[place] for place in kept.tolist()]
        notes += glmm_findings.influence(optimum, names, labels)
        return Solved(optimum, rows, kept, part, codes, labels, notes)

    def _likelihood(self, rows: np.ndarray, kept: np.ndarray, codes: np.ndarray) -> Likelihood:
        design, options = self.design, self.options
        X = design.X if len(kept) == design.X.shape[1] else design.X[:, kept]
        some = slice(None) if rows.all() else rows  # all of them without a copy
        data = Data(
            design.y[some], X[some], self.part.Z[some], codes, options.family,
            families.link_of(options.family, options.link),
            **{name: values[some] for name, values in self.given.items()},
        )  # fmt: skip
        return Likelihood(data, self.part.structure, self.nodes)

    def _separated(
        self, kept: np.ndarray, likelihood: Likelihood, beta: np.ndarray
    ) -> Remainder | None:
        binary = self.options.family == "binomial"
        mean = likelihood.response(0.0).mean(likelihood.X @ beta + likelihood.offset)
        if not (np.minimum(mean, 1 - mean) if binary else mean).min() < CERTAIN:
            return None
        names = [self.design.names[place] for place in kept.tolist()]
        return remainder(self.design, self.design.X[:, kept], names, counts=not binary)

    def _clusters_left(self, rows: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
        codes, labels = codes_of(self.design.column(self.options.groups)[rows])
        if len(labels) < 2:
            raise unfit(say("one-cluster"), ("groups",))
        return codes, labels
