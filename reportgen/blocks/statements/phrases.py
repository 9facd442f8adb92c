"""How sentences call columns: without the unit, which stands at the numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportgen.blocks.factors import call
from reportgen.blocks.labels import joined, lowered
from reportgen.blocks.termtext import Texts
from reportgen.core.document import Context
from reportgen.core.types import Model, Variable

_UNIT = re.compile(r"^(?P<label>.+?)\s*\((?P<unit>[^()]{1,24})\)$")


def label_and_unit(variable: Variable) -> tuple[str, str]:
    """("age", "years") of a column: its own unit, else the last bracket of a number's label."""
    match = None if variable.categorical else _UNIT.match(variable.label)
    if variable.unit:
        label = variable.label.removesuffix(f"({variable.unit})").rstrip()
        return lowered(label), variable.unit
    return (lowered(match["label"]), match["unit"]) if match else (lowered(variable.label), "")


def outcome(model: Model, context: Context) -> tuple[str, str]:
    """Label and unit of a model's outcome; a function of a column has no unit."""
    text = model.result.outcome or ""
    if call(text) is None:
        return label_and_unit(context.variable(model, text))
    texts = Texts(lambda column: context.variable(model, column), context.words)
    return lowered(texts.expression(text)), ""


def labels(columns: Sequence[str], model: Model, context: Context) -> str:
    """Columns as a list in a sentence: "sex, body mass index and race/ethnicity"."""
    found = [label_and_unit(context.variable(model, column))[0] for column in columns]
    return joined(found, context.words)


def cluster(model: Model, context: Context) -> str:
    """What one cluster is called: "masked variance unit"; "" where the model has no clusters."""
    groups = model.result.method.groups if model.result.method else None
    if not groups:
        return ""
    variable = context.variable(model, groups)
    label = label_and_unit(variable)[0]
    if not variable.definition:
        return label
    definition = variable.definition
    return context.words("list.with_definition", label=label, definition=definition)
