"""`table: sample` — who is analysed: the rows read, and what each step left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from reportgen.blocks.labels import sentence
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, DatasetName, dataset


class Sample:
    """The flow of rows from the file to the analysis."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: sample`."""

        data: DatasetName = dataset()

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def build(self, options: Options, context: Context) -> Table:
        """The table: a row a step."""
        words, facts = context.words, context.datasets[options.data]
        read = Row(words("sample.read"), (Cell(), Cell(facts.rows_read, "count")))
        steps = [
            Row(
                step.label,
                (Cell(step.before - step.after, "count"), Cell(step.after, "count")),
            )
            for step in facts.steps
        ]
        last = Row(words("sample.analysed"), (Cell(), Cell(facts.n, "count")))
        return Table(
            kind="sample",
            columns=(
                Column(words("sample.left_out"), "count"),
                Column(words("sample.remaining"), "count"),
            ),
            blocks=(RowBlock((read, *steps), name="steps"), RowBlock((last,), name="analysed")),
            caption=options.caption or _caption(context, facts.name),
            stub=words("sample.step"),
            notes=(
                *((options.note,) if options.note else ()),
                *(sentence(note.text) for note in facts.notes),
            ),
        )


def _caption(context: Context, name: str) -> str:
    """The dataset is named where there are several."""
    if len(context.datasets) > 1:
        return context.words("sample.caption_of", data=name)
    return context.words("sample.caption")
