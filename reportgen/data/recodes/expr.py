"""`expr`: arithmetic over columns. A recode that is only a text is short for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Expression, RecodeOptions, option
from reportgen.core.types import Variable
from reportgen.data.expression import parse
from reportgen.data.recodes._common import OneColumn, variable

if TYPE_CHECKING:
    import pandas as pd

SIGNS = re.compile(r"(?<= )[*-](?= )")
PRINTED = {"*": "×", "-": "\u2212"}


class Expr(OneColumn):
    """Arithmetic, comparisons and a closed list of functions over columns."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `expr`."""

        expr: Expression = option(doc="The expression.", examples=("10 * SDMVSTRA + SDMVPSU",))

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Row by row."""
        return "row"

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The value for each row; truth is 1 and 0."""
        from reportgen.data.evaluation import plain

        return {name: plain(parse(options.expr).evaluate(table))}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """A column without a label is told by its expression, signs as they are printed."""
        made = variable(name, options)
        shown = SIGNS.sub(lambda sign: PRINTED[sign[0]], " ".join(options.expr.split()))
        return {name: made if options.label else replace(made, definition=shown)}
