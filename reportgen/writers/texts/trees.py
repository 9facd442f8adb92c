"""What stands between the braces of prose, as a tree; and what it is worth. Light.

The values of a tree are plain data: numbers, texts, and mappings of them by name. A dot and a
bracket look a name up, arithmetic takes numbers, and only what `Scope` lists is called.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.writers.texts.filters import Missing


@dataclass(frozen=True)
class Tree:
    """A value: of what kind, what it is about, and the values that it is made of.

    constant  its value                      filter    the Callee; what is filtered, arguments
    name      what it names                  call      the Callee; its arguments
    lookup    (what within, which name)      compute   the sign between its two parts
    sign      the sign before its one part   compare   the signs between its parts
    and, or   between two parts              not, if   before one; (test, this, that)
    """

    kind: str
    about: Any = None
    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Callee:
    """What is called, and the names of its last arguments."""

    name: str
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a tree may name, and what it may call."""

    names: Mapping[str, Any]
    calls: Mapping[str, Callable[..., Any]]
    filters: Mapping[str, Callable[..., Any]]


COMPUTING: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
COMPARING: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
    "in": lambda one, many: one in many, "not in": lambda one, many: one not in many,
}  # fmt: skip


class NoValueError(Exception):
    """There is nothing of a name."""


def constant(value: Any) -> Tree:
    """A value as it was written."""
    return Tree("constant", value)


def lookup(within: Tree, name: Any) -> Tree:
    """What has a name within another value."""
    return Tree("lookup", parts=(within, constant(name)))


def value(tree: Tree, scope: Scope) -> Any:
    """What a tree is worth. NoValueError for a name that there is not; TypeError, ValueError,
    ArithmeticError and LookupError for what cannot be computed.
    """
    return _WAYS[tree.kind](tree, scope)


def _name(tree: Tree, scope: Scope) -> Any:
    return _found(scope.names, tree.about)


def _lookup(tree: Tree, scope: Scope) -> Any:
    within, name = (value(part, scope) for part in tree.parts)
    return within if isinstance(within, Missing) else _found(within, name)


def _found(within: Any, name: Any) -> Any:
    for key in (name, str(name)):
        if isinstance(within, Mapping) and key in within:
            return within[key]
    raise NoValueError(f"there is no `{name}`")


def _filter(tree: Tree, scope: Scope) -> Any:
    return _called(scope.filters[tree.about.name], tree, scope)


def _call(tree: Tree, scope: Scope) -> Any:
    return _called(scope.calls[tree.about.name], tree, scope)


def _called(function: Callable[..., Any], tree: Tree, scope: Scope) -> Any:
    found = [value(part, scope) for part in tree.parts]
    first = len(found) - len(tree.about.named)
    return function(*found[:first], **dict(zip(tree.about.named, found[first:], strict=True)))


def _compute(tree: Tree, scope: Scope) -> Any:
    left, right = (value(part, scope) for part in tree.parts)
    for side in (left, right):
        if isinstance(side, Missing):
            return side
    for side in (left, right):
        if isinstance(side, bool) or not isinstance(side, (int, float)):
            raise TypeError(f"`{tree.about}` joins numbers only")
    return COMPUTING[tree.about](left, right)


def _sign(tree: Tree, scope: Scope) -> Any:
    found = value(tree.parts[0], scope)
    return -found if tree.about == "-" else +found


def _compare(tree: Tree, scope: Scope) -> Any:
    """As in `a < b < c`: every sign holds; what comes after one that does not is not looked at."""
    left, found = value(tree.parts[0], scope), True
    for sign, part in zip(tree.about, tree.parts[1:], strict=True):
        right = value(part, scope)
        found = COMPARING[sign](left, right)
        if not found:
            break
        left = right
    return found


def _and(tree: Tree, scope: Scope) -> Any:
    return value(tree.parts[0], scope) and value(tree.parts[1], scope)


def _or(tree: Tree, scope: Scope) -> Any:
    return value(tree.parts[0], scope) or value(tree.parts[1], scope)


def _if(tree: Tree, scope: Scope) -> Any:
    test, this, that = tree.parts
    return value(this if value(test, scope) else that, scope)


_WAYS: Mapping[str, Callable[[Tree, Scope], Any]] = {
    "constant": lambda tree, scope: tree.about, "name": _name, "lookup": _lookup,
    "filter": _filter, "call": _call, "compute": _compute, "sign": _sign, "compare": _compare,
    "and": _and, "or": _or, "not": lambda tree, scope: not value(tree.parts[0], scope), "if": _if,
}  # fmt: skip
