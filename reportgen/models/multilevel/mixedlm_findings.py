"""What can be wrong with a linear mixed model, before it is fitted and after: in words.

Heavy: imported where rows are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import Names, named_column, say
from reportgen.core.types import Note, noted
from reportgen.models import findings
from reportgen.models.engines.effects.eliminated import Eliminated
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.effects.lmm import Point
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.engines.sandwich import Influence, cluster_sums, deleted
from reportgen.models.formulas.design import Design
from reportgen.models.health.boundary import degenerate
from reportgen.models.health.influence import influential
from reportgen.models.multilevel.random import Clusters, Component, RandomEffects
from reportgen.models.multilevel.variances import Variances

FEW_LEVELS, FEW_FOR_NORMAL = 6, 40
DETERMINED, DEPENDENT = 1e-8, 1e-9
MOST_TIED = 3_000
INFLUENTIAL = 1.0
SMALL = 0.01
"""Below it statsmodels warns of every variance."""


# ── before ───────────────────────────────────────────────────────────────────────────────────


def check_effects(random: RandomEffects, design: Design, clusters: Clusters | None) -> None:
    """DataError or FitError where a variance cannot be told from the residual variance, from the
    fixed effects, or from another one.
    """
    for component in random.components:
        _check_levels(component, random.n)
        if clusters is not None and component.factor is not None:
            _check_within(component, clusters)
    _check_number(random)
    _check_aliased(random)
    columns, X = random.columns, design.blocks
    whole = columns.lengths
    # ZᵀQ of X = QR diag(lengths); columns that depend on others have no part in it.
    back = np.linalg.pinv(X.triangle, rcond=DEPENDENT) / X.lengths[:, None]
    explained = np.sum((columns.against(X) @ back) ** 2, axis=1)
    for number, name in enumerate(random.names):
        own = columns.kind == number
        if 1 - explained[own].sum() / max(whole[own].sum(), 1e-300) < DETERMINED:
            raise unfit(
                say("determined-effects", name=Names("component", (name,))), ("formula",),
                help="take the clusters out of `formula`, or their random effects out of the model",
            )  # fmt: skip


def _check_levels(component: Component, n: int) -> None:
    count, name = len(component.owners), component.name
    if count < 2:
        raise DataError(Problem(
            "one-level", f"the component `{name}` has one level in the rows used, so nothing can "
            "be said of how its levels differ", ("vc_formula", name),
        ))  # fmt: skip
    if count == n and component.plain:
        raise DataError(Problem(
            "singletons", f"every row is a level of `{name}` of its own, which cannot be told from "
            "the residual", ("vc_formula", name),
        ))  # fmt: skip


def _check_within(component: Component, clusters: Clusters) -> None:
    """A factor that does not vary within clusters says nothing that they do not."""
    if len(component.owners) == len(clusters.labels):
        raise DataError(Problem(
            "constant-component", f"`{component.factor}` has one value within each value of "
            f"`{clusters.name}`, so the two are one and the same", ("vc_formula", component.name),
            help=f"if `{component.factor}` is the higher level, write `groups: {component.factor}` "
            f"and `{clusters.name}` in `vc_formula`",
        ))  # fmt: skip


def _check_number(random: RandomEffects) -> None:
    """As many correlated effects as rows leave no residual; too many tied ones no memory."""
    blocks = random.components[: random.correlated]
    effects = sum(len(each.owners) for each in blocks)
    if effects >= random.n:
        said = say("too-many-effects", effects=effects, rows=random.n)
        raise unfit(said, ("re_formula",), help="leave out a random slope")


def _check_aliased(random: RandomEffects) -> None:
    """Correlated effects of which one is a combination of the others."""
    columns = [each.column for each in random.components[: random.correlated]]
    if not columns:
        return
    if random.grouped is None:
        Z = Blocks.of(np.column_stack([column for column in columns if column is not None]))
    else:
        Z = random.grouped.blocks
    if not Z.nonzero.all() or np.linalg.svd(Z.triangle, compute_uv=False)[-1] < DETERMINED:
        raise unfit(say("aliased-effects"), ("re_formula",), help="leave one out")


def check_memory(widest: int) -> None:
    """FitError where crossed factors tie more effects together than a dense matrix can hold."""
    if widest > MOST_TIED:
        raise unfit(
            say("too-many-crossed", effects=widest, most=MOST_TIED), ("vc_formula",),
            help="take the factor with the most levels into the fixed effects, or out of the model",
        )  # fmt: skip


# ── what the data are ────────────────────────────────────────────────────────────────────────


def design_notes(random: RandomEffects, clusters: Clusters | None, rule: str | None) -> list[Note]:
    """Which nesting the data have, and clusters that are few or single."""
    factors = [each for each in random.components if each.factor is not None]
    found: list[Note] = []
    if clusters is not None:
        found += [_within(each, clusters) for each in factors]
        found += _single(clusters)
    else:
        found += [_crossing(one, other) for one, other in combinations(factors, 2)]
    found += _few(random)
    if rule is None:
        found += _normal(random)
    return found


def _within(component: Component, clusters: Clusters) -> Note:
    """Whether ids repeat between clusters, where each is then taken as another."""
    factor, groups = named_column(component.factor), named_column(clusters.name)
    ids, every, many = len(set(component.names)), len(component.owners), len(clusters.labels)
    if ids == every:
        said = say("nested_clusters", factor=factor, groups=groups, values=ids, clusters=many)
        return noted("info", said)
    return noted(
        "info",
        say("repeated-ids", factor=factor, groups=groups, values=ids, units=every, clusters=many),
    )


def _crossing(one: Component, other: Component) -> Note:
    a, b = len(one.owners), len(other.owners)
    met = np.sort(one.effects * b + other.effects)  # NumPy's `unique` takes ten times as long
    pairs = 1 + int(np.count_nonzero(met[1:] != met[:-1]))
    for inner, outer, size in ((one, other, a), (other, one, b)):
        if pairs == size:
            within, around = named_column(inner.factor), named_column(outer.factor)
            return noted("info", say("nested", factor=within, groups=around, values=size))
    first, second = named_column(one.factor), named_column(other.factor)
    if pairs == a * b:
        said = say("crossed_all", first=first, second=second, pairs=pairs, a=a, b=b)
        return noted("info", said)
    said = say("crossed", first=first, second=second, pairs=pairs, of=a * b, a=a, b=b)
    return noted("info", said)


def _single(clusters: Clusters) -> Iterator[Note]:
    single = int(np.sum(np.bincount(clusters.codes) == 1))
    if single:
        said = say("single-member-clusters", alone=single, clusters=len(clusters.labels))
        yield noted("info", said)


def _few(random: RandomEffects) -> Iterator[Note]:
    for component in random.components:
        count = len(component.owners)
        if count < FEW_LEVELS:
            name = Names("component", (component.name,))
            yield noted("warning", say("few-levels", name=name, levels=count))


def _normal(random: RandomEffects) -> Iterator[Note]:
    least = min(len(each.owners) for each in random.components)
    if least < FEW_FOR_NORMAL:
        yield noted("info", say("normal-tests", clusters=least))


# ── after ────────────────────────────────────────────────────────────────────────────────────


def influence(
    point: Point, design: Design, clusters: Clusters | None, vcov: np.ndarray
) -> tuple[Note, ...]:
    """Clusters that move a coefficient by more than its standard error, variances as they are."""
    if clusters is None:
        return ()
    columns = point.likelihood.columns
    grouped = isinstance(columns, Grouped)
    shift = deleted(*(_by_sums if grouped else _by_rows)(point, design, clusters))
    se = np.sqrt(np.clip(np.diag(vcov), 0, None))
    return influential(shift, se, design.names, clusters.labels)


def _by_rows(
    point: Point, design: Design, clusters: Clusters
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The score (G, p) and the information (G, p, p) of each cluster."""
    X, left = design.X, point.weighted(design.X) / point.scale
    residual = design.y - X @ point.beta - point.likelihood.columns.dot(point.effects()[0])
    scores = cluster_sums(clusters.codes, Influence(X * (residual / point.scale)[:, None]))
    order = np.argsort(clusters.codes, kind="stable")
    ends = np.cumsum(np.bincount(clusters.codes))
    parts = [order[a:b] for a, b in zip((0, *ends[:-1]), ends, strict=True)]
    return scores, np.array([X[rows].T @ left[rows] for rows in parts])


