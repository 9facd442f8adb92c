"""Variance components, covariances and correlations of several models as one list of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from reportgen.blocks.labels import groups_text, lowered, variable_text
from reportgen.blocks.ordering import merge
from reportgen.blocks.randomeffects import factor_of, heading
from reportgen.core.clusters import Component, Spread
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.types import Model

Key = tuple[str, str]


@dataclass(frozen=True)
class ComponentRow:
    """One row: its kind, name and label, and by model id what the fit has of it.

    `components` for the kinds variance and residual; `values` for covariance and correlation,
    where None is what the fit does not define.
    """

    kind: str
    name: str
    label: str
    components: Mapping[str, Component] = field(default_factory=dict)
    values: Mapping[str, float | None] = field(default_factory=dict)

    def spread(self, model: Model) -> Spread:
        """How well a covariance or a correlation of a model is known."""
        return model.result.spread.get(f"{self.kind}:{self.name}", Spread())


def component_rows(
    models: Sequence[Model], context: Context, kinds: Sequence[str]
) -> tuple[ComponentRow, ...]:
    """The union over the models: variances, the residual variance, covariances, correlations.

    `kinds` chooses among variance, residual, covariance, correlation, and orders them.
    """
    held = {model.id: _held(model) for model in models}
    rows = []
    for kind in kinds:
        names = merge([[key[1] for key in held[model.id] if key[0] == kind] for model in models])
        rows += [_row((kind, name), models, held, context) for name in names]
    return tuple(rows)


def residual(model: Model) -> Component | None:
    """The residual variance of a linear mixed model; None for any other model.

    A component called `residual` where the fit gives one, else the scale among its statistics.
    """
    result = model.result
    if "residual" in result.variance:
        return result.variance["residual"]
    scale = result.stats.get("scale")
    gaussian = result.method is not None and result.method.family == "gaussian"
    if not (result.variance and gaussian and scale is not None and scale >= 0):
        return None
    known = result.spread.get("scale", Spread())
    return Component(var=scale, sd=scale**0.5, se=known.se, low=known.low, high=known.high)


def is_slope(name: str, model: Model, context: Context) -> bool:
    """Whether a component is the variance of the slope of a numeric column."""
    if _is_intercept(name, model) or factor_of(name, model) is not None:
        return False
    facts = context.datasets.get(model.data)
    found = facts.variables.get(name) if facts else None
    return found is not None and not found.categorical


def what(name: str, model: Model, context: Context) -> str:
    """What varies: "masked variance unit (intercept)", "room within school (intercept)",
    "slope of age (years)", "residual".
    """
    words = context.words
    if name == "residual":
        return words("random.residual")
    if factor_of(name, model) is not None:
        return words("random.intercept", groups=lowered(heading(name, model, context)))
    if _is_intercept(name, model):
        return words("random.intercept", groups=lowered(groups_text(context, model)))
    label = lowered(variable_text(context.variable(model, name)))
    return words("random.slope", label=label) if is_slope(name, model, context) else label


def _short(name: str, model: Model, context: Context) -> str:
    """What varies, in the name of a pair: "intercept", "age (years)"."""
    if _is_intercept(name, model):
        return context.words("random.intercept_short")
    return lowered(variable_text(context.variable(model, name)))


def _is_intercept(name: str, model: Model) -> bool:
    """Whether a component is the random intercept: it carries the name of the clusters."""
    method = model.result.method
    groups = method.groups if method else None
    return groups is not None and name in (groups, "Group", "Intercept")


def _held(model: Model) -> dict[Key, Component | float | None]:
    result = model.result
    found: dict[Key, Component | float | None] = {
        ("variance", name): component
        for name, component in result.variance.items()
        if name != "residual"
    }
    rest = residual(model)
    if rest is not None:
        found["residual", "residual"] = rest
    found |= {("covariance", pair): value for pair, value in result.covariance.items()}
    return found | {("correlation", pair): value for pair, value in result.correlation.items()}


def _row(
    key: Key,
    models: Sequence[Model],
    held: Mapping[str, Mapping[Key, Component | float | None]],
    context: Context,
) -> ComponentRow:
    kind, name = key
    having = [model for model in models if key in held[model.id]]
    found = {model.id: held[model.id][key] for model in having}
    return ComponentRow(
        kind,
        name,
        _label(kind, name, having[0], context),
        {id_: value for id_, value in found.items() if isinstance(value, Component)},
        {id_: value for id_, value in found.items() if not isinstance(value, Component)},
    )


def _label(kind: str, name: str, model: Model, context: Context) -> str:
    words = context.words
    if kind in ("variance", "residual"):
        return words("random.variance", what=what(name, model, context))
    first, _, second = name.partition(",")
    pair = words(
        "random.pair", first=_short(first, model, context), second=_short(second, model, context)
    )
    return words(f"random.{kind}", what=pair)
