"""`map`: each code of a column becomes something else; a code that is not listed is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.disclosure import told
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.options import Column, RecodeOptions, option
from reportgen.core.types import Variable, level_text
from reportgen.data.recodes._common import OneColumn, variable

if TYPE_CHECKING:
    import pandas as pd

MISSING = "missing"


class Map(OneColumn):
    """New values for old codes."""

    @dataclass(frozen=True, kw_only=True)
    class Options(RecodeOptions):
        """Keys of `map`."""

        map: Column = option(doc="The column whose codes are replaced.")
        values: dict[str, str | int | float | bool] = option(
            doc="Old code → new value; `missing` makes a code missing."
        )
        else_: Literal["error", "missing", "keep"] = option(
            "error", doc="What becomes of a code that is not listed."
        )

    def when(self, options: Options) -> Literal["row", "sample"]:
        """Row by row."""
        return "row"

    def check(self, options: Options) -> Iterable[Problem]:
        """Numbers and texts may not be mixed: the column would be neither."""
        kinds = {isinstance(value, str) for value in targets(options)}
        if len(kinds) > 1:
            yield Problem(
                "mixed-values", "`values` mixes numbers and text", ("values",),
                help="put the numbers in quotes, or use numbers only",
            )  # fmt: skip

    def apply(
        self, name: str, options: Options, table: pd.DataFrame
    ) -> Mapping[str, pd.Series[Any]]:
        """The new values. DataError names the count of rows with codes that are not listed."""
        import pandas as pd

        codes = level_texts(table[options.map])
        listed = {level_text(code): value for code, value in options.values.items()}
        unlisted = codes.notna() & ~codes.isin(list(listed))
        if options.else_ == "error" and unlisted.any():
            raise DataError(
                Problem(
                    "unlisted-code",
                    f"{int(unlisted.sum()):,} rows of `{options.map}`, the first of them row "
                    f"{int(unlisted.argmax()) + 1:,}, have codes that `values` does not list "
                    f"({codes[unlisted].nunique()} codes)",
                    ("values",),
                    help="list them, or say `else: missing` or `else: keep`; "
                    f"{told(codes[unlisted])}",
                )
            )
        new = codes.map({code: value for code, value in listed.items() if value != MISSING})
        if options.else_ == "keep":
            new = new.where(~unlisted, table[options.map])
        if any(isinstance(value, str) for value in targets(options)):
            return {name: new.astype("str").where(new.notna())}
        numbers = pd.to_numeric(new)
        return {name: numbers.astype("int64" if _whole(numbers) else "float64")}

    def describe(self, name: str, options: Options) -> Mapping[str, Variable]:
        """Texts are categories in the order of `values`; numbers are numbers.

        The base level is the one statsmodels would take, the first by alphabet, unless named.
        """
        made = variable(name, options)
        texts = [value for value in targets(options) if isinstance(value, str)]
        if made.levels or not texts:
            return {name: made}
        levels = {text: text for text in texts}
        base = made.reference or min(texts)
        return {name: replace(made, levels=levels, reference=base, categorical=True)}


def targets(options: Map.Options) -> tuple[str | int | float | bool, ...]:
    """The new values, each once, in their order."""
    return tuple(dict.fromkeys(value for value in options.values.values() if value != MISSING))


def _whole(numbers: pd.Series[Any]) -> bool:
    return bool(numbers.notna().all() and (numbers == numbers.round()).all())
