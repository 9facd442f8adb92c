"""Findings, and the steps of samples, in the words of the report: in its language, what has a label
called by it.

results.json and the terminal say them in English, with the names of the spec.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from reportgen.blocks.tables.components import what
from reportgen.blocks.terms import term_rows
from reportgen.blocks.termtext import Texts
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.saying import unlabelled, written
from reportgen.core.sentences import Role, Sentence
from reportgen.core.types import Facts, Model, Note, Result, Step, Variable
from reportgen.core.words import Words

_NAME = re.compile(r"`([^`]+)`")


def worded(context: Context) -> Context:
    """The same models and datasets, their findings and steps in the words of the report. Numbers
    are written as is current (`numbers.conventions`).
    """
    facts = {name: _of_data(each, context) for name, each in context.datasets.items()}
    context = replace(context, datasets=facts)
    shown = {id_: _of_model(model, context) for id_, model in context.models.items()}
    return replace(context, models=shown)


def worded_results(results: Mapping[str, Result], context: Context) -> dict[str, Result]:
    """What blocks asked for, its findings in the words of the report. A column that two datasets
    call by different labels keeps its name.
    """
    known: dict[str, list[Variable]] = {}
    for facts in context.datasets.values():
        for name, variable in facts.variables.items():
            known.setdefault(name, []).append(variable)
    variables = {
        name: held[0] for name, held in known.items() if len({each.label for each in held}) == 1
    }
    labels = _Columns(variables, context)
    return {
        name: replace(result, notes=_notes(result.notes, labels, context))
        for name, result in results.items()
    }


def said_in(said: str | Sentence, context: Context) -> str:
    """What an error says of a block, in the words of the report."""
    if isinstance(said, str):
        return said
    return written(said, context.words, _Columns({}, context).label)


# ── what names are called ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Columns:
    """The labels of columns, of their levels, and of what is made of them in a formula."""

    variables: Mapping[str, Variable]
    context: Context

    def label(self, role: Role, name: str, of: str) -> str | None:
        """See `sentences.Label`."""
        found = self._label(role, name, of)
        return None if found == name else found

    def _label(self, role: Role, name: str, of: str) -> str | None:
        if role == "level":
            return self.variables[of].show(name) if of in self.variables else None
        if role == "model":
            return self.context.models[name].label
        if role == "coef":
            return self.coefficient(name)
        if role == "term":
            return self.texts.expression(name)
        return self.variables[name].label if name in self.variables else None

    def coefficient(self, name: str) -> str:
        """The label of a coefficient, by its name alone."""
        if name == "Intercept":
            return self.context.words("common.intercept")
        return self.texts.coefficient(name)

    @property
    def texts(self) -> Texts:
        """The labels of what formulas make of columns."""
        return Texts(
            lambda name: self.variables.get(name) or Variable(name, name), self.context.words
        )


@dataclass(frozen=True)
class _Fit(_Columns):
    """The labels of a model, too: its coefficients in their equations, its components, its
    clusters.
    """

    model: Model

    @cached_property
    def coefficients(self) -> Mapping[str, str]:
        """The full label of every coefficient that has a row."""
        rows = term_rows((self.model,), self.context)
        return {row.coefs[self.model.id]: row.full for row in rows if self.model.id in row.coefs}

    def coefficient(self, name: str) -> str:
        """The label of a coefficient, as tables have it."""
        return self.coefficients.get(name) or super().coefficient(name)

    def _label(self, role: Role, name: str, of: str) -> str | None:
        if role == "component":
            return what(name, self.model, self.context)
        if role == "cluster":
            groups = str(self.model.options.get("groups"))
            return self.variables[groups].show(name) if groups in self.variables else None
        return super()._label(role, name, of)


# ── findings and steps ───────────────────────────────────────────────────────────────────────


def _of_model(model: Model, context: Context) -> Model:
    labels = _Fit(context.datasets[model.data].variables, context, model)
    notes = _notes(model.result.notes, labels, context)
    return replace(model, result=replace(model.result, notes=notes))


def _of_data(facts: Facts, context: Context) -> Facts:
    variables = {name: _variable(each, context.words) for name, each in facts.variables.items()}
    labels = _Columns(variables, context)
    return replace(
        facts,
        variables=variables,
        notes=_notes(facts.notes, labels, context),
        steps=tuple(_step(step, labels) for step in facts.steps),
    )


def _variable(variable: Variable, words: Words) -> Variable:
    """The intervals that nobody named, in the report's language."""
    own = {level: written(said, words, unlabelled) for level, said in variable.said.items()}
    return replace(variable, levels={**variable.levels, **own}) if own else variable


def _step(step: Step, labels: _Columns) -> Step:
    if isinstance(step.said, str):
        return step
    said = written(step.said, labels.context.words, labels.label)
    return replace(step, said=said.replace("`", ""))


def _notes(notes: tuple[Note, ...], labels: _Columns, context: Context) -> tuple[Note, ...]:
    return tuple(replace(note, said=_said(note.said, labels, context)) for note in notes)


def _said(said: str | Sentence, labels: _Columns, context: Context) -> str:
    """A sentence in the report's language; in a text (a plugin's) names of columns by labels."""
    if isinstance(said, Sentence):
        return written(said, context.words, labels.label)

    def label(match: re.Match[str]) -> str:
        found = labels.label("column", match[1], "")
        return match[0] if found is None else context.words("prose.quoted", text=found)

    return _NAME.sub(label, said)
