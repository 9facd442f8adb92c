"""Which means are set against which: contrast matrices, one row a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np

from reportgen.core.comparing import Method
from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Compared, level_text
from reportgen.models.margins.grid import Point

TRENDS = ("linear", "quadratic", "cubic")
MOST = 2000
Rows = list[tuple[np.ndarray, tuple[Compared, ...]]]


def comparisons(
    chosen: Sequence[Point], method: Method, reference: Any, custom: Mapping[str, Any]
) -> tuple[np.ndarray, list[tuple[Compared, ...]]]:
    """K (m, k) and what each of its rows compares. FitError where there is nothing to compare."""
    if len(chosen) < 2:
        raise unfit(say("one-mean"))
    rows = _rows(chosen, method, reference, custom)
    if len(rows) > MOST:
        raise unfit(
            say("many-comparisons", comparisons=len(rows), most=MOST),
            help="compare with a reference, or within the levels of another variable (`by`)",
        )
    return np.array([row for row, _ in rows]), [compared for _, compared in rows]


def _rows(
    chosen: Sequence[Point], method: Method, reference: Any, custom: Mapping[str, Any]
) -> Rows:
    if method in ("pairwise", "consecutive", "reference"):
        return [_pair(chosen, *pair) for pair in _pairs(chosen, method, reference)]
    k = len(chosen)
    if method == "eff":
        return [(np.eye(k)[each] - 1 / k, (Compared(chosen[each], name="rest"),))
                for each in range(k)]  # fmt: skip
    if method == "polynomial":
        return _trends(k)
    if method == "interaction":
        return _interactions(chosen)
    return [
        (_weights(chosen, given), (Compared(name="custom", label=label),))
        for label, given in custom.items()
    ]


def _pairs(chosen: Sequence[Point], method: Method, reference: Any) -> Iterable[tuple[int, int]]:
    """Places of the means in each difference: the first minus the second."""
    k = len(chosen)
    if method == "pairwise":
        return combinations(range(k), 2)
    if method == "consecutive":
        return ((later, later - 1) for later in range(1, k))
    base = _place(chosen, reference)
    return ((each, base) for each in range(k) if each != base)


def _pair(
    chosen: Sequence[Point], first: int, second: int
) -> tuple[np.ndarray, tuple[Compared, ...]]:
    row = np.zeros(len(chosen))
    row[first], row[second] = 1.0, -1.0
    return row, (Compared(chosen[first], chosen[second]),)


def _place(chosen: Sequence[Point], reference: Any) -> int:
    """The point that others are compared with: the first, or the one of a level."""
    if reference is None:
        return 0
    texts = [level_text(next(iter(point.values()))) for point in chosen]
    wanted = level_text(reference)
    if len(chosen[0]) > 1 or wanted not in texts:
        raise DataError(Problem(
            "unknown-level", f"`{wanted}` is not among the values compared", ("reference",),
            help=f"they are: {', '.join(texts)}",
        ))  # fmt: skip
    return texts.index(wanted)


def _trends(k: int) -> Rows:
    """Orthogonal polynomials of equally spaced levels, in whole numbers as tables print them."""
    powers = np.vander(np.arange(k) - (k - 1) / 2, k, increasing=True)
    q, r = np.linalg.qr(powers)
    rows: Rows = []
    for degree in range(1, min(k, 6)):
        row = q[:, degree] * np.sign(r[degree, degree])
        row = row / np.abs(row[np.abs(row) > 1e-8]).min()
        name = TRENDS[degree - 1] if degree <= len(TRENDS) else f"power {degree}"
        rows.append((np.round(row * _whole(row), 9) + 0.0, (Compared(name=name),)))
    return rows


def _whole(row: np.ndarray) -> int:
    """The least factor that makes every weight a whole number."""
    factors = range(1, 200)
    return next((m for m in factors if np.allclose(row * m, np.round(row * m), atol=1e-6)), 1)


def _interactions(chosen: Sequence[Point]) -> Rows:
    """Differences of differences: each pair of one variable against each pair of the next."""
    names = list(chosen[0])
    values = {name: list(dict.fromkeys(point[name] for point in chosen)) for name in names}
    pairs = [list(combinations(values[name], 2)) for name in names]
    rows: Rows = []
    for each in product(*pairs):
        signs = [{first: 1.0, second: -1.0} for first, second in each]
        row = np.array([
            np.prod([sign.get(point[name], 0.0) for name, sign in zip(names, signs, strict=True)])
            for point in chosen
        ])  # fmt: skip
        compared = tuple(
            Compared({name: first}, {name: second})
            for name, (first, second) in zip(names, each, strict=True)
        )
        rows.append((row, compared))
    return rows


def _weights(chosen: Sequence[Point], given: Any) -> np.ndarray:
    """Weights in the order of the levels, or by level. DataError where they do not fit."""
    if isinstance(given, Mapping):
        texts = [level_text(next(iter(point.values()))) for point in chosen]
        named = {level_text(level): float(weight) for level, weight in given.items()}
        unknown = [level for level in named if level not in texts]
        if unknown or len(chosen[0]) > 1:
            raise DataError(Problem(
                "unknown-level", f"`{(unknown or ['…'])[0]}` is not among the values compared",
                ("weights",), help=f"they are: {', '.join(texts)}",
            ))  # fmt: skip
        return np.array([named.get(text, 0.0) for text in texts])
    if len(given) != len(chosen):
        raise DataError(Problem(
            "weights", f"{len(given)} weights are given for {len(chosen)} means", ("weights",),
        ))  # fmt: skip
    return np.array(given, dtype=float)
