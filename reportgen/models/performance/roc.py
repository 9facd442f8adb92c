"""`roc`: what `plot: roc` asks of a fit. A spec's `models` may not name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import ModelOptions
from reportgen.core.types import Coef, Frame, Result

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.performance.judged import Judged

MOST_POINTS = 400
"""A curve of more corners is drawn through so many, evenly spaced along it."""


class Roc:
    """The receiver operating characteristic of a model of a yes or a no, and the area below it."""

    version: ClassVar[str] = "1"

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        """Keys of the statistics: those of every model."""

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """The curve (`threshold`, `fpr`, `tpr`, from (0, 0) to (1, 1)) and `auc` with its interval.

        FitError where the fit cannot be judged so.
        """
        from reportgen.models.performance.judged import judged

        assert start is not None
        rows = judged(start, frame)
        return Result(
            kind="roc",
            status="ok",
            formula=start.formula,
            outcome=start.outcome,
            confidence=start.confidence,
            method=start.method,
            coef={"auc": area(rows, start.confidence)},
            observations=curve(rows),
            **rows.known,  # type: ignore[arg-type]
        )

    def tidy(self, fit: Result) -> Result:
        """The curve as it is."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """The points of the curve."""
        return fit.observations


def area(rows: Judged, confidence: float) -> Coef:
    """The area under the curve, P(p₁ > p₀) + ½P(p₁ = p₀), with its standard error and interval.

    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837–845, by the midranks of Sun and Xu
    (2014), IEEE Signal Processing Letters 21, 1389–1393; in clusters Obuchowski (1997), Biometrics
    53, 567–578, which is the same where each cluster has one row. The interval is normal, cut at 0
    and 1. No standard error where there is one event, one other, or one cluster of either.
    """
    import numpy as np
    from scipy.stats import norm

    yes = rows.y == 1
    v = placements(rows)
    auc = float(v[yes].mean())
    variance = _variance(v, yes, auc, rows.clusters)
    if variance is None:
        return Coef(auc)
    se = float(np.sqrt(max(variance, 0.0)))
    half = float(norm.ppf(0.5 + confidence / 2)) * se
    return Coef(auc, se, low=max(0.0, auc - half), high=min(1.0, auc + half))


def placements(rows: Judged) -> np.ndarray:
    """For each row (n,) the share of the rows of the other outcome that it is rightly ordered with;
    a tie counts a half.
    """
    import numpy as np
    from scipy.stats import rankdata

    yes = rows.y == 1
    ranks = rankdata(rows.p)
    v = np.empty(len(ranks))
    v[yes] = (ranks[yes] - rankdata(rows.p[yes])) / (~yes).sum()
    v[~yes] = 1 - (ranks[~yes] - rankdata(rows.p[~yes])) / yes.sum()
    return v


def _variance(
    v: np.ndarray, yes: np.ndarray, auc: float, clusters: np.ndarray | None
) -> float | None:
    """S₁₀/m + S₀₁/n + 2S₁₁/(mn), sums of placements less the area by cluster."""
    import numpy as np

    codes = np.arange(len(v)) if clusters is None else clusters
    size = int(codes.max()) + 1
    parts, held = [], []
    for own in (yes, ~yes):
        sums = np.bincount(codes[own], v[own] - auc, minlength=size)
        parts.append(sums)
        held.append(int((np.bincount(codes[own], minlength=size) > 0).sum()))
    if min(held) < 2:
        return None
    (one, other), (m, n) = parts, (int(yes.sum()), int((~yes).sum()))
    s10 = held[0] / ((held[0] - 1) * m) * float(one @ one)
    s01 = held[1] / ((held[1] - 1) * n) * float(other @ other)
    s11 = size / (size - 1) * float(one @ other)
    return s10 / m + s01 / n + 2 * s11 / (m * n)


def curve(rows: Judged) -> dict[str, tuple[float, ...]]:
    """The corners of the curve: `fpr` and `tpr` of calling a yes what is at least `threshold`.

    The first threshold is the highest probability, and nothing is called a yes before it.
    """
    import numpy as np

    order = np.argsort(-rows.p, kind="stable")
    p, y = rows.p[order], rows.y[order]
    last = np.append(np.flatnonzero(np.diff(p)), len(p) - 1)
    tpr = np.concatenate([[0.0], np.cumsum(y)[last] / y.sum()])
    fpr = np.concatenate([[0.0], np.cumsum(1 - y)[last] / (1 - y).sum()])
    threshold = np.concatenate([[p[0]], p[last]])
    kept = _corners(fpr, tpr)
    return {
        name: tuple(map(float, values[kept]))
        for name, values in (("threshold", threshold), ("fpr", fpr), ("tpr", tpr))
    }


def _corners(fpr: np.ndarray, tpr: np.ndarray) -> np.ndarray:
    """The places where the curve turns; of many so many, evenly along the curve."""
    import numpy as np

    dx, dy = np.diff(fpr), np.diff(tpr)
    turns = dx[:-1] * dy[1:] != dx[1:] * dy[:-1]
    kept = np.concatenate([[0], 1 + np.flatnonzero(turns), [len(fpr) - 1]])
    if len(kept) <= MOST_POINTS:
        return kept
    along = (fpr + tpr)[kept]
    places = np.searchsorted(along, np.linspace(0.0, 2.0, MOST_POINTS))
    return np.asarray(kept[np.unique(np.clip(places, 0, len(kept) - 1))])
