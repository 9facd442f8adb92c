"""Estimating equations whose rows are never all in memory as a matrix: sums, a block at a time.

All that independent and exchangeable equations need of the rows at some β are the cross-products
of [D, e] and their sums over clusters; of the solution, the cross-products of each cluster. Rows
stay in the order of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.equations.estimating import EstimatingEquations
from reportgen.models.engines.equations.gee import Equations
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.equations.working import Exchangeable, Independence, Working
from reportgen.models.engines.regressions.blocks import Blocks

SAMPLE = 1 << 16
"""The rows, evenly spread, from which the first estimates are made."""


class Scattered(Units):
    """Clusters whose rows stand anywhere: `codes` (n,) are 0 … G - 1 in any order."""

    @cached_property
    def sizes(self) -> np.ndarray:
        """The number of rows of each cluster, (G,)."""
        return np.bincount(self.codes)

    def __len__(self) -> int:
        return len(self.sizes)


@dataclass(frozen=True)
class Sums:
    """The equations at some β: [D, e]ᵀ[D, e] (p + 1, p + 1), and the sums of [D, e] over each
    cluster (G, p + 1).
    """

    equations: Streamed
    beta: np.ndarray
    products: np.ndarray
    sums: np.ndarray

    @cached_property
    def mean(self) -> np.ndarray:
        """The means, (n,)."""
        return self._rowwise(lambda mean, e: mean)

    @cached_property
    def e(self) -> np.ndarray:
        """Pearson residuals, (n,)."""
        return self._rowwise(lambda mean, e: e)

    def _rowwise(self, pick: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
        made = np.empty(len(self.equations.y))
        for rows, mean, values in self.equations.passed(self.beta):
            made[rows] = pick(mean, values[:, -1])
        return made


@dataclass(frozen=True)
class Streamed(EstimatingEquations):
    """The same equations as `Equations`, of clusters that are independent or exchangeable."""

    y: np.ndarray
    blocks: Blocks
    family: Any
    working: Working
    offset: np.ndarray | None = None
    weights: np.ndarray | None = None
    fixed: bool = False

    settled: ClassVar[float] = 1e-8

    @property
    def X(self) -> np.ndarray:  # noqa: N802 (so it is called)
        """X (n, p) as a whole."""
        return self.blocks.whole

    @property
    def units(self) -> Units:
        """The clusters."""
        return self.working.units

    def independent(self) -> np.ndarray:
        """The parameters of the structure that stand for independence."""
        return self.working.start()

    def passed(self, beta: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Every block of rows with its means (k,) and [D, e] (k, p + 1) at β."""
        for rows, block in self.blocks:
            own = Equations(
                self.y[rows], block, self.family, self.working,
                None if self.offset is None else self.offset[rows],
                None if self.weights is None else self.weights[rows],
            )  # fmt: skip
            mean, _, values = own.evaluated(beta)
            yield rows, mean, values

    def at(self, beta: np.ndarray) -> Any:
        """The sums at β. FitError where the means leave the family."""
        p = len(beta)
        products, sums = np.zeros((p + 1, p + 1)), np.zeros((p + 1, len(self.units)))
        with np.errstate(all="ignore"):
            for rows, _, values in self.passed(beta):
                products += values.T @ values
                self._add(sums, values.T, rows)
        if not np.isfinite(products).all():
            help = "choose a link that keeps them inside, such as log or logit"
            raise unfit(say("means-outside"), ("link",), help=help)
        return Sums(self, beta, products, sums.T)

    def _add(self, sums: np.ndarray, values: Iterable[np.ndarray], rows: slice) -> None:
        """Add `values` (q, k) of some rows to the `sums` (q, G) of their clusters."""
        codes = self.units.codes[rows]
        for total, each in zip(sums, values, strict=True):
            np.add.at(total, codes, each)

    def started(self) -> Any:
        """The solution for some of the rows, were they independent; where there is none, the mean
        of the outcome for all.
        """
        places = np.arange(0, len(self.y), max(1, len(self.y) // SAMPLE))
        some = Equations(
            self.y[places], self.blocks.at(places), self.family,
            Independence(Units(np.arange(len(places)))),
            None if self.offset is None else self.offset[places],
            None if self.weights is None else self.weights[places], self.fixed,
        )  # fmt: skip
        with suppress(FitError, np.linalg.LinAlgError):
            return self.at(some.solve().beta)
        return self.at(some.started().beta)

    def associated(self, point: Any, before: np.ndarray) -> np.ndarray:
        """The parameters of the structure."""
        if not isinstance(self.working, Exchangeable):
            return before
        squares = float(point.products[-1, -1])
        pairs = (float(np.sum(point.sums[:, -1] ** 2)) - squares) / 2
        return self.working.from_products(pairs, self.scale(point), len(point.beta))

    def inner(self, point: Any, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵀ R⁻¹ [D, e]."""
        if isinstance(self.working, Exchangeable):
            return self.working.from_sums(association, point.products, point.sums)
        return np.asarray(point.products)

    def scale(self, point: Any) -> float:
        """φ by Pearson's statistic over n - p."""
        return float(point.products[-1, -1] / (len(self.y) - len(point.beta)))

    def alone(self, point: Any) -> np.ndarray:
        """Σ Dᵀ A⁻¹ D."""
        return np.asarray(point.products[:-1, :-1])

    def by_cluster(self, point: Any, association: np.ndarray) -> np.ndarray:
        """[D, e]ᵢᵀ R⁻¹ [D, e]ᵢ of each cluster, (G, p + 1, p + 1)."""
        q = len(point.beta) + 1
        lower = np.tril_indices(q)
        found = np.zeros((len(lower[0]), len(self.units)))
        means = np.empty(len(self.y))
        for rows, mean, values in self.passed(point.beta):
            means[rows] = mean
            pairs = (values[:, a] * values[:, b] for a, b in zip(*lower, strict=True))
            self._add(found, pairs, rows)
        point.__dict__["mean"] = means  # whoever asks for it next has it
        each = np.empty((len(self.units), q, q))
        each[:, lower[0], lower[1]] = each[:, lower[1], lower[0]] = found.T
        if isinstance(self.working, Exchangeable):
            return self.working.within(association, each, point.sums)
        return each
