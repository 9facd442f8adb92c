"""Further sources joined to the first by the columns they share, in pandas' words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.contracts import Loaded
from reportgen.core.dataclass import dataclass
from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import option
from reportgen.core.sentences import say
from reportgen.core.types import Step

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class JoinKeys:
    """How one further source is joined."""

    source: Any = option(doc="Where it comes from: like the `source` of a dataset.")
    on: tuple[str, ...] = option(doc="The columns that both have, by which rows are matched.")
    how: Literal["left", "inner", "outer", "right"] = option(
        "left", doc="Which rows are kept: all so far, those in both, those in either, all new ones."
    )
    validate: Literal["one_to_one", "many_to_one", "one_to_many"] = option(
        "many_to_one", doc="How often an identifier may stand on either side."
    )


@dataclass(frozen=True)
class Join:
    """A further source, its kind and options found, and how it is joined."""

    name: str
    source: str
    source_options: Any
    keys: JoinKeys


def joined(left: Loaded, right: Loaded, join: Join) -> tuple[Loaded, Step]:
    """Both tables as one, and the step for the flow of rows.

    Rows whose identifier is missing match nothing. DataError (path from the join) where an
    identifier stands more often than `validate` allows, or the identifiers cannot be compared.
    """
    on = list(join.keys.on)
    _comparable(left.table, right.table, join)
    _validated(left.table, right.table, join)
    known = right.table[right.table[on].notna().all(axis=1)]
    unknown = right.table[right.table[on].isna().any(axis=1)]
    made = left.table.merge(known, on=on, how=join.keys.how)
    if join.keys.how in ("outer", "right") and len(unknown):
        import pandas as pd

        made = pd.concat([made, unknown], ignore_index=True)
    step = Step(say("step_joined", name=join.name), len(left.table), len(made))
    return Loaded(
        _whole(made, left.table, right.table), {**right.variables, **left.variables}
    ), step


def _comparable(left: pd.DataFrame, right: pd.DataFrame, join: Join) -> None:
    from pandas.api.types import is_numeric_dtype

    for name in join.keys.on:
        if is_numeric_dtype(left[name]) != is_numeric_dtype(right[name]):
            raise DataError(Problem(
                "join-type", f"`{name}` holds numbers on one side and text on the other",
                ("on",), help="declare its `type` where it is read as the wrong one",
            ))  # fmt: skip


def _validated(left: pd.DataFrame, right: pd.DataFrame, join: Join) -> None:
    on = list(join.keys.on)
    one_left = join.keys.validate in ("one_to_one", "one_to_many")
    one_right = join.keys.validate in ("one_to_one", "many_to_one")
    for table, single, side in ((left, one_left, "so far"), (right, one_right, join.name)):
        repeats = table[on].dropna().duplicated()
        twice = int(repeats.sum())
        if single and twice:
            raise DataError(Problem(
                "join-repeats", f"{twice:,} rows of the data {side} repeat an identifier "
                f"({', '.join(on)}), so the join is not {join.keys.validate}", ("validate",),
                help="drop the repeats, add a column to `on`, or say another `validate`; "
                f"{told(_identifiers(table[on].dropna()[repeats]))}",
            ))  # fmt: skip


def _identifiers(table: pd.DataFrame) -> list[str]:
    """Each row of identifiers as one text."""
    return [", ".join(map(str, row)) for row in table.itertuples(index=False)]


def _whole(made: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Integers that found no gap stay integers (a join may have made floats of them)."""
    for name in made:
        before = left[name] if name in left else right[name]
        if before.dtype == "int64" and made[name].dtype == "float64" and made[name].notna().all():
            made[name] = made[name].astype("int64")
    return made
