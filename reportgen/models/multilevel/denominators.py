"""Degrees of freedom of the fixed effects of a linear mixed model, by the rule that was asked for.

Heavy: imported where rows are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Term, Wald
from reportgen.models.engines.effects.precision import Precision, satterthwaite, satterthwaite_joint
from reportgen.models.engines.laws import f
from reportgen.models.formulas.design import Design
from reportgen.models.multilevel.random import Clusters, RandomEffects


def residual(design: Design) -> list[float | None]:
    """Rows less coefficients, for every coefficient."""
    n, p = design.X.shape
    return [_positive(n - p)] * p


def by_satterthwaite(design: Design, known: Precision | None) -> list[float | None]:
    """Satterthwaite's approximation for each coefficient; None where variances are not known."""
    if known is None:
        return [None] * len(design.names)
    return [_positive(satterthwaite(known, unit)) for unit in np.eye(len(design.names))]


def joint_tests(design: Design, known: Precision, vcov: np.ndarray) -> dict[str, Wald]:
    """The F test of each term of several coefficients, with Satterthwaite's denominator.

    The denominators are those of σ²(XᵀWX)⁻¹, the statistic that of `vcov` (p, p).
    """
    found = {}
    for term in design.terms:
        if len(term.coefs) < 2:
            continue
        places = [design.names.index(name) for name in term.coefs]
        rows = np.eye(len(design.names))[places]
        df = satterthwaite_joint(known, rows)
        if df is None:
            continue
        beta = known.point.beta[places]
        statistic = float(beta @ np.linalg.solve(vcov[np.ix_(places, places)], beta)) / len(places)
        p = float(f.sf(statistic, len(places), df))
        found[term.name] = Wald(statistic, len(places), df, p)
    return found


def between_within(
    design: Design, clusters: Clusters, random: RandomEffects
) -> list[float | None]:  # fmt: skip
    """Degrees of freedom by the level at which a term varies, for each coefficient.

    With levels 1 … L from the outermost clusters to the innermost, mᵢ groups at level i, m₀ = 1
    for an intercept, n groups at level L + 1, and pᵢ coefficients of terms that are constant within
    the groups of level i but not within those of level i - 1: dfᵢ = mᵢ - (mᵢ₋₁ + pᵢ). The
    intercept is at level 1.
    (Schluchter and Elashoff 1990, J Stat Comput Simul 37, 69–87; Pinheiro and Bates 2000, p. 91.)
    FitError where the groups are not nested in each other.
    """
    levels = _levels(clusters, random)
    sizes = [1 if "Intercept" in design.names else 0]
    sizes += [*(int(codes.max()) + 1 for codes in levels), design.n]
    level = {term.name: _level(term, design, levels) for term in design.terms}
    counts = [0] * len(sizes)
    for term in design.terms:
        if term.kind != "intercept":
            counts[level[term.name]] += len(term.coefs)
    free = [sizes[i] - (sizes[i - 1] + counts[i]) for i in range(1, len(sizes))]
    by_name = {name: free[level[term.name] - 1] for term in design.terms for name in term.coefs}
    return [_positive(by_name[name]) for name in design.names]


def _positive(value: float) -> float | None:
    return float(value) if value > 0 else None


def _levels(clusters: Clusters, random: RandomEffects) -> list[np.ndarray]:
    """Codes (n,) of the groups of each level, the outermost first."""
    inner = [each.effects for each in random.components if each.factor is not None]
    levels = sorted([clusters.codes, *inner], key=lambda codes: int(codes.max()))
    distinct = [levels[0]]
    for codes in levels[1:]:
        pairs = distinct[-1] * (int(codes.max()) + 1) + codes
        groups = len(np.unique(pairs))
        if groups != int(codes.max()) + 1:
            raise unfit(say("not-nested"), ("df",), help="write `df: satterthwaite`")
        if groups != int(distinct[-1].max()) + 1:
            distinct.append(codes)
    return distinct


def _level(term: Term, design: Design, levels: Sequence[np.ndarray]) -> int:
    """The first level within whose groups the term is constant; one past the last for none."""
    columns = design.X[:, [design.names.index(name) for name in term.coefs]]
    for number, codes in enumerate(levels, 1):
        if _constant(columns, codes):
            return number
    return len(levels) + 1


def _constant(columns: np.ndarray, codes: np.ndarray) -> bool:
    first = np.zeros((int(codes.max()) + 1, columns.shape[1]))
    first[codes] = columns
    return bool(np.array_equal(first[codes], columns))


def choose(
    rule: str | None, design: Design, clusters: Clusters | None, random: RandomEffects,
    known: Precision | None,
) -> list[float | None] | None:  # fmt: skip
    """By the rule of the options; None where tests take the normal distribution."""
    if rule == "residual":
        return residual(design)
    if rule == "satterthwaite":
        return by_satterthwaite(design, known)
    if rule == "between_within":
        assert clusters is not None  # the kind's `check` has seen to it
        return between_within(design, clusters, random)
    return None
