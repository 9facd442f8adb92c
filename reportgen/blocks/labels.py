"""How variables, models and lists of them are called in tables, notes and on axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Model, Variable
from reportgen.core.words import Words


def variable_text(variable: Variable) -> str:
    """A variable's label with its unit: "Age (years)"."""
    if variable.unit and not variable.label.endswith(f"({variable.unit})"):
        return f"{variable.label} ({variable.unit})"
    return variable.label


def column_text(context: Context, model: Model, column: str) -> str:
    """The label of a column of a model's dataset, with its unit."""
    return variable_text(context.variable(model, column))


def outcome_text(context: Context, model: Model) -> str:
    """The label of a model's outcome; "" where the fit failed before it was known."""
    outcome = model.result.outcome
    return column_text(context, model, outcome) if outcome else ""


def groups_text(context: Context, model: Model) -> str:
    """The label of the column that names a model's clusters; "" where it has none."""
    method = model.result.method
    return column_text(context, model, method.groups) if method and method.groups else ""


def clusters_text(context: Context, model: Model) -> str:
    """The same in a note: a column without a label is told by how it was made."""
    method = model.result.method
    if not (method and method.groups):
        return ""
    variable = context.variable(model, method.groups)
    text = lowered(variable_text(variable))
    if not variable.definition:
        return text
    return context.words("list.with_definition", label=text, definition=variable.definition)


def model_labels(models: Sequence[Model]) -> dict[str, str]:
    """A label for each model by its id; two models of one label are told apart by their ids."""
    labels = {model.id: model.label for model in models}
    times = Counter(labels.values())
    return {
        id_: label if times[label] == 1 else f"{label} [{id_}]" for id_, label in labels.items()
    }


def lowered(text: str) -> str:
    """A label in the middle of a sentence: "Masked variance unit" → "masked variance unit".

    A first word that is no ordinary word (BMI, HbA1c, C-reactive) stays as it is, and so does every
    label in a language that writes its nouns with capitals.
    """
    if not numbers.current().lowered:
        return text
    first = text.split(" ", 1)[0]
    rest = first[1:].replace("/", "")
    return text[:1].lower() + text[1:] if rest.isalpha() and rest.islower() else text


def sentence(text: str) -> str:
    """A finding as a sentence of the report: a capital, a full stop, names without their marks."""
    plain = text.replace("`", "")
    return f"{plain[:1].upper()}{plain[1:]}" + ("" if plain.endswith((".", "!", "?")) else ".")


def joined(texts: Sequence[str], words: Words) -> str:
    """Texts as a list in a sentence: "a", "a and b", "a, b and c"; each text once."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < 2:
        return "".join(distinct)
    head = words("list.comma").join(distinct[:-1])
    return words("list.and", head=head, last=distinct[-1])
