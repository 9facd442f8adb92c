"""The clusters of one model: their names, and the random effects predicted for each of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reportgen.blocks.distributions import normal_quantile
from reportgen.blocks.randomeffects import held
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import Problem
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


def predicted(model: Model, name: str, context: Context) -> tuple[Predicted, ...]:
    """The predicted effects of all clusters, highest first; clusters that tie in their own order.

    The interval is estimate ± z·SE, conditional on the estimated variances.
    """
    z = normal_quantile(0.5 + model.result.confidence / 2)
    found = []
    for each in held(model, name, context):
        effect = each.effect
        known = effect.se is not None and math.isfinite(effect.se)
        half = z * effect.se if effect.se is not None and known else 0.0
        if math.isfinite(effect.estimate):
            found.append(Predicted(
                each.cluster, each.label, effect.estimate,
                effect.estimate - half, effect.estimate + half, effect.se if known else None,
            ))  # fmt: skip
    return tuple(sorted(found, key=lambda effect: -effect.value))
