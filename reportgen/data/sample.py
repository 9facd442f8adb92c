"""Who is analysed: each step of a sample, and how many rows it leaves. Imports pandas when used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reportgen.core.errors import DataError, Problem
from reportgen.core.sentences import Names, Sentence, say
from reportgen.core.types import Step
from reportgen.data.dataset import SampleStep
from reportgen.data.expression import parse

if TYPE_CHECKING:
    import pandas as pd


def take(
    table: pd.DataFrame, steps: Sequence[SampleStep], source: Sequence[str]
) -> tuple[pd.DataFrame, tuple[Step, ...]]:
    """The rows that pass every step, under their index, and the flow. `source`: the columns that
    `all` means.

    DataError (path `("sample", number)`) for a step that leaves nobody.
    """
    flow: list[Step] = []
    for number, step in enumerate(steps):
        before = len(table)
        kept = _keep(table, step, source)
        table = table if kept.all() else table[kept]
        flow.append(Step(step.label or _said(step, source), before, len(table)))
        if table.empty:
            message = f"no row is left after the step “{flow[-1].label}”"
            raise DataError(Problem("empty-sample", message, ("sample", number)))
    return table, tuple(flow)


def _keep(table: pd.DataFrame, step: SampleStep, source: Sequence[str]) -> pd.Series[Any]:
    if step.complete is not None:
        columns = list(source) if step.complete == "all" else list(step.complete)
        return table[columns].notna().all(axis=1)
    if step.where is not None:
        # A comparison with a missing value is neither true nor false: such rows do not pass.
        holds = parse(step.where).evaluate(table)
        return holds.fillna(False).astype(bool)
    return ~table.duplicated(list(step.drop_duplicates))


def _said(step: SampleStep, source: Sequence[str]) -> str | Sentence:
    if step.complete == "all":
        return say("step_all-complete", columns=len(source))
    if step.complete is not None:
        return say("step_complete", columns=_columns(step.complete))
    if step.where is not None:
        return step.where
    return say("step_first", columns=_columns(step.drop_duplicates))


def _columns(names: Sequence[str]) -> Names:
    return Names("column", tuple(names), most=len(names))
