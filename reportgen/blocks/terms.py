"""The terms of several models as one list of rows, for tables side by side and forest plots.

rows = term_rows(models, context)
for row in rows:
    row.kind, row.label, row.coefs.get(model.id), model.id in row.references
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise
from typing import Literal

from reportgen.blocks.equations import equation_of, identity, place, plain_name, scale_in, title
from reportgen.blocks.factors import factors, plain
from reportgen.blocks.labels import variable_text
from reportgen.blocks.ordering import merge
from reportgen.blocks.termtext import Texts
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.types import Equation, Model, Term, Variable

Kind = Literal["header", "level", "reference", "numeric", "other", "intercept", "equation"]
Key = tuple[str, ...]


@dataclass(frozen=True)
class TermRow:
    """One row of the union of the terms of several models.

    kind        header (a categorical variable, no numbers), level or reference (one of its levels;
                reference: in every model that has it), numeric, other (interaction, spline …),
                intercept, equation (a title, see `titled`)
    label       the text in the stub; a level's without its variable, as it stands below a header
    full        the label on its own: "Sex: Male"
    indent      1 for a level, else 0
    coefs       the name of the coefficient by model id, for the models that have one
    references  ids of the models in which this level is the reference
    names       every name by which a spec may call the row: term, column, coefficient
    group       equal for a header and its levels
    equation    which of several equations it stands in; None in a model of one
    scales      what exp(coefficient) is, by model id; None where it has no meaning
    """

    kind: Kind
    label: str
    full: str
    indent: int = 0
    coefs: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    group: Key = ()
    equation: Equation | None = None
    scales: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Held:
    """A term of one model, with the equation it stands in."""

    model: Model
    term: Term

    @property
    def equation(self) -> Equation | None:
        return equation_of(self.model, self.term)

    def plain(self, coef: str) -> str:
        return plain_name(self.equation, coef)

    def row_keys(self) -> tuple[Key, ...]:
        """What makes two terms of two models the same: not how they were written."""
        term, home = self.term, identity(self.equation)
        if term.kind in ("intercept", "threshold", "dispersion"):
            return ((home, term.kind),)
        if term.kind == "categorical":
            return ((home, "categorical", *term.variables),)
        return tuple(self.key(name) for name in term.coefs)

    def key(self, coef: str) -> Key:
        """The key of one coefficient of a term that is no single categorical variable."""
        return (identity(self.equation), self.term.kind, *_coefficient_key(self.plain(coef)))


def term_rows(models: Sequence[Model], context: Context) -> tuple[TermRow, ...]:
    """The union of the models' terms, each model's own order kept, the intercept last.

    A variable that is categorical in one model (`C(x)`) and numeric in another (`x`) makes two
    groups of rows. Equations follow each other, each with its intercept last. A failed model adds
    the terms that it is known to have had.
    """
    holders: dict[Key, list[_Held]] = {}
    for model in models:
        for term in model.result.terms:
            held = _Held(model, term)
            for key in held.row_keys():
                holders.setdefault(key, []).append(held)
    orders = [
        [key for term in model.result.terms for key in _Held(model, term).row_keys()]
        for model in models
    ]
    homes = _homes(models)
    keys = sorted(merge(orders), key=lambda key: (homes.index(key[0]), key[1] == "intercept"))
    return tuple(
        _placed(row, holders[key], context)
        for key in keys
        for row in _rows(key, holders[key], context)
    )


def _homes(models: Sequence[Model]) -> list[str]:
    """The identities of all equations, in the order in which they are shown."""
    found = [equation_of(model, term) for model in models for term in model.result.terms]
    return list(dict.fromkeys(identity(each) for each in sorted(found, key=place)))


def by_equation(rows: Sequence[TermRow]) -> tuple[tuple[Equation | None, tuple[TermRow, ...]], ...]:
    """The rows of each equation, in their order; the rows of models of one equation together."""
    homes = dict.fromkeys(identity(row.equation) for row in rows)
    found = []
    for home in homes:
        own = tuple(row for row in rows if identity(row.equation) == home)
        found.append((next((row.equation for row in own if row.equation), None), own))
    return tuple(found)


def titled(
    rows: Sequence[TermRow], models: Sequence[Model], context: Context
) -> tuple[TermRow, ...]:
    """The rows with a row of kind `equation` above those of each equation that has a title."""
    found: list[TermRow] = []
    for equation, own in by_equation(rows):
        model = next((each for each in models if each.id in own[0].scales), models[0])
        text = title(equation, model, context)
        if text:
            found.append(TermRow("equation", text, text, group=("equation", text)))
        found += own
    return tuple(found)


def without_headers(rows: Iterable[TermRow]) -> tuple[TermRow, ...]:
    """The rows that hold a number, for a list where a level stands on its own (`row.full`)."""
    return tuple(row for row in rows if row.kind not in ("header", "reference", "equation"))


def _placed(row: TermRow, held: Sequence[_Held], context: Context) -> TermRow:
    """A row with its equation, which its full label names, and the scales of its coefficients."""
    home = next((each for each in held if each.equation), held[0])
    scales = {each.model.id: scale_in(each.model, each.term) for each in held}
    if not identity(home.equation):
        return replace(row, equation=home.equation, scales=scales)
    name = title(home.equation, home.model, context)
    full = context.words("equation.full", equation=name, label=row.full)
    return replace(row, full=full, equation=home.equation, scales=scales)


def _coefficient_key(name: str) -> Key:
    parts = (
        f"{plain(factor.text)}[{factor.contrast}.{factor.level}]"
        if factor.level is not None
        else plain(factor.text)
        for factor in factors(name)
    )
    return tuple(sorted("".join(part.split()) for part in parts))


def _rows(key: Key, held: Sequence[_Held], context: Context) -> tuple[TermRow, ...]:
    if key[1] in ("intercept", "dispersion"):
        coefs = {each.model.id: each.term.coefs[0] for each in held}
        label = context.words(f"term.{key[1]}" if key[1] == "dispersion" else "common.intercept")
        kind: Kind = "intercept" if key[1] == "intercept" else "other"
        return (TermRow(kind, label, label, 0, coefs, names=_names(held), group=key),)
    if key[1] == "categorical":
        return _categorical(key, held, context)
    if key[1] == "threshold":
        return _thresholds(key, held, context)
    return (_single(key, held, context),)


def _single(key: Key, held: Sequence[_Held], context: Context) -> TermRow:
    coefs = {
        each.model.id: name for each in held for name in each.term.coefs if each.key(name) == key
    }
    first = held[0]
    texts = Texts(lambda column: context.variable(first.model, column), context.words)
    full = texts.coefficient(first.plain(coefs[first.model.id]))
    label = texts.domain(coefs[first.model.id], first.model.result.outcome) or full
    kind: Kind = "numeric" if key[1] == "numeric" else "other"
    names = _names(held, (*coefs.values(), *(first.plain(name) for name in coefs.values())))
    return TermRow(kind, label, full, 0, coefs, names=names, group=key)


def _thresholds(key: Key, held: Sequence[_Held], context: Context) -> tuple[TermRow, ...]:
    """A row a threshold: between a level of the outcome and the next."""
    first = held[0]
    variable = context.variable(first.model, first.term.variables[0])
    levels = [*merge([list(each.term.levels) for each in held]), first.term.reference or ""]
    found = []
    for low, high in pairwise(levels):
        coefs = {each.model.id: each.term.levels[low] for each in held if low in each.term.levels}
        label = context.words("term.threshold", low=variable.show(low), high=variable.show(high))
        names = frozenset(coefs.values())
        found.append(TermRow("other", label, label, 0, coefs, names=names, group=(*key, low)))
    return tuple(found)


def _categorical(key: Key, held: Sequence[_Held], context: Context) -> tuple[TermRow, ...]:
    first = held[0]
    variable = context.variable(first.model, first.term.variables[0])
    label, names = variable_text(variable), _names(held)
    header = TermRow("header", label, label, names=names, group=key)
    return (header, *(_level(level, held, variable, header) for level in _levels(held, variable)))


def _levels(held: Sequence[_Held], variable: Variable) -> tuple[str, ...]:
    """The levels that occur, in the variable's order of display."""
    occurring = merge(
        [
            [*([own.reference] if own.reference is not None else ()), *own.levels]
            for own in (each.term for each in held)
        ]
    )
    order = list(variable.levels)
    known = sorted((level for level in occurring if level in variable.levels), key=order.index)
    return (*known, *(level for level in occurring if level not in variable.levels))


def _level(level: str, held: Sequence[_Held], variable: Variable, header: TermRow) -> TermRow:
    coefs = {each.model.id: each.term.levels[level] for each in held if level in each.term.levels}
    return TermRow(
        kind="level" if coefs else "reference",
        label=variable.show(level),
        full=f"{header.label}: {variable.show(level)}",
        indent=1,
        coefs=coefs,
        references=tuple(each.model.id for each in held if each.term.reference == level),
        names=header.names | frozenset(coefs.values()),
        group=header.group,
    )


def _names(held: Sequence[_Held], coefs: Iterable[str] = ()) -> frozenset[str]:
    found = set(coefs)
    for each in held:
        found |= {each.term.name, each.plain(each.term.name)}
        if len(each.term.variables) == 1:
            found.add(each.term.variables[0])
    return frozenset(found)