def _by_sums(
    point: Point, design: Design, clusters: Clusters
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The same from the cross-products of each cluster: XᵀWX and XᵀW(y - Xβ)."""
    columns, (sweep,) = point.likelihood.columns, point.sweeps
    assert isinstance(columns, Grouped)
    assert not isinstance(sweep, Eliminated)
    residual = design.y - design.blocks.dot(point.beta)
    products, explained = columns.products(design.blocks, residual)[:, :-1], sweep.each()[:, :-1]
    scores = products[..., -1] - explained @ point.t
    return scores / point.scale, (products[..., :-1] - explained[..., :-1]) / point.scale


def random_intercept(
    vc_formula: object, random: RandomEffects, clusters: Clusters | None
) -> Iterator[Note]:  # fmt: skip
    """Variance components alone bring no random intercept, though they look as if they did."""
    if not vc_formula or clusters is None:
        return
    columns = [each.column for each in random.components]
    if any(column is not None and (column == 1).all() for column in columns):
        return
    names = Names("component", tuple(random.names))
    yield noted("warning", say("no-random-intercept_components", names=names))


def stopped_early() -> Note:
    """The optimum of statsmodels is none."""
    return noted("info", say("better-optimum"))


def boundary(fitted: Variances, said: tuple[str, ...]) -> tuple[Note, ...]:
    """A variance of zero or a correlation of ±1; or statsmodels' warning of it, weighed.

    statsmodels compares variances with 0.01 whatever their unit, so its warning may be empty.
    """
    if fitted.point.singular:
        zero = [name for name, value in fitted.values.items() if value == 0]
        found = degenerate(zero, fitted.pairs()[1])
        return (noted("warning", say("boundary_linear", found=found)),)
    others = tuple(text for text in said if "boundary" not in text)
    if len(others) == len(said):
        return findings.said_notes(said)
    least = min(fitted.values, key=fitted.values.__getitem__)
    name = Names("component", (least,))
    small = say("boundary-warning", name=name, bound=SMALL)
    return (noted("warning", small), *findings.said_notes(others))
