"""`@dataclass`, whose methods are written when a class is first used.

The standard library writes and compiles six functions for every frozen dataclass where it is
defined: half a millisecond each, which was half of the time of `reportgen validate`, although one
run uses few of our classes. Here a class gets its fields and its `__init__` when somebody makes an
instance or asks for the fields, and the other methods are the same few functions for all. To a
reader, a type checker and a subclass elsewhere it is `dataclasses.dataclass`.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, kw_only=False):
        """As in the standard library, with the options that we use."""
        if cls is None:
            return lambda given: _deferred(given, frozen, kw_only)
        return _deferred(cls, frozen, kw_only)


_MAKING = RLock()
_FIELDS, _PARAMS, _MATCH = "__dataclass_fields__", "__dataclass_params__", "__match_args__"
_APART = ("ClassVar", "InitVar", "KW_ONLY")
"""What an annotation names that is not the type of a field."""
_GIVEN = object()
"""The default of an argument whose field makes its value anew for each instance."""


def _deferred(cls: type, frozen: bool, kw_only: bool) -> type:
    """The class with the shared methods, and with stand-ins for the rest until it is used."""
    shared: dict[str, Any] = {
        "__eq__": _equal,
        "__repr__": _shown,
        "__hash__": _hash if frozen else None,
    }
    if frozen:
        shared |= {"__setattr__": _keep, "__delattr__": _keep}
    for name, method in shared.items():
        if name not in vars(cls):
            setattr(cls, name, method)

    def make() -> None:
        with _MAKING:
            if isinstance(vars(cls)[_FIELDS], _Fact):
                _make(cls, frozen, kw_only)

    cls.__init__ = _first(cls, make, frozen)  # type: ignore[misc]
    for name in (_MATCH, _PARAMS, _FIELDS):
        setattr(cls, name, _Fact(name, make))
    return cls


def _make(cls: Any, frozen: bool, kw_only: bool) -> None:
    """Put what makes a dataclass of the class in the places of the stand-ins, each at once, so that
    no other thread finds neither. Many classes are only asked for their fields: the stand-in of
    `__init__` stays until there is an instance.
    """
    own = cls.__annotations__
    twin: Any = _read(cls, kw_only)
    for name in own:
        if name in vars(twin):
            setattr(cls, name, vars(twin)[name])
        elif name in vars(cls):
            delattr(cls, name)
    fields: dict[str, Any] = {}
    for base in cls.__mro__[:0:-1]:
        if _FIELDS in vars(base):
            fields |= getattr(base, _FIELDS)
    fields |= {each.name: each for each in dataclasses.fields(twin)}
    setattr(cls, _MATCH, _by_place(fields))
    setattr(cls, _PARAMS, getattr(_model(frozen), _PARAMS))
    setattr(cls, _FIELDS, fields)


def _by_place(fields: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields.values() if each.init and not each.kw_only)


def _read(cls: type, kw_only: bool) -> type:
    """A class without methods, of whose own fields the standard library has made what they are."""
    own = cls.__annotations__
    space = {name: vars(cls)[name] for name in (*own, "__module__") if name in vars(cls)}
    # With a text of its own, or Python would make one up out of the arguments.
    # A text is searched for what is no field; where none of its words is one, that is known.
    told = {name: text if _is_apart(text) else Any for name, text in own.items()}
    twin: Any = type(cls.__name__, (), {**space, "__annotations__": told, "__doc__": "Fields."})
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(twin)
    for each in dataclasses.fields(made):
        each.type = own[each.name]
    return made


def _is_apart(annotation: object) -> bool:
    return not isinstance(annotation, str) or any(word in annotation for word in _APART)


@cache
def _model(frozen: bool) -> type:
    """A dataclass of the standard library, for what subclasses elsewhere ask of their bases."""
    return dataclasses.dataclass(frozen=frozen)(type("Model", (), {"__doc__": "A model."}))


def _init(cls: Any, fields: Mapping[str, Any], frozen: bool) -> Callable[..., None]:
    """`__init__` as the standard library writes it: arguments in order, those by name last."""
    space: dict[str, Any] = {"_set": object.__setattr__, "_GIVEN": _GIVEN}
    by_place, by_name, body = ["self"], list[str](), list[str]()
    for name, each in fields.items():
        value, argument = name, name
        if each.default is not dataclasses.MISSING:
            argument += f"=_default_{name}"
            space[f"_default_{name}"] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            argument += "=_GIVEN"
            made = f"_factory_{name}()"
            value = f"{made} if {name} is _GIVEN else {name}" if each.init else made
            space[f"_factory_{name}"] = each.default_factory
        if each.init:
            (by_name if each.kw_only else by_place).append(argument)
        if each.init or each.default_factory is not dataclasses.MISSING:
            body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    head = ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
    exec("\n ".join([f"def __init__({head}):", *(body or ["pass"])]), space)
    init = space["__init__"]
    init.__qualname__, init.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return init  # type: ignore[no-any-return]


def _first(cls: Any, make: Callable[[], None], frozen: bool) -> Callable[..., None]:
    """The stand-in of `__init__`, in whose place the first instance puts the real one."""

    def init(self: object, *args: object, **kwargs: object) -> None:
        make()
        with _MAKING:
            if vars(cls)["__init__"] is init:
                cls.__init__ = _init(cls, getattr(cls, _FIELDS), frozen)
        cls.__init__(self, *args, **kwargs)

    return init


class _Fact:
    """An attribute of the class that is there once the class has been made."""

    def __init__(self, name: str, make: Callable[[], None]) -> None:
        self._name, self._make = name, make

    def __get__(self, instance: object, owner: type) -> Any:
        self._make()
        return getattr(owner, self._name)


def _keep(self: Any, name: str, *value: object) -> None:
    """Refuse a change, as the standard library does; a plain subclass has attributes of its own."""
    cls = self.__class__
    if _FIELDS in vars(cls) or name in getattr(cls, _FIELDS):
        act = "assign to" if value else "delete"
        raise dataclasses.FrozenInstanceError(f"cannot {act} field {name!r}")
    (object.__setattr__ if value else object.__delattr__)(self, name, *value)


def _equal(self: Any, other: Any) -> Any:
    """Of one class, and equal in every field that is compared."""
    if other.__class__ is not self.__class__:
        return NotImplemented
    compared = _compared(self.__class__)
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(_compared(self.__class__)(self))


def _shown(self: Any) -> str:
    """`Name(field=value)`, as the standard library writes it."""
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self)
             if each.repr)  # fmt: skip
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


@cache
def _compared(cls: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of the fields that are compared."""
    names = [each.name for each in dataclasses.fields(cls) if each.compare]
    if len(names) > 1:
        return attrgetter(*names)  # the fastest, but of a single name it gives no tuple
    return lambda self: tuple(getattr(self, name) for name in names)
