"""From a declared dataset to a Frame: source → row-wise recodes → sample → recodes across rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem, ReportgenError
from reportgen.core.levels import level_texts
from reportgen.core.types import Facts, Frame, Note, Variable
from reportgen.data import RECODES
from reportgen.data.columns import declared, missing_note, shown, similar_levels
from reportgen.data.dataset import ColumnOptions, Dataset, RecodeStep
from reportgen.data.order import order
from reportgen.data.read import Raw, header, read_first, read_later
from reportgen.data.sample import take

if TYPE_CHECKING:
    import pandas as pd


def prepare(
    dataset: Dataset, reach: Reach, reading: Callable[[Dataset, Reach], Raw] = read_first
) -> Frame:
    """The prepared table and the facts about it; `reading` brings what the files hold.

    DataError, with paths relative to the dataset, where the data are not what the spec says.
    """
    raw = reading(dataset, reach)
    try:
        return _prepared(raw, dataset, reach)
    except ReportgenError:
        if raw.waiting:  # what is wrong with them comes first, as it does in a file read whole
            read_later(dataset, reach, raw.waiting, ())
        raise


def _prepared(raw: Raw, dataset: Dataset, reach: Reach) -> Frame:
    table, variables, notes = _columns(raw.loaded, dataset)
    steps = order(dataset.recodes)
    source = list(table.columns)
    for step in steps.early:
        table = _recoded(table, step, variables)
    table, flow = take(table, dataset.sample, source)
    table, variables = _with_waiting(table, variables, raw, dataset, reach)
    for step in steps.late:
        table = _recoded(table, step, variables)
    notes += _set_missing(table, dataset.recodes)
    for column in table:
        notes += similar_levels(table[column], str(column))
    facts = Facts(
        name=dataset.name,
        rows_read=raw.rows,
        n=len(table),
        sha256=raw.sha256,
        steps=(*raw.steps, *flow),
        variables=variables,
        notes=tuple(notes),
    )
    return Frame(table, facts)


def _with_waiting(
    table: pd.DataFrame, variables: dict[str, Variable], raw: Raw, dataset: Dataset, reach: Reach
) -> tuple[pd.DataFrame, dict[str, Variable]]:
    """The table, its rows numbered anew, with the columns that waited for them in their places."""
    rows, table = table.index.to_numpy(), table.reset_index(drop=True)
    if not raw.waiting:
        return table, variables
    loaded = read_later(dataset, reach, raw.waiting, rows)
    columns = {name: loaded.table[name] for name in raw.waiting}
    known = {
        name: shown(name, dataset.columns.get(name, ColumnOptions()), values, None)
        for name, values in columns.items()
    }
    source = list(dataset.columns) or list(header(dataset, reach))
    order = [*source, *(str(name) for name in table if name not in source)]
    whole = table.assign(**columns)[order]
    merged = {**variables, **known}
    return whole, {name: merged[name] for name in order if name in merged}


def _columns(
    loaded: Loaded, dataset: Dataset
) -> tuple[pd.DataFrame, dict[str, Variable], list[Note]]:
    """The source columns as declared."""
    notes: list[Note] = []
    made: dict[str, Any] = {}
    variables: dict[str, Variable] = {}
    for name in loaded.table.columns:
        options = dataset.columns.get(name, ColumnOptions())
        made[name], found = declared(loaded.table[name], name, options)
        notes += found
        variables[name] = shown(name, options, made[name], loaded.variables.get(name))
    return loaded.table.assign(**made)[list(made)], variables, notes


def _recoded(table: pd.DataFrame, step: RecodeStep, variables: dict[str, Variable]) -> pd.DataFrame:
    """The table with the columns of one recode; what is known of them joins the variables."""
    recode = RECODES.load(step.verb)
    try:
        made: Mapping[str, Any] = recode.apply(step.name, step.options, table)
    except ReportgenError as error:
        raise error.under("recodes", step.name) from error
    learn = getattr(recode, "learn", None)
    known: Mapping[str, Variable] = (
        learn(step.name, step.options, table) if learn else recode.describe(step.name, step.options)
    )
    for name, variable in known.items():
        made = {**made, name: _coded(made[name], variable, step)}
        variables[name] = variable
    return table.assign(**made)


def _set_missing(table: pd.DataFrame, recodes: Sequence[RecodeStep]) -> list[Note]:
    """How many of the people analysed each `map` made missing."""
    gone = {
        step.name: int((table[step.options.map].notna() & table[step.name].isna()).sum())
        for step in recodes
        if step.verb == "map"
    }
    return [missing_note(name, rows) for name, rows in gone.items() if rows]


def _coded(values: pd.Series[Any], variable: Variable, step: RecodeStep) -> pd.Series[Any]:
    """Text with levels or a reference that the author named becomes a categorical, so that models
    code it in that order; otherwise levels sort as statsmodels sorts them.
    """
    import pandas as pd

    options = step.options
    if not (options.levels or options.reference is not None):
        return values
    text = level_texts(values)
    levels = list(variable.levels) or sorted(text.dropna().unique())
    unlisted = text.notna() & ~text.isin(levels)
    if unlisted.any():
        message = (
            f"{int(unlisted.sum()):,} rows of `{step.name}`, the first of them row "
            f"{int(unlisted.argmax()) + 1:,}, have levels that `levels` does not list"
        )
        path, help_ = ("recodes", step.name, "levels"), told(text[unlisted])
        raise DataError(Problem("unlisted-code", message, path, help=help_))
    if variable.reference is not None:
        if variable.reference not in levels:
            message = f"`{step.name}` has no level `{variable.reference}`"
            raise DataError(Problem("no-level", message, ("recodes", step.name, "reference")))
        levels = [variable.reference, *(each for each in levels if each != variable.reference)]
    return pd.Series(pd.Categorical(text, levels), values.index)


def columns_of(dataset: Dataset) -> tuple[str, ...]:
    """Every column the prepared table will have, as far as the declaration says."""
    made = (
        name
        for step in dataset.recodes
        for name in RECODES.load(step.verb).outputs(step.name, step.options)
    )
    return (*dataset.columns, *made)
