"""Models in the lists they belong to, and what the list and each member are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from reportgen.blocks.labels import lowered, model_labels, outcome_text
from reportgen.blocks.naming import few
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.types import Model
from reportgen.core.words import Words

_PART = ": "
_NUMBERED = re.compile(r"(?P<name>.*\D)\s*\d+")
LONG = 6
"""From so many members on a numbered list is shown as one."""


@dataclass(frozen=True)
class Group:
    """Models of one name, in their order, with a label each.

    `name` is the list's in the spec, "" for a single model. `label` is what a reader may call it,
    "" where nothing says so. `numbered`: its members are copies told apart by their numbers.
    """

    name: str
    label: str
    models: tuple[Model, ...]
    names: tuple[str, ...]
    numbered: bool = False

    @property
    def copies(self) -> bool:
        """Whether it is best shown as one: a long list of numbered copies."""
        return self.numbered and len(self.models) >= LONG

    def called(self, words: Words) -> str:
        """The label, or else the first of its members and how many more there are."""
        return self.label or few(self.names, words)


def grouped(models: Sequence[Model], context: Context) -> tuple[Group, ...]:
    """The models by lists, a list where its first member stands; no two labels of it are equal.

    A list is called by the label that its author gave it, by what the labels of its members begin
    with ("GEE" for "GEE: female" and "GEE: male", "noise" for "noise 1" and "noise 2"), or not at
    all. Where the models shown differ in their outcomes a single one is called by its own, too.
    """
    held: dict[str, list[Model]] = {}
    for model in models:
        held.setdefault(model.name, []).append(model)
    singles = [members[0] for members in held.values() if len(members) == 1]
    alone = model_labels(singles)
    several = len({model.result.outcome for model in models}) > 1
    return tuple(
        _list(name, members, context)
        if len(members) > 1
        else Group("", "", tuple(members), (_name(members[0], alone, several, context),))
        for name, members in held.items()
    )


def with_outcome(name: str, model: Model, context: Context) -> str:
    """A model's name after its outcome; the outcome is not said twice."""
    outcome = outcome_text(context, model)
    if not outcome or outcome.startswith(name) or name.startswith(outcome):
        return name
    return f"{outcome}{_PART}{lowered(name)}"


def _name(model: Model, alone: dict[str, str], several: bool, context: Context) -> str:
    name = alone[model.id] or model.id
    return with_outcome(name, model, context) if several else name


def _list(name: str, members: Sequence[Model], context: Context) -> Group:
    given = {model.label for model in members}
    shared = given.pop() if len(given) == 1 and members[0].label not in ("", name) else ""
    labels = [_label(model, shared, context) for model in members]
    times = Counter(labels)
    names = tuple(
        label if times[label] == 1 else f"{label} [{model.id}]"
        for label, model in zip(labels, members, strict=True)
    )
    starts = {label.partition(_PART)[0] for label in names if _PART in label}
    if len(starts) == 1 and all(_PART in label for label in names):
        parts = tuple(each.partition(_PART)[2] for each in names)
        return Group(name, starts.pop(), tuple(members), parts)
    copies = {
        match["name"].strip() if (match := _NUMBERED.fullmatch(each)) else "" for each in names
    }
    numbered = len(copies) == 1 and "" not in copies
    label = shared or (copies.pop() if numbered else "")
    return Group(name, label, tuple(members), names, numbered)


def _label(model: Model, shared: str, context: Context) -> str:
    """The label of a member: its author's, else that of its outcome."""
    made = ("", shared, model.id, model.name, ", ".join(model.values.values()))
    if model.label in made and model.result.outcome:
        return context.variable(model, model.result.outcome).label
    return model.id if model.label in ("", shared) else model.label
