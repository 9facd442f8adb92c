"""How a kind declares what may be written in a spec.

A kind's `Options` is a frozen, keyword-only dataclass. Every field is made by `option(doc=…)`;
its annotation says what is accepted, and a marker says what a text *is*, so that one checker
(plan/check.py) can resolve every column, formula and model name of every kind, built in or not:

    @dataclass(frozen=True, kw_only=True)
    class Options(ModelOptions):
        formula: Formula = option(doc="Outcome and covariates, as statsmodels writes them.")
        groups: Column | None = option(None, doc="The column that names the clusters.")

Accepted annotations: str, int, float, bool, Any, Literal[…], X | None, unions of these,
tuple[X, ...] (a list, or one X), dict[str, X], and nested Options. A field without a default
must be written. A trailing underscore is dropped in the spec (`else_` is written `else`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Mark:
    """What a text in a spec stands for."""

    role: Literal[
        "column", "formula", "effects", "expression", "model", "dataset", "prose", "glob",
        "covariate",
    ]  # fmt: skip


@dataclass(frozen=True)
class Marked:
    """A text of a spec that stands for something: what, and under which keys it was found.

    `key`: it is itself a key, the last of its path.
    """

    role: str
    text: str
    path: tuple[str | int, ...]
    key: bool = False


Column = Annotated[str, Mark("column")]
"""The name of a column of the model's (recode's, block's) dataset."""
Formula = Annotated[str, Mark("formula")]
"""`outcome ~ terms`"""
Effects = Annotated[str, Mark("effects")]
"""The right-hand side of a formula: `1 + age`, `0 + age`."""
Expression = Annotated[str, Mark("expression")]
"""Row-wise arithmetic over columns: `10 * stratum + psu`."""
ModelName = Annotated[str, Mark("model")]
"""A model, a member (`icc[BPXSY1]`) or a whole list of models (`icc`)."""
Covariate = Annotated[str, Mark("covariate")]
"""A column on the right-hand side of the formula of every model that a block names."""
DatasetName = Annotated[str, Mark("dataset")]
Prose = Annotated[str, Mark("prose")]
"""Markdown with `{{ values }}`."""


def option(default: Any = MISSING, *, doc: str, examples: tuple[str, ...] = ()) -> Any:
    """A field of an Options class: its default (none: it must be written) and what it means."""
    metadata = {"doc": doc, "examples": examples}
    if default is MISSING:
        return dataclasses.field(metadata=metadata)
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def dataset() -> Any:
    """The field of a block for the dataset that it is about: the plan puts in the usual one."""
    return option("", doc="The dataset; needed if there is more than one and `defaults` says none.")


def spelled(name: str) -> str:
    """How a field is written in a spec: `else_` → `else`."""
    return name.removesuffix("_")


Engine = Literal["auto", "statsmodels", "fast"]
"""Which implementation fits a model."""


@dataclass(frozen=True, kw_only=True)
class Impute:
    """How missing values of a model are imputed: several times, by chained equations."""

    seed: int = option(doc="Where chance begins: the same seed gives the same numbers.")
    copies: int = option(20, doc="How many completed data sets are fitted and pooled.")
    columns: tuple[Column, ...] = option(
        (), doc="Columns that take part beside those of the model: they help to predict what is "
        "missing."
    )  # fmt: skip
    burn_in: int = option(10, doc="Passes through the columns before the first data set.")
    skip: int = option(3, doc="Passes between one data set and the next.")
    donors: int = option(5, doc="How many rows of like prediction may lend a number.")


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Keys of every model kind."""

    confidence: float = option(0.95, doc="Level of the confidence intervals, between 0 and 1.")
    engine: Engine = option("auto", doc="Which implementation fits the model.")
    impute: Impute | None = option(
        None, doc="Impute missing values this often and pool the fits; incomplete rows are left "
        "out where not given.", examples=("{copies: 20, seed: 1}",),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RecodeOptions:
    """Keys of every recode."""

    label: str | None = option(None, doc="Shown in the report instead of the column's name.")
    unit: str = option("", doc="Unit of measurement, shown after the label.")
    reference: str | int | float | None = option(None, doc="Base level in models.")
    levels: dict[str, str] | tuple[str, ...] = option(
        (), doc="Order of the levels; a mapping also says how each is shown."
    )


@dataclass(frozen=True, kw_only=True)
class BlockOptions:
    """Keys of every table and plot."""

    caption: str | None = option(
        None, doc="What, whom, when. A text is made up where none is given."
    )
    note: str | None = option(None, doc="A sentence for the note below.")
    id: str | None = option(None, doc="A name for cross-references: `{{ ref('id') }}`.")


@cache
def hints_of(kind: type) -> Mapping[str, Any]:
    """The annotations of an Options class, with their marks."""
    return get_type_hints(kind, include_extras=True)


def marked(hint: Any, value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Marked]:
    """Every text within `value` that stands for something, found by the marks of its annotation."""
    if value is None:
        return
    mark = next(
        (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Mark)), None
    )
    if mark:
        yield Marked(mark.role, str(value), path)
    elif isinstance(value, tuple) and get_origin(hint) is tuple:
        for number, each in enumerate(value):
            yield from marked(get_args(hint)[0], each, (*path, number))
    elif isinstance(value, dict) and get_origin(hint) is dict:
        for key, each in value.items():
            for found in marked(get_args(hint)[0], key, (*path, key)):
                yield dataclasses.replace(found, key=True)
            yield from marked(get_args(hint)[1], each, (*path, key))
    elif dataclasses.is_dataclass(value):
        yield from (Marked(each.role, each.text, (*path, *each.path)) for each in marks(value))
    elif get_origin(hint) in (Union, UnionType):
        for inner in get_args(hint):
            if get_origin(inner) is Literal and value in get_args(inner):
                return
            yield from marked(inner, value, path)


def marks(options: Any) -> Iterator[Marked]:
    """Every marked text of an Options object, its path beginning with the key."""
    hints = hints_of(options.__class__)
    for each in dataclasses.fields(options):
        yield from marked(hints[each.name], getattr(options, each.name), (spelled(each.name),))
