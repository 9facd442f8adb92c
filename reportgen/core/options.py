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
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, Literal


@dataclass(frozen=True)
class Mark:
    """What a text in a spec stands for."""

    role: Literal["column", "formula", "effects", "expression", "model", "dataset", "prose", "glob"]


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


def spelled(name: str) -> str:
    """How a field is written in a spec: `else_` → `else`."""
    return name.removesuffix("_")


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Keys of every model kind."""

    confidence: float = option(0.95, doc="Level of the confidence intervals, between 0 and 1.")
    engine: Literal["auto", "statsmodels", "fast"] = option(
        "auto", doc="Which implementation fits the model."
    )


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
