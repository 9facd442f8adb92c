"""`draw`: simulated columns, the same on every machine for the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.limits import most, raising
from reportgen.core.options import RecodeOptions, option
from reportgen.core.types import Variable
from reportgen.data.recodes._common import OneColumn, variable

if TYPE_CHECKING:
    import pandas as pd


class Draw(OneColumn):
    """Columns of random numbers, one value for each person analysed."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `draw`."""

        draw: Literal["normal", "uniform"] = option(doc="Standard normal, or uniform from 0 to 1.")
        seed: int = option(doc="The number that makes the draw repeatable.")
        copies: int | None = option(
            None, doc="So many columns, named `name_1`, `name_2` …; one called `name` if left out."
        )

    def when(self, options: Options) -> Literal["row", "sample"]:
        """For the people analysed."""
        return "sample"

    def outputs(self, name: str, options: Options) -> tuple[str, ...]:
        """`name`, or `name_1` to `name_copies`."""
        if options.copies is None:
            return (name,)
        copies = min(options.copies, most("copies"))  # more are refused, and none of them is made
        return tuple(f"{name}_{number}" for number in range(1, copies + 1))

    def check(self, options: Options) -> Iterable[Problem]:
        """Bounds on the seed and the number of copies."""
        if options.copies is not None and not 1 <= options.copies <= most("copies"):
            message = f"`copies` is a number from 1 to {most('copies')}"
            yield Problem("draw", message, ("copies",), help=raising("copies"))
        if options.seed < 0:
            yield Problem("draw", "`seed` is a whole number from 0", ("seed",))

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """Columns drawn one after the other from NumPy's PCG64 at the seed."""
        import numpy as np
        import pandas as pd

        source = np.random.default_rng(options.seed)
        draw = source.standard_normal if options.draw == "normal" else source.random
        return {
            column: pd.Series(draw(len(table)), table.index)
            for column in self.outputs(name, options)
        }

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """Copies are told apart by their number."""
        made = variable(name, options)
        columns = self.outputs(name, options)
        if len(columns) == 1:
            return {columns[0]: replace(made, name=columns[0])}
        return {
            column: replace(made, name=column, label=f"{made.label} {number}")
            for number, column in enumerate(columns, 1)
        }
