"""The clusters of one model: their names, and the random effects predicted for each of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportgen.blocks.distributions import normal_quantile
from reportgen.core.document import Context
from reportgen.core.errors import FitError, Problem, SpecError
from reportgen.core.types import Model


@dataclass(frozen=True)
class Predicted:
    """The random effect of a cluster; `low` and `high` equal it where it has no standard error."""

    cluster: str
    label: str
    value: float
    low: float
    high: float
    se: float | None


def one_model(names: Sequence[str]) -> Iterable[Problem]:
    """The problem of a plot of one model that is given several names, or none."""
    if len(names) != 1:
        yield Problem(
            "one-model", f"this plot shows one model, and {len(names)} are named", ("models",)
        )


def cluster_label(context: Context, model: Model, cluster: str) -> str:
    """What is shown for a cluster: the label of that level, or the level itself."""
    method = model.result.method
    groups = method.groups if method else None
    return context.variable(model, groups).show(cluster) if groups else cluster


def is_intercept(name: str, model: Model) -> bool:
    """Whether a random effect is the intercept: it is called by the column of the clusters."""
    method = model.result.method
    return name in {method.groups if method else None, "group", "Group", "Intercept"}


def effect_names(model: Model) -> tuple[str, ...]:
    """The random effects that every cluster has, in the model's order. FitError where none is."""
    held = tuple(model.result.random_effects.values())
    names = dict.fromkeys(name for effects in held for name in effects)
    common = tuple(name for name in names if all(name in effects for effects in held))
    if not common:
        raise FitError(
            Problem("no-random-effects", f"model `{model.id}` has no random effects", ("models",))
        )
    return common


def chosen_effect(model: Model, wanted: str | None) -> str:
    """The random effect that is shown: the first where none is asked for.

    FitError where the model has no random effects, SpecError where `wanted` is none of them.
    """
    names = effect_names(model)
    if wanted is not None and wanted not in names:
        known = ", ".join(f"`{name}`" for name in names)
        raise SpecError(Problem(
            "unknown-effect", f"model `{model.id}` has no random effect `{wanted}`", ("effect",),
            help=f"its random effects are {known}",
        ))  # fmt: skip
    return wanted or names[0]


def predicted(model: Model, name: str, context: Context) -> tuple[Predicted, ...]:
    """The predicted effects of all clusters, highest first; clusters that tie in their own order.

    The interval is estimate ± z·SE, conditional on the estimated variances.
    """
    z = normal_quantile(0.5 + model.result.confidence / 2)
    found = []
    for cluster, effects in model.result.random_effects.items():
        effect = effects[name]
        known = effect.se is not None and math.isfinite(effect.se)
        half = z * effect.se if effect.se is not None and known else 0.0
        if math.isfinite(effect.estimate):
            found.append(Predicted(
                cluster, cluster_label(context, model, cluster), effect.estimate,
                effect.estimate - half, effect.estimate + half, effect.se if known else None,
            ))  # fmt: skip
    return tuple(sorted(found, key=lambda effect: -effect.value))
