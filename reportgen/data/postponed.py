"""Columns of a large file that are read for the rows of the sample alone.

A sample, the recodes it needs, and what is counted and checked over all rows, decide which columns
must be read whole; of the others nobody sees a row that the sample leaves out. The flow of rows,
the notes and every value are those of a file that is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reportgen.core.contracts import Reach
from reportgen.data import SOURCES
from reportgen.data.dataset import ColumnOptions, Dataset, SampleStep
from reportgen.data.expression import parse
from reportgen.data.order import inputs, order, outputs

SHOWN = frozenset({"label", "unit"})
"""What may be declared of a column without a look at its values."""


def postponed(dataset: Dataset, header: Sequence[str], reach: Reach) -> tuple[str, ...]:
    """The columns that can wait for the sample, in the order of the file."""
    source = SOURCES.load(dataset.source)
    whole = any(step.complete == "all" for step in dataset.sample)
    if not hasattr(source, "read_rows") or dataset.joins or not dataset.sample or whole:
        return ()
    needed = {name for step in dataset.sample for name in _columns(step)}
    for recode in dataset.recodes:
        needed |= set(outputs(recode))
    for recode in order(dataset.recodes).early:
        needed |= {name.text for _, name in inputs(recode)}
    wanted = [
        name
        for name in header
        if (name in dataset.columns or not dataset.columns) and name not in needed
        if _only_shown(dataset.columns.get(name, ColumnOptions()))
    ]
    able = set(source.alike(dataset.source_options, reach)) if wanted else set()
    found = tuple(name for name in wanted if name in able)
    return found if set(dataset.columns or header) - set(found) else ()


def _columns(step: SampleStep) -> Iterable[str]:
    """The columns that a step of a sample looks at."""
    yield from step.drop_duplicates
    if step.where is not None:
        yield from (name.text for name in parse(step.where).names)
    elif step.complete is not None:
        yield from step.complete


def _only_shown(options: ColumnOptions) -> bool:
    empty = vars(ColumnOptions())
    return all(value == empty[key] for key, value in vars(options).items() if key not in SHOWN)
