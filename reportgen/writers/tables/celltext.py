"""One row of a table as text: which decimals its numbers share, and how each role is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell
from reportgen.core.numbers import DASH, fixed
from reportgen.core.types import Scalar
from reportgen.core.words import Words

SHARED = frozenset({"estimate", "se", "ci", "variance", "sd", "difference"})
"""Roles whose numbers share the decimals of their row."""
RATIOS = frozenset({"ratio", "ratio_se", "ratio_ci"})
Number = float | None


@dataclass(frozen=True)
class RowText:
    """How the numbers of one row are written: `decimals` of what has a standard error (None where
    nothing has), `ratio` of ratios.
    """

    decimals: int | None
    ratio: int
    style: str
    words: Words

    def __call__(self, cell: Cell) -> str:
        """The text of a cell; what is empty says how."""
        if cell.empty is not None:
            return self._empty(cell.empty)
        if cell.value is None:
            return ""
        if isinstance(cell.value, str):
            return cell.value
        parts = self.parts(cell)
        if cell.role in SEVERAL:
            first, *others = parts
            return f"{first} ({numbers.pair(*others) if len(others) > 1 else others[0]})"
        if isinstance(cell.value, tuple):
            return self.words("list.range", low=parts[0], high=parts[1])
        return parts[0]

    def parts(self, cell: Cell) -> tuple[str, ...]:
        """The text of each number of a cell that has a value: two of an interval."""
        if cell.role in SEVERAL:
            return SEVERAL[cell.role](cell)
        write = WRITERS.get(cell.role)
        if write is not None:
            return (write(cell, self.style),)
        values = cell.value if isinstance(cell.value, tuple) else (cell.value,)
        return tuple(self._number(cell, value) for value in values)

    def aria(self, cell: Cell) -> str:
        """Words for those who cannot see a blank or a dash."""
        return self.words(f"document.{cell.empty}") if cell.empty in ("absent", "undefined") else ""

    def _empty(self, empty: str) -> str:
        if empty == "reference":
            return self.words("common.reference")
        return "" if empty == "absent" else DASH

    def _number(self, cell: Cell, value: Scalar) -> str:
        number = _float(value)
        if cell.decimals is not None:
            return fixed(number, cell.decimals)
        if cell.role == "range":
            return fixed(number, 0)
        if cell.role in RATIOS:
            return fixed(number, self.ratio)
        if cell.role in SHARED and self.decimals is not None:
            return fixed(number, self.decimals)
        return numbers.significant(number, 4)


def row_text(cells: Sequence[Cell], words: Words, style: str = "default") -> RowText:
    """The writer of a row: decimals from its smallest standard error, ratios by their own rule."""
    shared = [cell for cell in cells if cell.role in SHARED and cell.error]
    ratios = [
        value for cell in cells if cell.role in RATIOS - {"ratio_se"} for value in _parts(cell)
    ]
    decimals = None
    if shared:
        values = [value for cell in shared for value in _parts(cell)]
        decimals = numbers.row_decimals([cell.error for cell in shared], values)
    return RowText(decimals, numbers.ratio_decimals([tuple(ratios)]), style, words)


def _float(value: Scalar) -> Number:
    return None if value is None or isinstance(value, str) else float(value)


def _parts(cell: Cell) -> tuple[Number, ...]:
    values = cell.value if isinstance(cell.value, tuple) else (cell.value,)
    return tuple(_float(value) for value in values)


def _with(decimals: int) -> Callable[[Cell, str], str]:
    return lambda cell, style: fixed(_parts(cell)[0], _own(cell, decimals))


def _share(cell: Cell, _style: str) -> str:
    return numbers.bounded(_parts(cell)[0], _own(cell, 3))


def _own(cell: Cell, otherwise: int) -> int:
    return otherwise if cell.decimals is None else cell.decimals


def _df(cell: Cell, _style: str) -> str:
    value = _parts(cell)[0]
    return fixed(value, 0 if value is not None and float(value).is_integer() else 1)


def _decimal(cell: Cell) -> tuple[str, ...]:
    return tuple(fixed(each, _own(cell, 1)) for each in _parts(cell))


def _count_percent(cell: Cell) -> tuple[str, ...]:
    count, share = _parts(cell)
    of = round(count / share) if count and share else None
    return numbers.count(count), numbers.percent(share, of)


def _percent_se(cell: Cell) -> tuple[str, ...]:
    share, error = _parts(cell)
    return numbers.percent(share), numbers.percent(error)


SEVERAL: Mapping[str, Callable[[Cell], tuple[str, ...]]] = {
    "mean_sd": _decimal,
    "median_iqr": _decimal,
    "count_percent": _count_percent,
    "percent_se": _percent_se,
}
"""Roles whose first number the others explain."""

WRITERS: Mapping[str, Callable[[Cell, str], str]] = {
    "text": lambda cell, style: str(cell.value),
    "label": lambda cell, style: str(cell.value),
    "count": lambda cell, style: numbers.count(_parts(cell)[0]),
    "percent": lambda cell, style: numbers.percent(_parts(cell)[0]),
    "p": lambda cell, style: numbers.p_value(_parts(cell)[0], style),
    "statistic": _with(2),
    "se_ratio": _with(2),
    "smd": lambda cell, style: numbers.bounded(_parts(cell)[0], _own(cell, 2)),
    "correlation": _with(2),
    "icc": _share,
    "r2": _share,
    "likelihood": _with(1),
    "criterion": _with(1),
    "df": _df,
}
