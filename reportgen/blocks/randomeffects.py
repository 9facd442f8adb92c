"""The predicted random effects of a model, by the variance they belong to.

An effect of a factor within clusters is called "room[3]" (level 3 of the component `room`, in the
cluster that holds it); one of a crossed factor stands under its level, with the component's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.blocks.labels import groups_text, lowered, variable_text
from reportgen.blocks.suiting import no_effects
from reportgen.core.clusters import Effect
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import FitError, Problem, SpecError
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_model, say
from reportgen.core.types import Model


@dataclass(frozen=True)
class Held:
    """One predicted effect: the key of its cluster, the label it is shown by, and its number."""

    cluster: str
    label: str
    effect: Effect


def factor_of(name: str, model: Model) -> str | None:
    """The column whose levels a component's effects are; None where each cluster has one effect."""
    method = model.result.method
    found = method.details.get(f"factor.{name}") if method else None
    return str(found) if found is not None else None


def levels_of(name: str, model: Model) -> int | None:
    """How many effects a component has, where the fit says."""
    method = model.result.method
    found = method.details.get(f"levels.{name}") if method else None
    return int(found) if isinstance(found, int) else None


def withheld(model: Model) -> bool:
    """Whether a multilevel model shows none of its variances, because none could be trusted."""
    result = model.result
    multilevel = result.method is not None and result.method.target == "cluster"
    return multilevel and not result.variance and result.status != "failed"


def without_effects(model: Model) -> FitError:
    """What is wrong where random effects are to be shown of a model that shows none."""
    if withheld(model):
        return unfit(say("withheld-effects", model=named_model(model.id)), ("models",))
    return FitError(no_effects(model.id))


def effect_names(model: Model) -> tuple[str, ...]:
    """The components that have predicted effects, in the model's order. FitError without any."""
    names = {
        _component(name, model): None
        for effects in model.result.random_effects.values()
        for name in effects
    }
    if not names:
        raise without_effects(model)
    return tuple(names)


def chosen_effect(model: Model, wanted: str | None) -> str:
    """The component that is shown: the first where none is asked for.

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


def held(model: Model, component: str, context: Context) -> tuple[Held, ...]:
    """The effects of a component, in the model's order."""
    return tuple(
        Held(cluster, _label(cluster, name, component, model, context), effect)
        for cluster, effects in model.result.random_effects.items()
        for name, effect in effects.items()
        if _component(name, model) == component
    )


def heading(component: str, model: Model, context: Context) -> str:
    """What the effects of a component are effects of: "Ward", "Room within school"."""
    factor, groups = factor_of(component, model), groups_text(context, model)
    if factor is None:
        return groups
    label = variable_text(context.variable(model, factor))
    return context.words("random.of", label=label, groups=lowered(groups)) if groups else label


def _component(name: str, model: Model) -> str:
    known: Mapping[str, object] = model.result.variance
    head = name.partition("[")[0]
    return name if name in known or head not in known else head


def _label(cluster: str, name: str, component: str, model: Model, context: Context) -> str:
    """The label of the cluster, then of the level within it."""
    method, factor = model.result.method, factor_of(component, model)
    groups = method.groups if method else None
    shown = context.variable(model, groups).show(cluster) if groups else cluster
    if factor is None:
        return shown
    variable = context.variable(model, factor)
    if not groups:
        return variable.show(cluster)
    level = name[len(component) + 1 : -1]
    return context.words("random.level", cluster=shown, level=variable.show(level))
