"""`table: notes` — every warning of every fit and dataset, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from reportgen.blocks.labels import model_labels, sentence
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model, Note
from reportgen.core.words import Words

LEVELS = ("error", "warning", "info")
MOST_NAMES = 4


class Notes:
    """What weakens a number of the report; one row a finding, with the models it is about."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: notes`."""

        models: tuple[ModelName, ...] = option((), doc="These models; all where not given.")

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def build(self, options: Options, context: Context) -> Table:
        """The table: failures first, then warnings, then what is worth knowing."""
        words = context.words
        models = context.select(options.models) if options.models else context.models.values()
        found = _found(tuple(models), context)
        blocks = [
            RowBlock(
                tuple(_row(note, names, words) for note, names in found if note.level == level),
                words(f"notes.{level}"), level,
            )
            for level in LEVELS
        ]  # fmt: skip
        filled = tuple(block for block in blocks if block.rows)
        nothing = RowBlock((Row(words("notes.all"), (Cell(words("notes.none")),)),))
        return Table(
            kind="notes",
            columns=(Column(words("notes.finding"), "text"),),
            blocks=filled or (nothing,),
            caption=options.caption or words("notes.caption"),
            stub=words("notes.about"),
            notes=(options.note,) if options.note else (),
        )


def _found(models: tuple[Model, ...], context: Context) -> list[tuple[Note, list[str]]]:
    """Every finding once, with the names of what it is about, in the order of the spec."""
    found: dict[tuple[str, str], tuple[Note, list[str]]] = {}
    for name, note in _all(models, context):
        found.setdefault((note.level, note.text), (note, []))[1].append(name)
    return list(found.values())


def _all(models: tuple[Model, ...], context: Context) -> Iterator[tuple[str, Note]]:
    for facts in context.datasets.values():
        for note in facts.notes:
            yield context.words("notes.data", name=facts.name), note
    labels = model_labels(models)
    for model in models:
        for note in model.result.notes:
            yield labels[model.id], note


def _row(note: Note, names: list[str], words: Words) -> Row:
    shown = list(dict.fromkeys(names))
    comma = words("list.comma")
    label = comma.join(shown[:MOST_NAMES])
    if len(shown) > MOST_NAMES:
        label = words("list.more", head=label, count=len(shown) - MOST_NAMES)
    return Row(label, (Cell(sentence(note.text), "text"),))
