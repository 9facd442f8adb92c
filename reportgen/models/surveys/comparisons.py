"""Tests that groups of a survey do not differ, by its design. Heavy: imported where rows are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import f, rankdata

from reportgen.core.dataclass import dataclass
from reportgen.core.description import GroupTest
from reportgen.core.levels import level_texts
from reportgen.core.types import Frame
from reportgen.models.base import is_text
from reportgen.models.engines.samples.sampling import Sampling
from reportgen.models.surveys.design import declared
from reportgen.models.surveys.survey import Survey

DESIGN = ("weights", "strata", "psu", "fpc", "nest", "lonely")


def sampling_of(options: Any, frame: Frame) -> Sampling:
    """The sample that a description's options declare. DataError where they are no design."""
    given = {key: getattr(options, key) for key in DESIGN}
    return declared(Survey.Options(**given), frame).sampling


@dataclass(frozen=True)
class Compared:
    """The groups of a sample: `codes` (n,) from 0, or −1 for a row in none."""

    frame: Frame
    sampling: Sampling
    codes: np.ndarray

    @classmethod
    def of(cls, options: Any, frame: Frame, levels: Sequence[str]) -> Compared:
        """The groups that the levels of `by` make. DataError where the columns are no design."""
        sampling = sampling_of(options, frame)
        places = {level: place for place, level in enumerate(levels)}
        codes = (
            level_texts(frame.table[options.by])
            .map(places)
            .astype(float)
            .fillna(-1)
            .to_numpy(dtype=int)
        )
        return cls(frame, sampling, codes)

    def tests(self, name: str, levels: Sequence[str] | None) -> dict[str, GroupTest]:
        """Of one column: of means and of ranks, or with `levels` of counts.

        None of them where a group lacks values, or the sample has too few units. FitError for a
        stratum of one unit under the rule `fail`.
        """
        column = self.frame.table[name]
        inside = column.notna().to_numpy() & (self.codes >= 0) & (self.sampling.weights > 0)
        if levels is not None:
            places = {level: place for place, level in enumerate(levels)}
            values = level_texts(column[inside]).map(places).to_numpy(dtype=int)
            return _named("counts", rao_scott(self.sampling, inside, values, self.codes[inside]))
        if is_text(column):
            return {}
        x, group = column[inside].to_numpy(dtype=float), self.codes[inside]
        ranks = weighted_ranks(x, self.sampling.weights[inside])
        return {
            **_named("means", equal_means(self.sampling, inside, x, group, "design_means")),
            **_named("ranks", equal_means(self.sampling, inside, ranks, group, "design_ranks")),
        }


def equal_means(
    sampling: Sampling, inside: np.ndarray, x: np.ndarray, group: np.ndarray, name: str
) -> GroupTest | None:
    """Wald's test that the weighted means of groups are equal: F with k − 1 and d − (k − 1).

    x and group (m,) are of the rows `inside` (n,); d are the design's degrees of freedom. Of two
    groups it is the square of the design-based t (Lumley 2010, Complex Surveys, 5.2).
    """
    codes = np.unique(group)
    k, w = len(codes), sampling.weights[inside]
    df = sampling.df(inside) - (k - 1)
    if k < 2 or df < 1:
        return None
    scores = np.zeros((len(inside), k))
    means = np.zeros(k)
    for place, code in enumerate(codes):
        own = group == code
        total = w[own].sum()
        means[place] = w[own] @ x[own] / total
        scores[inside, place] = np.where(own, w * (x - means[place]) / total, 0.0)
    V = sampling.variance(sampling.totals(scores), inside)
    apart = np.column_stack([-np.ones(k - 1), np.eye(k - 1)])
    d, S = apart @ means, apart @ V @ apart.T
    if np.linalg.matrix_rank(S) < k - 1:
        return None
    statistic = float(d @ np.linalg.solve(S, d)) / (k - 1)
    return GroupTest(name, statistic, k - 1, float(df), float(f.sf(statistic, k - 1, df)))


def weighted_ranks(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The rank of each value in the population, as a share: (weight below + ½ of its own)/Σw.

    Lumley and Scott (2013), Biometrika 100, 831–842; ties share the mean of theirs.
    """
    order = np.argsort(x, kind="stable")
    below = np.empty(len(x))
    below[order] = np.cumsum(w[order]) - w[order] / 2
    ties = rankdata(x, "dense").astype(int) - 1
    shared: np.ndarray = (np.bincount(ties, below) / np.bincount(ties))[ties] / w.sum()
    return shared


def rao_scott(
    sampling: Sampling, inside: np.ndarray, level: np.ndarray, group: np.ndarray
) -> GroupTest | None:
    """Pearson's χ² of weighted shares, corrected to second order for the design: F.

    Rao and Scott (1984), Annals of Statistics 12, 46–60, as R's `svychisq` has it: X²/tr Δ with
    (tr Δ)²/tr Δ² and d(tr Δ)²/tr Δ² degrees of freedom, Δ the generalised design effects.
    """
    rows, level = np.unique(level, return_inverse=True)
    columns, group = np.unique(group, return_inverse=True)
    r, c, n = len(rows), len(columns), len(level)
    df = sampling.df(inside)
    if min(r, c) < 2 or df < 1:
        return None
    w = sampling.weights[inside]
    cell = level * c + group
    p = np.bincount(cell, w, minlength=r * c) / w.sum()
    scores = np.zeros((len(inside), r * c))
    scores[inside] = w[:, None] * (np.eye(r * c)[cell] - p) / w.sum()
    V = sampling.variance(sampling.totals(scores), inside)
    table = p.reshape(r, c)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    effects = _design_effects(p, V, n, r, c)
    if effects is None:
        return None
    first, second = float(np.trace(effects)), float(np.trace(effects @ effects))
    share = first**2 / second
    p_value = float(f.sf(pearson / first, share, df * share))
    return GroupTest("rao_scott", pearson / first, None, None, p_value)


def _design_effects(p: np.ndarray, V: np.ndarray, n: int, r: int, c: int) -> np.ndarray | None:
    """Δ = (CᵀD⁻¹C/n)⁻¹ CᵀD⁻¹VD⁻¹C, C a basis of the interactions of an r × c table."""
    main = np.column_stack([
        np.kron(np.eye(r), np.ones((c, 1))), np.kron(np.ones((r, 1)), np.eye(c)[:, 1:]),
    ])  # fmt: skip
    cells = np.kron(np.eye(r)[:, 1:], np.eye(c)[:, 1:])
    C = cells - main @ np.linalg.lstsq(main, cells, rcond=None)[0]
    inverse = np.diag(np.divide(1.0, p, out=np.zeros_like(p), where=p > 0))
    below = C.T @ inverse @ C / n
    if np.linalg.matrix_rank(below) < len(below):
        return None
    found: np.ndarray = np.linalg.solve(below, C.T @ inverse @ V @ inverse @ C)
    return found if np.trace(found) > 0 else None


def _named(about: str, test: GroupTest | None) -> dict[str, GroupTest]:
    return {} if test is None else {about: test}
