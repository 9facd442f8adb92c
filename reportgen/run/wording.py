"""Findings in the words of the report: a column that has a label is called by it.

A finding names columns as the spec does, in backticks; whoever reads the report knows them by
their labels. results.json keeps the names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reportgen.core.types import Facts, Model, Note, Result, Variable
from reportgen.core.words import Words

_NAME = re.compile(r"`([^`]+)`")


def worded(
    models: Mapping[str, Model], datasets: Mapping[str, Facts], words: Words
) -> tuple[dict[str, Model], dict[str, Facts]]:
    """The same models and datasets, their findings in the words of the report."""
    shown = {
        id_: replace(
            model,
            result=replace(
                model.result,
                notes=_notes(model.result.notes, datasets[model.data].variables, words),
            ),
        )
        for id_, model in models.items()
    }
    facts = {
        name: replace(each, notes=_notes(each.notes, each.variables, words))
        for name, each in datasets.items()
    }
    return shown, facts


def worded_results(
    results: Mapping[str, Result], datasets: Mapping[str, Facts], words: Words
) -> dict[str, Result]:
    """What blocks asked for, its findings in the words of the report. A column that two datasets
    call by different labels keeps its name.
    """
    known: dict[str, list[Variable]] = {}
    for facts in datasets.values():
        for name, variable in facts.variables.items():
            known.setdefault(name, []).append(variable)
    variables = {
        name: held[0] for name, held in known.items() if len({each.label for each in held}) == 1
    }
    return {
        name: replace(result, notes=_notes(result.notes, variables, words))
        for name, result in results.items()
    }


def _notes(
    notes: tuple[Note, ...], variables: Mapping[str, Variable], words: Words
) -> tuple[Note, ...]:
    def label(match: re.Match[str]) -> str:
        variable = variables.get(match[1])
        if variable is None or variable.label == variable.name:
            return match[0]
        return words("prose.quoted", text=variable.label)

    return tuple(replace(note, text=_NAME.sub(label, note.text)) for note in notes)
