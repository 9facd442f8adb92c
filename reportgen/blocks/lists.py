"""Models in the lists they belong to, and what the list and each member are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.blocks.labels import model_labels
from reportgen.core.document import Context
from reportgen.core.types import Model

_PART = ": "


@dataclass(frozen=True)
class Group:
    """Models of one name, in their order, with a label each; `label` is "" for a single one."""

    label: str
    models: tuple[Model, ...]
    names: tuple[str, ...]


def grouped(models: Sequence[Model], context: Context) -> tuple[Group, ...]:
    """The models by lists, a list where its first member stands; no two labels of it are equal.

    A list is called by what the labels of its members begin with ("GEE" for "GEE: female" and
    "GEE: male"), else by its name in the spec.
    """
    held: dict[str, list[Model]] = {}
    for model in models:
        held.setdefault(model.name, []).append(model)
    alone = model_labels([members[0] for members in held.values() if len(members) == 1])
    return tuple(
        _list(name, members, context)
        if len(members) > 1
        else Group("", tuple(members), (alone[members[0].id] or members[0].id,))
        for name, members in held.items()
    )


def _list(name: str, members: Sequence[Model], context: Context) -> Group:
    labels = [_label(model, context) for model in members]
    times = Counter(labels)
    names = [
        label if times[label] == 1 else f"{label} [{model.id}]"
        for label, model in zip(labels, members, strict=True)
    ]
    starts = {label.partition(_PART)[0] for label in names if _PART in label}
    if len(starts) == 1 and all(_PART in label for label in names):
        return Group(starts.pop(), tuple(members), tuple(n.partition(_PART)[2] for n in names))
    return Group(name, tuple(members), tuple(names))


def _label(model: Model, context: Context) -> str:
    """The label of a member: its author's, else that of its outcome."""
    made = ("", model.id, model.name, ", ".join(model.values.values()))
    if model.label in made and model.result.outcome:
        return context.variable(model, model.result.outcome).label
    return model.label or model.id
