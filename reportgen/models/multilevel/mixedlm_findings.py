"""What can be wrong with a linear mixed model, before it is fitted and after: in words.

Heavy: imported where rows are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from reportgen.core.errors import DataError, FitError, Problem
from reportgen.core.types import Note
from reportgen.models import findings
from reportgen.models.engines.blocks import Blocks
from reportgen.models.engines.grouped import Grouped, beside
from reportgen.models.engines.lmm import Point
from reportgen.models.engines.sandwich import Influence, cluster_sums, deleted
from reportgen.models.formulas.design import Design
from reportgen.models.health.influence import influential
from reportgen.models.multilevel.random import Clusters, Component, RandomEffects
from reportgen.models.multilevel.variances import Variances

FEW_LEVELS, FEW_FOR_NORMAL = 6, 40
DETERMINED, DEPENDENT = 1e-8, 1e-9
MOST_TIED = 3_000
INFLUENTIAL = 1.0


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
            raise FitError(Problem(
                "determined-effects", f"the random effects `{name}` can be computed from the fixed "
                "effects, which leave them nothing to vary", ("formula",),
                help="take the clusters out of `formula`, or their random effects out of the model",
            ))  # fmt: skip


def _check_levels(component: Component, n: int) -> None:
    count, name = len(component.owners), component.name
    if count < 2:
        raise DataError(Problem(
            "one-level", f"the component `{name}` has one level in the rows used, so nothing can "
            "be said of how its levels differ", ("vc_formula", name),
        ))  # fmt: skip
    if count == n and (component.values == 1).all():
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
        raise FitError(Problem(
            "too-many-effects", f"{effects:,} random effects cannot be told from the residuals of "
            f"{random.n:,} rows", ("re_formula",), help="leave out a random slope",
        ))  # fmt: skip


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
        raise FitError(Problem(
            "aliased-effects", "the random effects of `re_formula` can be computed from each other",
            ("re_formula",), help="leave one out",
        ))  # fmt: skip


def check_memory(widest: int) -> None:
    """FitError where crossed factors tie more effects together than a dense matrix can hold."""
    if widest > MOST_TIED:
        raise FitError(Problem(
            "too-many-crossed", f"crossed components tie {widest:,} random effects together, and "
            f"at most {MOST_TIED:,} can be fitted", ("vc_formula",),
            help="take the factor with the most levels into the fixed effects, or out of the model",
        ))  # fmt: skip


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
    factor, all_ = component.factor, len(component.owners)
    ids = len(set(component.names))
    if ids == all_:
        return Note(
            "info", "nested",
            f"`{factor}` is nested in `{clusters.name}`: each of its {ids:,} values occurs within "
            f"one of the {len(clusters.labels):,} clusters",
        )  # fmt: skip
    return Note(
        "info", "repeated-ids",
        f"the {ids:,} values of `{factor}` occur in more than one `{clusters.name}` and are taken "
        f"as others in each: {all_:,} within {len(clusters.labels):,} clusters. If a value means "
        "the same wherever it occurs, the two are crossed: leave `groups` out and give both in "
        "`vc_formula`",
    )  # fmt: skip


def _crossing(one: Component, other: Component) -> Note:
    a, b = len(one.owners), len(other.owners)
    pairs = len(np.unique(one.effects * b + other.effects))
    for inner, outer, size in ((one, other, a), (other, one, b)):
        if pairs == size:
            return Note(
                "info", "nested",
                f"`{inner.factor}` is nested in `{outer.factor}`: each of its {size:,} values "
                "occurs with one value of it",
            )  # fmt: skip
    how = f"all {a * b:,}" if pairs == a * b else f"{pairs:,} of the {a * b:,}"
    return Note(
        "info", "crossed",
        f"`{one.factor}` and `{other.factor}` are crossed: {how} combinations of their {a:,} and "
        f"{b:,} values occur, and a value counts as the same wherever it occurs",
    )  # fmt: skip


def _single(clusters: Clusters) -> Iterator[Note]:
    single = int(np.sum(np.bincount(clusters.codes) == 1))
    if single:
        yield Note(
            "info", "single-member-clusters",
            f"{single:,} of the {len(clusters.labels):,} clusters have one row, which tells "
            "nothing of how members of a cluster differ",
        )  # fmt: skip


def _few(random: RandomEffects) -> Iterator[Note]:
    for component in random.components:
        count = len(component.owners)
        if count < FEW_LEVELS:
            yield Note(
                "warning", "few-levels",
                f"the variance of `{component.name}` rests on {count} levels, and so few say "
                "little about it",
            )  # fmt: skip


def _normal(random: RandomEffects) -> Iterator[Note]:
    least = min(len(each.owners) for each in random.components)
    if least < FEW_FOR_NORMAL:
        yield Note(
            "info", "normal-tests",
            "tests and intervals of coefficients take the normal distribution, which makes them "
            f"look surer than {least} clusters allow; `df: satterthwaite` takes t",
        )  # fmt: skip


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
    """The same from the cross-products of each cluster: XᵀX - XᵀZT, T the effects that X takes."""
    columns = point.likelihood.columns
    assert isinstance(columns, Grouped)
    k, p = columns.correlated, design.blocks.shape[1]
    residual = design.y - design.blocks.dot(point.beta)
    products = columns.products(beside(design.blocks, residual))
    crossed = np.swapaxes(columns.crossed(design.blocks), 1, 2)
    taken = point.taken().reshape(k, -1, p).transpose(1, 0, 2)
    effects = point.effects()[0].reshape(k, -1).T
    scores = products[:, :p, p] - (crossed @ effects[..., None])[..., 0]
    return scores / point.scale, (products[:, :p, :p] - crossed @ taken) / point.scale


def random_intercept(
    vc_formula: object, random: RandomEffects, clusters: Clusters | None
) -> Iterator[Note]:  # fmt: skip
    """Variance components alone bring no random intercept, though they look as if they did."""
    if not vc_formula or clusters is None:
        return
    columns = [each.column for each in random.components]
    if any(column is not None and (column == 1).all() for column in columns):
        return
    names = ", ".join(f"`{name}`" for name in random.names)
    yield Note(
        "warning", "no-random-intercept",
        f"the model has no random intercept: `vc_formula` with {names} alone gives none; "
        'independent intercepts and slopes need `re_formula: "1"` beside it',
    )  # fmt: skip


def stopped_early() -> Note:
    """The optimum of statsmodels is none."""
    return Note(
        "info", "better-optimum",
        "statsmodels stopped below the highest likelihood; the estimates shown are those of the "
        "highest point found from several starts",
    )  # fmt: skip


def boundary(fitted: Variances, said: tuple[str, ...]) -> tuple[Note, ...]:
    """A variance of zero or a correlation of ±1; or statsmodels' warning of it, weighed.

    statsmodels compares variances with 0.01 whatever their unit, so its warning may be empty.
    """
    if fitted.point.singular:
        return (Note(
            "warning", "boundary",
            f"the fit is singular: {_degenerate(fitted)}. It lies on the boundary of what is "
            "possible, where variances have no standard error, and the standard errors of "
            "coefficients take the variances as known",
        ),)  # fmt: skip
    others = tuple(text for text in said if "boundary" not in text)
    if len(others) == len(said):
        return findings.said_notes(said)
    least = min(fitted.values, key=fitted.values.__getitem__)
    return (
        Note(
            "warning", "boundary-warning",
            "statsmodels warns that the estimate may be on the boundary of the parameter space, "
            "where a variance is zero: it does so for every variance below 0.01, whatever the "
            f"unit, and the variance of `{least}` is small because of its unit. Measured without "
            "units, the fit is not on the boundary",
        ),
        *findings.said_notes(others),
    )  # fmt: skip


def _degenerate(fitted: Variances) -> str:
    """Which variances are zero and which correlations ±1."""
    zero = [
        f"the variance of `{name}` is estimated as zero"
        for name, value in fitted.values.items()
        if value == 0
    ]
    tied = [
        f"the correlation of `{pair.replace(',', '` and `')}` is estimated as {value:+.0f}"
        for pair, value in fitted.pairs()[1].items()
        if value is not None and abs(value) > 1 - 1e-4
    ]
    return "; ".join(zero + tied).replace("-1", "−1") or "the random effects determine each other"
