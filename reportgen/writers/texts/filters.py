"""Filters of prose: numbers into text by the one module that does so. Light."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from reportgen.core import numbers
from reportgen.core.words import Words

LEVEL = 0.95


class Printed(str):
    """Text that was made here, and is printed as it is."""

    __slots__ = ()


class Missing:
    """The value of a model that failed: whatever is asked of it, it is not available."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return False

    def _itself(self, _other: object) -> Missing:
        return self

    __lt__ = __le__ = __gt__ = __ge__ = _itself


def shown(value: Any) -> Any:
    """A value as prose shows it when no filter says how: numbers to four significant digits."""
    if value is None:
        raise ValueError("this value is not defined for the model")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return Printed(numbers.whole(value))
    if isinstance(value, float):
        return Printed(numbers.significant(value, 4))
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError("this names several values; name one of them")
    return value


def _of_number(write: Callable[..., str]) -> Callable[..., Any]:
    """A filter of one number; what is missing stays missing."""

    def filter_(value: Any, *arguments: Any) -> Any:
        if isinstance(value, Missing):
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("a number is needed here")
        return Printed(write(value, *arguments))

    return filter_


num = _of_number(lambda value, decimals=2: numbers.fixed(value, int(decimals)))
count = _of_number(numbers.count)
pct = _of_number(lambda share, n=None: numbers.percent(share, n))
p = _of_number(lambda value, style=None: numbers.p_value(value, style))


def absolute(value: Any) -> Any:
    """The size of a number."""
    return value if isinstance(value, Missing) else abs(value)


def exponential(value: Any) -> Any:
    """A coefficient on the scale of ratios: of a number, or of an estimate and its limits."""
    if isinstance(value, Missing):
        return value
    if isinstance(value, Mapping):
        ratio = {key: math.exp(value[key]) for key in ("estimate", "low", "high")}
        return {**value, **ratio, "se": None}
    return math.exp(value)


def est(words: Words, coef: Any) -> Any:
    """A coefficient with its interval: `0.47, 95% CI 0.44 to 0.51`."""
    if isinstance(coef, Missing):
        return coef
    decimals = _decimals(coef)
    estimate = numbers.fixed(coef["estimate"], decimals)
    return Printed(words("prose.estimate", estimate=estimate, interval=ci(words, coef)))


def ci(words: Words, coef: Any) -> Any:
    """Its interval alone: `95% CI 0.44 to 0.51`."""
    if isinstance(coef, Missing):
        return coef
    low, high = (numbers.fixed(coef[end], _decimals(coef)) for end in ("low", "high"))
    limits = words("list.range", low=low, high=high)
    level = numbers.level(coef.get("confidence", LEVEL))
    return Printed(words("prose.interval", level=level, limits=limits))


def _decimals(coef: Mapping[str, Any]) -> int:
    if not isinstance(coef, Mapping) or "estimate" not in coef:
        raise TypeError("this filter takes a coefficient, such as `models.x.coef.age`")
    if coef.get("se") is None:
        return numbers.ratio_decimals([(coef["estimate"], coef.get("low"), coef.get("high"))])
    values = (coef["estimate"], coef.get("low"), coef.get("high"))
    return numbers.row_decimals([coef["se"]], values)


def compare(words: Words, first: Any, second: Any) -> Any:
    """How many times as large one number is as another: `1.4 times as large`."""
    missing = _missing(first, second)
    if missing is not None:
        return missing
    if first < 0 or second <= 0:
        raise ValueError("`compare` is for numbers above 0")
    return Printed(words("comparing.times", ratio=numbers.significant(first / second, 2)))


def direction(words: Words, ways: tuple[str, str, str], first: Any, second: Any) -> Any:
    """Which of two numbers is the larger, as prose shows them: `larger`, `smaller`, `as large`.

    `ways` are the names of the three words.
    """
    missing = _missing(first, second)
    if missing is not None:
        return missing
    if shown(float(first)) == shown(float(second)):
        return Printed(words(f"comparing.{ways[2]}"))
    return Printed(words(f"comparing.{ways[0] if first > second else ways[1]}"))


def _missing(*values: Any) -> Missing | None:
    for value in values:
        if isinstance(value, Missing):
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("a number is needed here")
    return None


def least(values: Any, key: str = "") -> Any:
    """The smallest of a list of models' values: `models.icc_noise | min("icc")`."""
    return _extreme(min, values, key)


def greatest(values: Any, key: str = "") -> Any:
    """The largest of a list of models' values."""
    return _extreme(max, values, key)


def _extreme(choose: Callable[[Iterable[float]], float], values: Any, key: str) -> Any:
    members = list(values.values()) if isinstance(values, Mapping) else [values]
    for part in key.split(".") if key else ():
        members = [each if isinstance(each, Missing) else each[part] for each in members]
    missing = next((each for each in members if isinstance(each, Missing)), None)
    known = [each for each in members if each is not None]
    if missing is not None:
        return missing
    if not known:
        raise ValueError(f"no member has a value of `{key}`")
    return choose(known)


def filters(words: Words) -> Mapping[str, Callable[..., Any]]:
    """All filters by their names."""
    return {
        "num": num, "count": count, "pct": pct, "p": p, "est": partial(est, words),
        "ci": partial(ci, words), "min": least, "max": greatest, "abs": absolute, "length": len,
        "exp": exponential,
    }  # fmt: skip


def calls(words: Words) -> Mapping[str, Callable[..., Any]]:
    """What compares two numbers, by name."""
    return {
        "compare": partial(compare, words),
        "larger": partial(direction, words, ("larger", "smaller", "as_large")),
        "higher": partial(direction, words, ("higher", "lower", "as_high")),
    }
