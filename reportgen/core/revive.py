"""Plain data back to the nouns it was made of, by their annotations: the inverse of `plain`."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Noun = TypeVar("Noun")


def revive(kind: type[Noun], data: Any) -> Noun:
    """An instance of the dataclass `kind` from what `plain` made of one.

    ValueError where `data` are not of its shape: nothing is guessed, nothing left out.
    """
    made: Noun = _value(kind, data)
    return made


def _value(hint: Any, data: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return data
    if is_dataclass(hint):
        return _noun(hint, data)
    return _composed(origin, inner, data) if origin else _scalar(hint, data)


def _composed(origin: Any, inner: Sequence[Any], data: Any) -> Any:
    if origin in (Union, types.UnionType):
        return _union(inner, data)
    if origin is Literal:
        return _checked(data in inner, data)
    if origin is tuple:
        return _tuple(inner, data)
    _checked(isinstance(data, Mapping), data)
    return {key: _value(inner[1], each) for key, each in data.items()}


def _noun(kind: Any, data: Any) -> Any:
    hints = _hints(kind)
    _checked(isinstance(data, Mapping) and set(data) == set(hints), data)
    return kind(**{name: _value(hint, data[name]) for name, hint in hints.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _union(inner: Sequence[Any], data: Any) -> Any:
    """The first member that fits: scalars before the rest, since they cannot be mistaken."""
    if data is None and type(None) in inner:
        return None
    for each in inner:
        if each is not type(None):
            try:
                return _value(each, data)
            except ValueError:
                continue
    return _checked(False, data)


def _tuple(inner: Sequence[Any], data: Any) -> tuple[Any, ...]:
    _checked(isinstance(data, list), data)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_value(inner[0], each) for each in data)
    _checked(len(inner) == len(data), data)
    return tuple(_value(hint, each) for hint, each in zip(inner, data, strict=True))


def _scalar(kind: Any, data: Any) -> Any:
    """Exactly the type that was written: an integer is no float, a truth value no integer."""
    return _checked(type(data) is kind or (kind is float and type(data) is int), data)


def _checked(fits: bool, data: Any) -> Any:
    if not fits:
        raise ValueError(f"{type(data).__name__} is not what was to be read")
    return data
