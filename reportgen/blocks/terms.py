"""The terms of several models as one list of rows, for tables side by side and forest plots.

rows = term_rows(models, context)
for row in rows:
    row.kind, row.label, row.coefs.get(model.id), model.id in row.references
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reportgen.blocks.factors import factors, plain
from reportgen.blocks.labels import variable_text
from reportgen.blocks.ordering import merge
from reportgen.blocks.termtext import Texts
from reportgen.core.document import Context
from reportgen.core.types import Model, Term, Variable

Kind = Literal["header", "level", "reference", "numeric", "other", "intercept"]
Key = tuple[str, ...]


@dataclass(frozen=True)
class TermRow:
    """One row of the union of the terms of several models.

    kind        header (a categorical variable, no numbers), level or reference (one of its levels;
                reference: in every model that has it), numeric, other (interaction, spline …),
                intercept
    label       the text in the stub; a level's without its variable, as it stands below a header
    full        the label on its own: "Sex: Male"
    indent      1 for a level, else 0
    coefs       the name of the coefficient by model id, for the models that have one
    references  ids of the models in which this level is the reference
    names       every name by which a spec may call the row: term, column, coefficient
    group       equal for a header and its levels
    """

    kind: Kind
    label: str
    full: str
    indent: int = 0
    coefs: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    group: Key = ()


def term_rows(models: Sequence[Model], context: Context) -> tuple[TermRow, ...]:
    """The union of the models' terms, each model's own order kept, the intercept last.

    A variable that is categorical in one model (`C(x)`) and numeric in another (`x`) makes two
    groups of rows. A failed model adds the terms that it is known to have had.
    """
    holders: dict[Key, list[tuple[Model, Term]]] = {}
    for model in models:
        for term in model.result.terms:
            for key in _keys(term):
                holders.setdefault(key, []).append((model, term))
    orders = [[key for term in model.result.terms for key in _keys(term)] for model in models]
    keys = sorted(merge(orders), key=lambda key: key[0] == "intercept")
    return tuple(row for key in keys for row in _rows(key, holders[key], context))


def without_headers(rows: Iterable[TermRow]) -> tuple[TermRow, ...]:
    """The rows that hold a number, for a list where a level stands on its own (`row.full`)."""
    return tuple(row for row in rows if row.kind not in ("header", "reference"))


def _keys(term: Term) -> tuple[Key, ...]:
    """What makes two terms of two models the same: not how they were written."""
    if term.kind == "intercept":
        return (("intercept",),)
    if term.kind == "categorical":
        return (("categorical", *term.variables),)
    return tuple((term.kind, *_coefficient_key(name)) for name in term.coefs)


def _coefficient_key(name: str) -> Key:
    parts = (
        f"{plain(factor.text)}[{factor.contrast}.{factor.level}]"
        if factor.level is not None
        else plain(factor.text)
        for factor in factors(name)
    )
    return tuple(sorted("".join(part.split()) for part in parts))


def _rows(key: Key, held: Sequence[tuple[Model, Term]], context: Context) -> tuple[TermRow, ...]:
    if key[0] == "intercept":
        coefs = {model.id: term.coefs[0] for model, term in held}
        label = context.words("common.intercept")
        return (TermRow("intercept", label, label, 0, coefs, names=_names(held), group=key),)
    if key[0] == "categorical":
        return _categorical(key, held, context)
    return (_single(key, held, context),)


def _single(key: Key, held: Sequence[tuple[Model, Term]], context: Context) -> TermRow:
    coefs = {
        model.id: name
        for model, term in held
        for name in term.coefs
        if (term.kind, *_coefficient_key(name)) == key
    }
    first = held[0][0]
    texts = Texts(lambda column: context.variable(first, column), context.words)
    label = texts.coefficient(coefs[first.id])
    kind: Kind = "numeric" if key[0] == "numeric" else "other"
    names = _names(held, coefs.values())
    return TermRow(kind, label, label, 0, coefs, names=names, group=key)


def _categorical(
    key: Key, held: Sequence[tuple[Model, Term]], context: Context
) -> tuple[TermRow, ...]:
    variable = context.variable(held[0][0], held[0][1].variables[0])
    label, names = variable_text(variable), _names(held)
    header = TermRow("header", label, label, names=names, group=key)
    return (header, *(_level(level, held, variable, header) for level in _levels(held, variable)))


def _levels(held: Sequence[tuple[Model, Term]], variable: Variable) -> tuple[str, ...]:
    """The levels that occur, in the variable's order of display."""
    occurring = merge(
        [
            [*([term.reference] if term.reference is not None else ()), *term.levels]
            for _, term in held
        ]
    )
    order = list(variable.levels)
    known = sorted((level for level in occurring if level in variable.levels), key=order.index)
    return (*known, *(level for level in occurring if level not in variable.levels))


def _level(
    level: str, held: Sequence[tuple[Model, Term]], variable: Variable, header: TermRow
) -> TermRow:
    coefs = {model.id: term.levels[level] for model, term in held if level in term.levels}
    return TermRow(
        kind="level" if coefs else "reference",
        label=variable.show(level),
        full=f"{header.label}: {variable.show(level)}",
        indent=1,
        coefs=coefs,
        references=tuple(model.id for model, term in held if term.reference == level),
        names=header.names | frozenset(coefs.values()),
        group=header.group,
    )


def _names(held: Sequence[tuple[Model, Term]], coefs: Iterable[str] = ()) -> frozenset[str]:
    found = set(coefs)
    for _, term in held:
        found.add(term.name)
        if len(term.variables) == 1:
            found.add(term.variables[0])
    return frozenset(found)
