"""A dataset as its author declared it: where it comes from, its columns, who is analysed, recodes.

The plan fills these in; `prepare` carries them out. Plain values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, Expression, option
from reportgen.data.join import Join


@dataclass(frozen=True, kw_only=True)
class ColumnOptions:
    """How one column is read and shown."""

    label: str | None = option(None, doc="Shown in the report instead of the column's name.")
    unit: str = option("", doc="Unit of measurement, shown after the label.")
    levels: dict[str, str] | tuple[str, ...] = option(
        (), doc="The codes of a category in their order; a mapping also says how each is shown."
    )
    missing: tuple[str | int | float, ...] = option((), doc="Codes that mean missing.")
    type: Literal["number", "category", "text", "id"] | None = option(
        None, doc="What the column holds; found from the data where it is not written."
    )


@dataclass(frozen=True, kw_only=True)
class SampleStep:
    """One step of the flow: exactly one of `complete`, `where`, `drop_duplicates`."""

    complete: Literal["all"] | tuple[Column, ...] | None = option(
        None, doc="Keep rows without a missing value in these columns; `all`: every source column."
    )
    where: Expression | None = option(None, doc="Keep rows for which this is true.")
    drop_duplicates: tuple[Column, ...] = option((), doc="Keep the first row of each combination.")
    label: str | None = option(None, doc="The step's text in the flow table.")


@dataclass(frozen=True, kw_only=True)
class Design:
    """How the rows were drawn: what `survey` models and tables of the dataset use by themselves."""

    weights: Column | None = option(
        None, doc="The column of sampling weights: how many people a row stands for."
    )
    strata: Column | None = option(None, doc="The column of the strata.")
    psu: Column | None = option(None, doc="The column of the first-stage sampling units.")
    fpc: Column | None = option(
        None, doc="Finite population correction: the units there are in the stratum, or the share "
        "of them that was sampled."
    )  # fmt: skip
    nest: bool = option(True, doc="Ids of sampling units begin anew in each stratum.")
    lonely: Literal["fail", "remove", "adjust", "average", "certainty"] = option(
        "fail", doc="What to do with a stratum of one sampling unit (R's `survey.lonely.psu`)."
    )


@dataclass(frozen=True)
class RecodeStep:
    """A recode under the name of the column it makes."""

    name: str
    verb: str
    options: Any


@dataclass(frozen=True)
class Dataset:
    """Everything needed to make a Frame. `columns` is empty where all columns are read."""

    name: str
    source: str
    source_options: Any
    columns: Mapping[str, ColumnOptions] = field(default_factory=dict)
    sample: tuple[SampleStep, ...] = ()
    recodes: tuple[RecodeStep, ...] = ()
    joins: tuple[Join, ...] = ()
    design: Design | None = None
