"""The straight line of each cluster: what the fixed and the predicted random effects add up to."""

from __future__ import annotations

import math
from collections.abc import Iterable

from reportgen.blocks.plots.clusters import cluster_label, is_intercept
from reportgen.blocks.randomeffects import without_effects
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import Problem, SpecError
from reportgen.core.types import Model, Term


@dataclass(frozen=True)
class Straight:
    """y = `intercept` + `slope`·x for x from `low` to `high`; `label` is "" for all clusters."""

    label: str
    intercept: float
    slope: float
    low: float
    high: float

    def at(self, x: float) -> float:
        """The height of the line over x."""
        return self.intercept + self.slope * x

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where the line begins and ends: (x, y) twice."""
        return (self.low, self.at(self.low)), (self.high, self.at(self.high))


def average_line(model: Model, x: str) -> Straight:
    """The line of a cluster whose random effects are zero, over the whole range of `x`.

    All columns of the design that do not move with `x` are held at their means, on the scale of
    the linear predictor. SpecError where the fixed part is no straight line in `x`.
    """
    result = model.result
    if x not in result.ranges:
        raise SpecError(Problem(
            "no-range", f"`{x}` is no numeric column of model `{model.id}`", ("x",),
            help="name a numeric column that stands in the model's formula",
        ))  # fmt: skip
    intercept, slope = 0.0, 0.0
    for term in result.terms:
        for name in term.coefs:
            estimate = result.coef[name].estimate
            if estimate is None or not math.isfinite(estimate):
                continue
            if x in term.variables:
                slope += estimate * _moves(name, x, term, model)
            else:
                intercept += estimate * _center(name, term, model)
    return Straight("", intercept, slope, *result.ranges[x])


def cluster_lines(model: Model, x: str, context: Context) -> tuple[Straight, ...]:
    """The line of each cluster over its own values of `x`, or over all where they are not known.

    FitError where the model has no random effects, SpecError where `x` has no part in it.
    """
    result, average = model.result, average_line(model, x)
    if not result.random_effects:
        raise without_effects(model)
    ranges, whole = result.group_ranges.get(x, {}), (average.low, average.high)
    found = []
    for cluster in result.random_effects:
        intercept, slope = _shift(model, cluster, x)
        found.append(Straight(
            cluster_label(context, model, cluster), average.intercept + intercept,
            average.slope + slope, *ranges.get(cluster, whole),
        ))  # fmt: skip
    return tuple(found)


def held(model: Model, x: str) -> bool:
    """Whether the model has other terms than the intercept and `x`, which are held at means."""
    return any(set(term.variables) - {x} for term in model.result.terms)


def _shift(model: Model, cluster: str, x: str) -> tuple[float, float]:
    """What the random effects of a cluster add to intercept and slope."""
    effects = model.result.random_effects[cluster]
    slope = effects[x].estimate if x in effects else 0.0
    others = (name for name in effects if name != x)
    return sum(effects[name].estimate * _weight(name, model, x) for name in others), slope


def _weight(name: str, model: Model, x: str) -> float:
    """What a random effect other than the slope of `x` is multiplied by: 1 for the intercept."""
    if is_intercept(name, model):
        return 1.0
    if name in model.result.center:
        return model.result.center[name]
    raise SpecError(Problem(
        "not-straight", f"the lines of model `{model.id}` also depend on its random effect "
        f"`{name}`", ("models",),
        help=f"show a model whose random effects are an intercept and the slope of `{x}`",
    ))  # fmt: skip


def _center(name: str, term: Term, model: Model) -> float:
    """The mean of a column of the design; that of the intercept is 1."""
    return model.result.center.get(name, 1.0 if term.kind == "intercept" else 0.0)


def _moves(name: str, x: str, term: Term, model: Model) -> float:
    """By what a column of the design grows for each unit of `x`, the others at their means."""
    parts = name.split(":")
    if x in parts:
        rest = ":".join(_without(parts, x))
        if not rest:
            return 1.0
        if rest in model.result.center and x not in rest.split(":"):
            return model.result.center[rest]
    raise SpecError(Problem(
        "not-straight", f"the term `{term.name}` of model `{model.id}` is no straight line in "
        f"`{x}`", ("x",), help="name a column that stands in the formula as it is",
    ))  # fmt: skip


def _without(parts: Iterable[str], x: str) -> list[str]:
    """The factors of an interaction but for one `x`."""
    rest = list(parts)
    rest.remove(x)
    return rest
