"""A generalised linear model solved on what can be fitted, with the findings. Heavy."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note
from reportgen.models.covariance import Robust, robust_covariance, weak_columns
from reportgen.models.engines.regressions import fisher, irls
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.engines.regressions.irls import Solution
from reportgen.models.formulas.design import Design
from reportgen.models.health import columns, outcome
from reportgen.models.health import solution as after
from reportgen.models.health.codes import finding
from reportgen.models.health.dispersion import excess
from reportgen.models.health.said import said_notes
from reportgen.models.health.separation import Remainder, remainder
from reportgen.models.regression import families
from reportgen.models.regression.glm import arrays
from reportgen.models.regression.ols import groups_of

SEEN = 1e-6
"""A fitted probability or mean as near to its bound as this asks for a look at separation."""
BOUNDED = {"binomial": ("logit", "probit", "cloglog", "cauchy")} | dict.fromkeys(
    ("poisson", "negative_binomial", "tweedie"), ("log",)
)
"""Families and links under which an outcome at its bound can pull estimates to infinity."""

UNITS = dict.fromkeys(("log", "logit", "probit", "cloglog"), 1.0)
"""Links whose scale has a natural unit; on others no standard error is too small to be true."""


@dataclass(frozen=True)
class Solved:
    """A solution with its covariance (k, k), the places of its columns, and the findings."""

    solution: Solution
    columns: np.ndarray
    covariance: np.ndarray
    mean: np.ndarray
    notes: tuple[Note, ...]
    df: float | None


@dataclass(frozen=True)
class Estimation:
    """A design and what is asked of it; `observed`: by which information errors are computed."""

    design: Design
    options: Any
    observed: bool

    @property
    def engine(self) -> str:
        """Whose scoring it is: our own where that was asked for and fits such a model."""
        design, options = self.design, self.options
        if options.engine != "fast":
            return "statsmodels"
        given, family = arrays(options, design), families.family_of(options)
        return "fast" if fisher.covers(design.y, family, given, self.observed) else "statsmodels"

    def solved(self, start: np.ndarray | None) -> Solved:
        """The maximum of the likelihood on the rows and columns that have one, or FitError."""
        design, notes = self.design, self._before()
        basis = columns.basis(design.blocks, design.names)
        kept, rows = basis.kept, np.ones(design.n, dtype=bool)
        found = self._solution(rows, kept, None if start is None else start[kept])
        rest = self._separated(kept, found)
        if rest is not None:
            rows, kept, notes = rest.rows, kept[rest.columns], notes + rest.notes
            found = self._solution(rows, kept, None)
        if found is None:
            raise after.not_converged(irls.ITERATIONS, basis.notes)
        names, X = self._names(kept), self._blocks(rows, kept)
        wanted = Robust(self.options.cov_type, groups_of(self.options))
        covariance, df, weak = robust_covariance(wanted, design, names, found.influence, rows=rows)
        weak += weak_columns(wanted, design, X, names, rows=rows)
        if covariance is None:
            covariance = found.scale * found.unscaled
        notes += (*basis.notes, *weak, *said_notes(found.said))
        notes += self._after(found, kept, np.sqrt(np.diag(covariance)))
        own = design.y if rest is None else design.y[rows]
        notes += self._dispersion(own, found.mean, len(kept))
        mean = found.mean
        if rest is not None:
            mean = np.array(design.y, dtype=float)
            mean[rows] = found.mean
        return Solved(found, kept, covariance, mean, notes, df)

    def _dispersion(self, y: np.ndarray, mean: np.ndarray, size: int) -> tuple[Note, ...]:
        """Counts that vary more than errors by the model allow for."""
        options = self.options
        weighted = any(getattr(options, key, None) for key in ("freq_weights", "var_weights"))
        if options.family != "poisson" or options.cov_type != "nonrobust" or weighted:
            return ()
        ratio = excess(y, mean, len(y) - size)
        if ratio is None:
            return ()
        outcome = named_column(self.design.outcome)
        said = say("overdispersion", outcome=outcome, ratio=ratio, factor=ratio**0.5)
        return (finding(said),)

    def _names(self, kept: np.ndarray) -> list[str]:
        return [self.design.names[place] for place in kept.tolist()]

    def _blocks(self, rows: np.ndarray, kept: np.ndarray) -> Blocks:
        """The rows (a mask) and columns that are fitted."""
        if rows.all():
            return self.design.blocks.columns(kept)
        return Blocks.of(self.design.X[np.ix_(rows, kept)])

    def _solution(
        self, rows: np.ndarray, kept: np.ndarray, start: np.ndarray | None
    ) -> Solution | None:
        design, options = self.design, self.options
        y, X, given = design.y, self._blocks(rows, kept), arrays(options, design)
        if not rows.all():
            y, given = y[rows], {key: values[rows] for key, values in given.items()}
        if self.engine == "fast":
            return fisher.solve(y, X, families.family_of(options), given, start=start)
        family = families.statsmodels_of(options)
        return irls.solve(y, X.whole, family, given, start=start, observed=self.observed)

    def _separated(self, kept: np.ndarray, found: Solution | None) -> Remainder | None:
        """What is left where the outcome is separated. A solution with no fitted value near a
        bound is the maximum of a concave likelihood, and needs no look.
        """
        options, design = self.options, self.design
        if families.link_of(options.family, options.link) not in BOUNDED.get(options.family, ()):
            return None
        binary = options.family == "binomial"
        if found is not None:
            mean = found.mean
            nearest = min(mean.min(), 1 - mean.max()) if binary else mean.min()
            if nearest > (SEEN if binary else SEEN * design.y.mean()):
                return None
        return remainder(design, design.X[:, kept], self._names(kept), counts=not binary)

    def _before(self) -> tuple[Note, ...]:
        """What the outcome gives away before anything is fitted."""
        design, options = self.design, self.options
        size = len(design.names) - ("Intercept" in design.names)
        if options.family == "binomial":
            return outcome.few_events(outcome.rarer(design), size)
        if options.family in ("poisson", "negative_binomial"):
            model_based = options.cov_type == "nonrobust"
            notes = outcome.whole(design, strict=False) if model_based else ()
            return notes + outcome.few_events(float(design.y.sum()), size)
        return ()

    def _after(self, found: Solution, kept: np.ndarray, se: np.ndarray) -> tuple[Note, ...]:
        """What the solution gives away."""
        design, options = self.design, self.options
        link = families.link_of(options.family, options.link)
        names, spread = self._names(kept), design.blocks.columns(kept).deviation()
        notes: tuple[Note, ...] = ()
        if options.family not in families.FIXED_SCALE and design.n == len(names):
            return after.no_residual_df(design.n)
        if options.family == "gaussian":
            total = float(((design.y - design.y.mean()) ** 2).sum())
            notes = after.perfect_fit(float(found.results.deviance), total, design.outcome)
        if link in ("log", "logit"):
            what = say("part_odds") if link == "logit" else say("part_means")
            notes += after.extreme(names, found.b, spread, what)
        scale = UNITS.get(link, 0.0) if link != "identity" else float(design.y.std())
        return notes or after.errors(names, se, spread, scale)
