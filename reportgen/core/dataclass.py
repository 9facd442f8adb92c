"""`@dataclass`, whose methods are written when a class is first used.

The standard library writes and compiles six functions for every frozen dataclass where it is
defined: half a millisecond each, which was half of the time of `reportgen validate`, although one
run uses few of our classes. Here a class becomes a dataclass of the standard library when somebody
makes an instance or asks for its fields, and `==`, `hash` and `repr` are the same three functions
for all. To a reader, a type checker and a subclass elsewhere it is `dataclasses.dataclass`.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock
from collections.abc import Callable
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
_FACTS = ("__match_args__", "__dataclass_params__", "__dataclass_fields__")


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
            if isinstance(vars(cls)[_FACTS[-1]], _Fact):
                _make(cls, frozen, kw_only)

    cls.__init__ = _first(cls, make)  # type: ignore[misc]
    for name in _FACTS:
        setattr(cls, name, _Fact(name, make))
    return cls


def _make(cls: type, frozen: bool, kw_only: bool) -> None:
    """Put what the standard library makes of the class in the places of the stand-ins.

    It makes it of a twin, so that at no time another thread finds neither.
    """
    own = cls.__annotations__
    kept = (*own, "__module__", "__qualname__", "__doc__", "__orig_bases__", "__post_init__")
    space = {name: value for name, value in vars(cls).items() if name in kept}
    twin = type(cls.__name__, cls.__bases__, {**space, "__annotations__": own})
    dataclasses.dataclass(frozen=frozen, kw_only=kw_only, eq=False, repr=False)(twin)
    made = vars(twin)
    for name in own:
        if name in made:
            setattr(cls, name, made[name])
        elif name in vars(cls):
            delattr(cls, name)
    for name in ("__init__", *_FACTS):
        setattr(cls, name, made[name])


def _first(cls: type, make: Callable[[], None]) -> Callable[..., None]:
    def init(self: object, *args: object, **kwargs: object) -> None:
        make()
        cls.__init__(self, *args, **kwargs)  # type: ignore[misc]

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
    if _FACTS[-1] in vars(cls) or name in cls.__dataclass_fields__:
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
