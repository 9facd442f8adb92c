"""Plain data back to the nouns it was made of, by their annotations: the inverse of `plain`."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Noun = TypeVar("Noun")
Reader = Callable[[Any], Any]


def revive(kind: type[Noun], data: Any) -> Noun:
    """An instance of the dataclass `kind` from what `plain` made of one.

    ValueError where `data` are not of its shape: nothing is guessed, nothing left out.
    """
    hint: Any = kind
    made: Noun = _reader(hint)(data)
    return made


@cache
def _reader(hint: Any) -> Reader:
    """What reads the values of an annotation: it is looked at once, and its values are many."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda data: data
    if is_dataclass(hint):
        return _noun(hint)
    if origin in (Union, types.UnionType):
        return _union(inner)
    if origin is Literal:
        return lambda data: _checked(data in inner, data)
    if origin is tuple:
        return _tuple(inner)
    return _mapping(inner[1]) if origin else _scalar(hint)


def _noun(kind: Any) -> Reader:
    def read(data: Any) -> Any:
        readers = _readers(kind)
        _checked(isinstance(data, Mapping) and data.keys() == readers.keys(), data)
        return kind(**{name: reader(data[name]) for name, reader in readers.items()})

    return read


@cache
def _readers(kind: type) -> Mapping[str, Reader]:
    hints = get_type_hints(kind)
    return {each.name: _reader(hints[each.name]) for each in fields(kind)}


def _union(inner: Sequence[Any]) -> Reader:
    """The first member that fits: scalars before the rest, since they cannot be mistaken."""
    readers = [_reader(each) for each in inner if each is not type(None)]
    optional = type(None) in inner

    def read(data: Any) -> Any:
        if data is None and optional:
            return None
        for reader in readers:
            try:
                return reader(data)
            except ValueError:
                continue
        return _checked(False, data)

    return read


def _mapping(hint: Any) -> Reader:
    reader = _reader(hint)

    def read(data: Any) -> Any:
        _checked(isinstance(data, Mapping), data)
        return {key: reader(each) for key, each in data.items()}

    return read


def _tuple(inner: Sequence[Any]) -> Reader:
    readers = [_reader(each) for each in inner if each is not Ellipsis]
    many = inner[-1] is Ellipsis

    def read(data: Any) -> tuple[Any, ...]:
        _checked(isinstance(data, list), data)
        if many:
            return tuple(map(readers[0], data))
        _checked(len(readers) == len(data), data)
        return tuple(reader(each) for reader, each in zip(readers, data, strict=True))

    return read


def _scalar(kind: Any) -> Reader:
    """Exactly the type that was written: an integer is no float, a truth value no integer."""
    kinds = {kind, int} if kind is float else {kind}
    return lambda data: _checked(data.__class__ in kinds, data)


def _checked(fits: bool, data: Any) -> Any:
    if not fits:
        raise ValueError(f"{type(data).__name__} is not what was to be read")
    return data
