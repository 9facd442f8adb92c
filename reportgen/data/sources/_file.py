"""What sources that are files share: where they are looked up, bounds, plain columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.core.contracts import Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.limits import LIMITS, most, raising
from reportgen.core.options import option
from reportgen.data.paths import find

if TYPE_CHECKING:
    import pandas as pd

RATIO, SMALL = 200, 10_000_000
"""How many times its size a compressed file may expand to (real ones stay below 30), and the bytes
that every file may.
"""


class FileSource:
    """A file beneath the spec's folder or a data folder."""

    @dataclass(frozen=True, kw_only=True)
    class Options:
        """Keys of a `source` that is a file."""

        path: str = option(doc="The file, beside the spec or in a data folder (`--data-dir`).")

    def files(self, options: Any, reach: Reach) -> tuple[Path, ...]:
        """The one file. DataError if it is not there."""
        return (find(options.path, reach.roots),)


def wrong(code: str, message: str, help: str = "") -> DataError:
    """An error of the file as a whole."""
    return DataError(Problem(code, message, ("path",), help=help))


def library(name: str, extra: str, what: str) -> Any:
    """A library that not everyone needs. DataError that says how to install it."""
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ImportError as error:
        raise wrong(
            "needs-library", f"{what} needs {package}, which is not installed",
            f"pip install 'reportgen[{extra}]'",
        ) from error  # fmt: skip


@contextmanager
def foreign(code: str, message: str) -> Iterator[None]:
    """Around a library that reads a format: whatever it raises is an error of the file.

    What a damaged file does to a library nobody can foresee, so that every exception counts.
    """
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        raise wrong(code, message) from error


def bounded(rows: int, columns: int, name: str) -> None:
    """DataError for a table that is too large to be read, known before it is."""
    if rows * columns > most("cells"):
        raise wrong(
            "too-large", f"`{name}` has {rows:,} rows and {columns:,} columns to read, which is "
            f"more than {most('cells'):,} values",
            f"declare only the `columns` you need; {raising('cells')}",
        )  # fmt: skip


def expands(size: int, name: str, most_bytes: int | None = None) -> None:
    """DataError for a file that says that it expands to more than is read."""
    bound = most("bytes") if most_bytes is None else most_bytes
    if not 0 <= size <= bound:
        message = f"`{name}` would expand to {size:,} bytes, which is more than {bound:,}"
        raise wrong("too-large", message, raising("bytes"))


def expanded(size: int) -> int:
    """The most bytes that a compressed file of this size may expand to: a multiple of its size,
    but no bound that was raised on purpose.
    """
    if most("bytes") > LIMITS["bytes"].most:
        return most("bytes")
    return min(most("bytes"), RATIO * size + SMALL)


def unique(header: Sequence[str], name: str) -> tuple[str, ...]:
    """The header as it stands. DataError for one with a name twice, or with too many."""
    if len(header) > most("columns"):
        message = f"`{name}` has {len(header):,} columns, which is more than {most('columns'):,}"
        raise wrong("too-large", message, raising("columns"))
    twice = sorted(column for column, count in Counter(header).items() if count > 1)
    if twice:
        raise wrong("repeated-header", f"`{name}` has more than one column `{twice[0]}`")
    return tuple(header)


def plain(table: pd.DataFrame, name: str, *, whole: bool = False) -> pd.DataFrame:
    """The table with numbers, truth values and text only; the index counts rows from 0.

    Dates become ISO text, which sorts and compares as dates do. With `whole`, floats that are all
    whole numbers become integers (files of SAS, Stata and SPSS know no integers).
    """
    made = {
        str(column): plain_column(table[column], str(column), name, whole=whole) for column in table
    }
    return table.set_axis([str(column) for column in table], axis=1).assign(**made).reset_index(
        drop=True
    )  # fmt: skip


def plain_column(
    values: pd.Series[Any], column: str, name: str, *, whole: bool = False
) -> pd.Series[Any]:
    """One column of such a table."""
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(values.dtype):
        days = (values.dropna() == values.dropna().dt.normalize()).all()
        shown = values.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S")
        return pd.Series(shown, values.index, dtype="str")
    if types.is_bool_dtype(values.dtype) and not values.isna().any():
        return pd.Series(values.to_numpy(bool), values.index)
    if types.is_integer_dtype(values.dtype) and not values.isna().any():
        return values.astype("int64")
    if types.is_numeric_dtype(values.dtype):
        return _number(values, whole)
    text = values.dropna()
    if any(isinstance(each, (list, dict, tuple, bytes)) or hasattr(each, "__array__")
           for each in text.head(100)):  # fmt: skip
        raise DataError(Problem(
            "not-a-value", f"`{name}` column `{column}` holds lists or bytes, not values",
            ("columns", column), key=True,
        ))  # fmt: skip
    text = values.astype("object").where(values.notna()).map(str, na_action="ignore")
    return pd.Series(text, values.index, dtype="str")


def _number(values: pd.Series[Any], whole: bool) -> pd.Series[Any]:
    """Floats, but for identifiers beyond 2⁵³ with gaps, which floats could not hold."""
    from pandas.api import types

    if types.is_integer_dtype(values.dtype) and abs(values.dropna().astype(object)).max() >= 2**53:
        return values.astype("Int64")
    floats = values.astype("float64")
    exact = whole and floats.notna().all() and (floats == floats.round()).all()
    return floats.astype("int64") if exact and (floats.abs() < 2**53).all() else floats
