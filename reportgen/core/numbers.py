"""The only place where a number becomes text: for tables, prose, plots, notes and every format.

Rounding is half away from zero of the decimal representation: 2.675 is written 2.68, because that
is the number a reader was shown before. A minus is U+2212. Nothing is ever "nan", "−0.00" or
"0.000". Decimal point, thousands and the style of probabilities are those of the report that is
being written (`conventions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite, log10

from reportgen.core.dataclass import dataclass

MINUS = "\u2212"
DASH = "\u2014"
MOST_DECIMALS = 4
ALPHA = 0.05
NO_ZERO = frozenset({"apa", "ama"})


@dataclass(frozen=True)
class Conventions:
    """How a report writes its numbers: decimal point, thousands, and the style of p.

    `p` is default, apa, ama, lancet or nejm. `thousands_from` is the least number of digits whose
    thousands are separated; `percent` stands after a share, `level` after a level of confidence;
    `pair` joins two numbers. `lowered` is whether a label in the middle of a sentence begins small,
    which German nouns never do.
    """

    point: str = "."
    thousands: str = ","
    p: str = "default"
    thousands_from: int = 4
    percent: str = "%"
    level: str = "%"
    pair: str = "{first}, {second}"
    lowered: bool = True


ENGLISH = Conventions()
_CURRENT: ContextVar[Conventions] = ContextVar("conventions", default=ENGLISH)


def current() -> Conventions:
    """The conventions of the report that is being written."""
    return _CURRENT.get()


@contextmanager
def conventions(chosen: Conventions) -> Iterator[None]:
    """Within: every number is written by the conventions `chosen`."""
    token = _CURRENT.set(chosen)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def fixed(value: float | None, decimals: int) -> str:
    """`value` with that many decimals, thousands separated; a dash where there is no number.

    A number that would be written as zero though it is not gets as many decimals as it needs; zero
    itself has none, so that it is never taken for a small number.
    """
    if value is None or not isfinite(value):
        return DASH
    if value == 0:
        return "0"
    rounded = _rounded(value, decimals)
    if rounded == 0 and value != 0 and decimals:
        return significant(value, 1)
    return _signed(rounded, decimals)


def bounded(value: float | None, decimals: int) -> str:
    """`value` with that many decimals; what is too small for them as a bound: "<0.001".

    For shares and correlations, whose digits beyond say nothing.
    """
    if value is None or not isfinite(value):
        return DASH
    if value != 0 and _rounded(value, decimals) == 0:
        least = _signed(Decimal(1).scaleb(-decimals), decimals)
        return f"<{least}" if value > 0 else f">{MINUS}{least}"
    return fixed(value, decimals)


def significant(value: float | None, digits: int) -> str:
    """`value` with so many significant digits; powers of ten beyond six zeros."""
    if value is None or not isfinite(value):
        return DASH
    if value == 0:
        return "0"
    exponent = floor(log10(abs(value)))
    if not -6 <= exponent < 9:
        mantissa = _rounded(float(Decimal(repr(value)).scaleb(-exponent)), digits - 1)
        return f"{_signed(mantissa, digits - 1)}×10{_superscript(exponent)}"
    decimals = max(0, digits - 1 - exponent)
    return _signed(_rounded(value, decimals), decimals)


def given(value: float) -> str:
    """A number as somebody wrote it: 40, 0.25, 1,000; six decimals at most."""
    decimals = next((each for each in range(6) if round(value, each) == value), 6)
    return fixed(value, decimals)


def count(value: float | None) -> str:
    """A count with its thousands separated."""
    return fixed(value, 0)


def percent(share: float | None, n: int | None = None) -> str:
    """A share of 1 as a percentage: no decimals for fewer than 100 people, else one."""
    if share is None:
        return DASH
    decimals = 0 if n is not None and n < 100 else 1
    return f"{_signed(_rounded(100 * share, decimals), decimals)}{current().percent}"


def level(share: float) -> str:
    """A level of confidence or a quantile as a percentage: 95%, 99.9%."""
    return f"{given(float(f'{100 * share:.10g}'))}{current().level}"


def whole(value: int) -> str:
    """A whole number that is no count, a year or a code: nothing separates its digits."""
    return f"{MINUS if value < 0 else ''}{abs(value)}"


def pair(first: str, second: str) -> str:
    """Two numbers as text, side by side; where commas are decimal signs none stands between."""
    return current().pair.format(first=first, second=second)


def p_value(p: float | None, style: str | None = None) -> str:
    """A probability, exact: 2 decimals above 0.01, 3 below, "<0.001" and ">0.99" at the ends.

    Another decimal is shown where rounding would put it on the other side of 0.05. The styles
    `apa` and `ama` leave out the leading zero; `lancet` gives two significant figures, at most
    four decimals and "<0.0001" at the floor. Without a style, that of the report.
    """
    if p is None or not isfinite(p):
        return DASH
    style = style or current().p
    text = _p_text(p, least=4 if style == "lancet" else 3)
    return text.replace(f"0{current().point}", current().point, 1) if style in NO_ZERO else text


def _p_text(p: float, least: int) -> str:
    floor_ = Decimal(1).scaleb(-least)
    if p < float(floor_):
        return f"<{_signed(floor_, least)}"
    if p > 0.99:
        return f">{_signed(Decimal('0.99'), 2)}"
    decimals = 2 if p >= 0.01 else 3
    if least == 4:
        decimals = min(4, max(2, 1 - floor(log10(p))))
    while _crosses(p, decimals, ALPHA):
        decimals += 1
    return _signed(_rounded(p, decimals), decimals)


def decimals_for(*errors: float | None) -> int:
    """Decimals of a row: two significant digits of its smallest standard error, four at most."""
    known = [error for error in errors if error and isfinite(error) and error > 0]
    if not known:
        return 2
    decimals = 1 - floor(log10(min(known)))
    if _rounded(min(known), max(0, decimals)) >= Decimal(10) ** (2 - decimals):
        decimals -= 1  # 0.0996 rounds to 0.10: two digits are there already
    return min(max(decimals, 0), MOST_DECIMALS)


def row_decimals(errors: Iterable[float | None], values: Iterable[float | None]) -> int:
    """Decimals of a row of estimates and limits: those of its errors, and more where a value that
    is not zero would be written as if it were; four at most.
    """
    fewest = decimals_for(*errors)
    known = [value for value in values if value and isfinite(value)]
    for decimals in range(fewest, MOST_DECIMALS + 1):
        if not any(_rounded(value, decimals) == 0 for value in known):
            return decimals
    return fewest


def ratio_decimals(rows: Iterable[tuple[float | None, ...]], null: float = 1.0) -> int:
    """The decimals of a row of ratios, each (estimate, low, high): two from 0.1 to 10, more below.

    A limit that is not the null must not look as if it were: decimals are added until it does not.
    """
    values = [value for row in rows for value in row if value is not None and isfinite(value)]
    decimals = 2
    for value in values:
        if 0 < abs(value) < 0.1:
            decimals = max(decimals, min(MOST_DECIMALS, 1 - floor(log10(abs(value)))))
    while decimals < 6 and any(_crosses(value, decimals, null) for value in values):
        decimals += 1
    return decimals


def _crosses(value: float, decimals: int, line: float) -> bool:
    """Whether rounding moves a value onto a line, or over it."""
    rounded = float(_rounded(value, decimals))
    return value != line and (rounded - line) * (value - line) <= 0


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _signed(rounded: Decimal, decimals: int) -> str:
    signs = current()
    text = f"{abs(rounded):,.{decimals}f}"
    if len(text.split(".", maxsplit=1)[0].replace(",", "")) < signs.thousands_from:
        text = text.replace(",", "")
    if (signs.point, signs.thousands) != (".", ","):
        text = text.translate({ord("."): signs.point, ord(","): signs.thousands})
    return f"{MINUS}{text}" if rounded < 0 else text


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
