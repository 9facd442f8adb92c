"""What the variances of a linear mixed model say: on their own scale, with errors and intervals.

Heavy: imported where rows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from reportgen.core.clusters import Component, Effect, IccPoint, Spread
from reportgen.core.dataclass import dataclass
from reportgen.models.engines.effects.lmm import Point
from reportgen.models.engines.effects.precision import UNKNOWN, Precision
from reportgen.models.engines.effects.profile import limits
from reportgen.models.engines.laws import norm
from reportgen.models.multilevel.random import RandomEffects

GRID = 33


@dataclass(frozen=True)
class Variances:
    """The variances of a fit. `intervals` says how their intervals are made: wald or profile."""

    random: RandomEffects
    point: Point
    precision: Precision | None
    intervals: str
    confidence: float

    @property
    def values(self) -> dict[str, float]:
        """Each variance on its own scale; one that matters to no row is zero."""
        diagonal = self.point.covariance.diagonal()
        return {
            name: 0.0 if self.point.vanishes(column) else float(diagonal[column])
            for column, name in enumerate(self.random.names)
        }

    def components(self) -> dict[str, Component]:
        """Each variance with its error and interval."""
        found = {}
        for column, (name, value) in enumerate(self.values.items()):
            spread = self._variance(column)
            found[name] = Component(
                value, float(np.sqrt(value)), spread.se, float(np.sqrt(2 * value)),
                spread.low, spread.high,
            )  # fmt: skip
        return found

    def pairs(self) -> tuple[dict[str, float | None], dict[str, float | None]]:
        """Covariances and correlations of the pairs of effects that are free to vary together."""
        covariances: dict[str, float | None] = {}
        correlations: dict[str, float | None] = {}
        sigma = self.point.covariance
        for pair, row, column in self._pairs():
            defined = not (self.point.vanishes(row) or self.point.vanishes(column))
            value = float(sigma[row, column]) if defined else 0.0
            size = float(np.sqrt(sigma[row, row] * sigma[column, column]))
            covariances[pair] = value
            correlations[pair] = max(-1.0, min(1.0, value / size)) if defined else None
        return covariances, correlations

    def spreads(self) -> dict[str, Spread]:
        """How well covariances, correlations, the residual variance and the intraclass correlation
        are known, as far as they are.
        """
        found = {"scale": self.scale(), "icc": self.icc()[1]}
        known, correlations = self.precision, self.pairs()[1]
        for pair, row, column in self._pairs():
            if correlations[pair] is None:
                continue
            if known is not None:
                element = self._element(row, column)
                found[f"covariance:{pair}"] = known.covariance(element, self.confidence)
            found[f"correlation:{pair}"] = self._correlation(row, column)
        return {name: spread for name, spread in found.items() if spread != UNKNOWN}

    def scale(self) -> Spread:
        """How well the residual variance is known."""
        wald = self.precision.scale(self.confidence) if self.precision else UNKNOWN
        return self._squared(wald, ()) if self.intervals == "profile" else wald

    def icc(self) -> tuple[float | None, Spread]:
        """The share of the variance between clusters, of a model whose only effect is an intercept;
        its interval is made on the logit scale.
        """
        if len(self.random.components) != 1 or not self.random.components[0].plain:
            return None, UNKNOWN
        return self._share(np.ones(1))

    def icc_at(self, rows: pd.DataFrame) -> dict[str, tuple[IccPoint, ...]]:
        """The share of the variance between clusters along each covariate whose slope varies, the
        others at their means. Empty where some effect is neither an intercept nor the slope of a
        numeric column: then no single value of a column says what the effects are.
        """
        columns = [each.column for each in self.random.components]
        slopes = [self._slope(number, rows) for number in range(len(columns))]
        plain = [
            column is not None and (slope is not None or bool((column == 1).all()))
            for column, slope in zip(columns, slopes, strict=True)
        ]
        if not all(plain):
            return {}
        means = np.array([float(np.mean(column)) for column in columns if column is not None])
        return {
            name: tuple(self._along(number, means, rows[name].to_numpy(dtype=float)))
            for number, name in enumerate(slopes)
            if name is not None
        }

    def shares(self, fitted: np.ndarray) -> dict[str, float]:
        """Nakagawa's marginal and conditional R², and the adjusted intraclass correlation.

        σ²_f is the variance of Xβ; σ²_r = tr(ZΣZᵀ)/n, the mean variance that random effects give
        a row. Marginal σ²_f / (σ²_f + σ²_r + σ²), conditional (σ²_f + σ²_r) / (…), ICC
        σ²_r / (σ²_r + σ²): Nakagawa and Schielzeth 2013, Methods Ecol Evol 4, 133–142; Johnson
        2014, 5, 944–946; Nakagawa, Johnson and Schielzeth 2017, J R Soc Interface 14, 20170213.
        """
        # Of an intercept alone the fitted values differ by rounding: that is no variance.
        flat = np.ptp(fitted) < 1e-12 * np.abs(fitted).max()
        fixed = 0.0 if flat else float(np.var(fitted, ddof=1))
        rest, random = self.point.scale, self.point.added
        return {
            "r2_marginal": fixed / (fixed + random + rest),
            "r2_conditional": (fixed + random) / (fixed + random + rest),
            "icc_adjusted": random / (random + rest),
        }

    def effects(self) -> dict[str, dict[str, Effect]]:
        """Predicted effects by cluster, with conditional standard errors; clusters in the order of
        their first component. An effect whose variance is zero has no error: it is zero, not known.
        """
        means, variances = self.point.effects()
        every = zip(means.tolist(), np.sqrt(variances).tolist(), strict=True)
        found: dict[str, dict[str, Effect]] = {}
        for column, component in enumerate(self.random.components):
            zero = self.point.vanishes(column)
            for owner, name in zip(component.owners, component.names, strict=True):
                mean, error = next(every)
                found.setdefault(owner, {})[name] = Effect(mean, None if zero else error)
        return found

    # ── intervals ────────────────────────────────────────────────────────────────────────────

    def _pairs(self) -> Iterator[tuple[str, int, int]]:
        for row, name in enumerate(self.random.names[: self.random.correlated]):
            for column, other in enumerate(self.random.names[:row]):
                yield f"{other},{name}", row, column

    def _element(self, row: int, column: int) -> int:
        pairs = self.point.likelihood.layout.pairs
        if row < self.random.correlated:
            return pairs.index((row, column))
        return len(pairs) + row - self.random.correlated

    def _variance(self, column: int) -> Spread:
        known = self.precision
        element = self._element(column, column)
        wald = known.variance(element, self.confidence) if known else UNKNOWN
        return self._squared(wald, (column,)) if self.intervals == "profile" else wald

    def _correlation(self, row: int, column: int) -> Spread:
        known = self.precision
        wald = known.correlation(row, column, self.confidence) if known else UNKNOWN
        if self.intervals != "profile":
            return wald
        return Spread(wald.se, *limits(self.point, (column, row), self.confidence))

    def _squared(self, wald: Spread, effects: tuple[int, ...]) -> Spread:
        low, high = limits(self.point, effects, self.confidence)
        return Spread(
            wald.se, None if low is None else low**2, None if high is None else high**2
        )  # fmt: skip

    # ── the intraclass correlation ───────────────────────────────────────────────────────────

    def _slope(self, number: int, rows: pd.DataFrame) -> str | None:
        """The numeric column whose slope a component is; None for any other."""
        component = self.random.components[number]
        name, column = component.name, component.column
        numeric = name in rows.columns and is_numeric_dtype(rows[name])
        if column is None or not numeric or (column == 1).all():
            return None
        return name if np.array_equal(column, rows[name].to_numpy(dtype=float)) else None

    def _along(self, number: int, means: np.ndarray, values: np.ndarray) -> Iterable[IccPoint]:
        mean, sd = float(values.mean()), float(values.std(ddof=1))
        marked = [(mean - sd, "below"), (mean, "mean"), (mean + sd, "above")]
        grid = [(float(x), "") for x in np.linspace(values.min(), values.max(), GRID)]
        for x, place in sorted(marked + grid):
            z = means.copy()
            z[number] = x
            icc, spread = self._share(z)
            assert icc is not None
            yield IccPoint(x, icc, spread.low, spread.high, place)  # type: ignore[arg-type]

    def _share(self, z: np.ndarray) -> tuple[float | None, Spread]:
        """zᵀΣz / (zᵀΣz + σ²) and its interval: zᵀΨz is linear in ψ, and its logarithm the logit."""
        likelihood, known = self.point.likelihood, self.precision
        turned = likelihood.turn.T @ z
        weights = likelihood.layout.inner(np.outer(turned, turned))
        odds = float(weights @ self.point.psi)
        share = odds / (1 + odds)
        if known is None or not known.inside or odds <= 0:
            return share, UNKNOWN
        m = len(weights)
        se = float(np.sqrt(weights @ known.ratio[:m, :m] @ weights))
        factor = float(np.exp(norm.ppf(0.5 + self.confidence / 2) * se / odds))
        low, high = odds / factor, odds * factor
        return share, Spread(se / (1 + odds) ** 2, low / (1 + low), high / (1 + high))


def group_ranges(
    random: RandomEffects, rows: pd.DataFrame, codes: np.ndarray, labels: tuple[str, ...]
) -> dict[str, dict[str, tuple[float, float]]]:
    """The range of each numeric column with a random slope, within each cluster."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for component in random.components:
        name, column = component.name, component.column
        if column is None or name not in rows.columns or not is_numeric_dtype(rows[name]):
            continue
        if not np.array_equal(column, rows[name].to_numpy(dtype=float)):
            continue
        low, high = np.full(len(labels), np.inf), np.full(len(labels), -np.inf)
        np.minimum.at(low, codes, column)
        np.maximum.at(high, codes, column)
        ranges = zip(labels, low.tolist(), high.tolist(), strict=True)
        found[name] = {label: (least, most) for label, least, most in ranges}
    return found
