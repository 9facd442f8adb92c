"""What several recodes share. Light: pandas is used, never imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.core.types import Variable

if TYPE_CHECKING:
    import pandas as pd


def variable(name: str, options: RecodeOptions) -> Variable:
    """The new column as far as the options of every recode say."""
    return Variable(
        name=name,
        label=options.label or name,
        unit=options.unit,
        levels=shown(options.levels),
        reference=None if options.reference is None else str(options.reference),
        categorical=bool(options.levels) or options.reference is not None,
    )


def shown(levels: Mapping[str, str] | tuple[str, ...]) -> dict[str, str]:
    """Levels as a mapping from code to what is shown."""
    return (
        dict(levels) if isinstance(levels, Mapping) else {str(each): str(each) for each in levels}
    )


def numbers(table: pd.DataFrame, column: str, verb: str) -> pd.Series[Any]:
    """A column of numbers as floats. DataError for a column of text."""
    try:
        return table[column].astype("float64")
    except (TypeError, ValueError) as error:
        message = f"`{verb}` needs numbers, and `{column}` holds text"
        import pandas as pd

        bad = pd.to_numeric(table[column], errors="coerce").isna() & table[column].notna()
        problem = Problem("not-numeric", message, (verb,), help=told(table[column][bad]))
        raise DataError(problem) from error


def by_group(
    values: pd.Series[Any],
    table: pd.DataFrame,
    within: str | None,
    statistic: Literal["mean", "std"],
) -> pd.Series[Any]:
    """The mean or sd (n − 1) of `values` for each row: of all rows, or of the row's own group."""
    if within is None:
        return values * 0 + (values.mean() if statistic == "mean" else values.std())
    return values.groupby(table[within]).transform(statistic)


class OneColumn:
    """The part of the contract that most recodes share: one new column, nothing to check alone."""

    def outputs(self, name: str, options: Any) -> tuple[str, ...]:
        """The column itself."""
        return (name,)

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def describe(self, name: str, options: Any) -> Mapping[str, Variable]:
        """As the options of every recode say."""
        return {name: variable(name, options)}


@dataclass(frozen=True, kw_only=True)
class AcrossOptions(RecodeOptions):
    """Keys of recodes that look across the rows analysed."""

    within: Column | None = option(None, doc="Within the groups of this column.")


class Across(OneColumn):
    """One new column from what everyone analysed, or everyone in a group, has."""

    def when(self, options: Any) -> Literal["row", "sample"]:
        """Across the people analysed."""
        return "sample"
