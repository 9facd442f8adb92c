"""Conditions of models as columns, and subgroups that keep every row. Imported where rows are.

A model kind knows no expressions (they belong to the data): what its options mark as one arrives as
a column of truth, named by the expression's text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportgen.core.options import marks
from reportgen.core.types import Frame
from reportgen.data.expression import parse

if TYPE_CHECKING:
    import pandas as pd


def with_conditions(options: Any, frame: Frame) -> Frame:
    """The frame with a column for each expression of `options` that is not a column already."""
    texts = {mark.text: mark.path for mark in marks(options) if mark.role == "expression"}
    made = {text: parse(text).evaluate(frame.table) for text in texts if text not in frame.table}
    return replace(frame, table=frame.table.assign(**made)) if made else frame


def takes_domains(options: Any) -> bool:
    """Whether a model has a subpopulation instead of fewer rows."""
    return hasattr(options, "domain")


def within(options: Any, frame: Frame, name: str, level: pd.Series[Any]) -> tuple[Any, Frame]:
    """The same options within a subgroup, given by its name and as truth over all rows."""
    whole = with_conditions(options, frame)
    if options.domain is None:
        inside, text = level, name
    else:
        inside = level & whole.table[options.domain].astype("Float64").fillna(0.0).ne(0.0)
        text = f"{options.domain}, {name}"
    table = frame.table.assign(**{text: inside.astype(bool)})
    return replace(options, domain=text), replace(frame, table=table)
