"""The values in prose that only Jinja reads: its trees, made ours. Nothing is run by Jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reportgen.writers.texts.trees import Callee, Tree, constant, lookup

_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Neg": "-", "Pos": "+"}
_COMPARING = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=",
              "in": "in", "notin": "not in"}  # fmt: skip


def pieces(text: str) -> list[str | Tree]:
    """A text that the closed grammar allows, in pieces: what is shown as it is, and values.

    jinja2.TemplateSyntaxError where it cannot be read, TypeError for what is handed over starred.
    """
    from jinja2 import Environment, nodes

    outputs = (each for each in Environment().parse(text).body if isinstance(each, nodes.Output))
    return [
        node.data if isinstance(node, nodes.TemplateData) else _tree(node)
        for output in outputs
        for node in output.nodes
    ]


def _tree(node: Any) -> Tree:
    name = type(node).__name__
    return _WAYS[name](node) if name in _WAYS else _joined(node, name)


def _joined(node: Any, name: str) -> Tree:
    """What stands between two values."""
    parts = _trees((node.left, node.right))
    return (
        Tree("compute", _SIGNS[name], parts) if name in _SIGNS else Tree(name.lower(), None, parts)
    )


def _signed(node: Any) -> Tree:
    return Tree("sign", _SIGNS[type(node).__name__], (_tree(node.node),))


def _compared(node: Any) -> Tree:
    signs = tuple(_COMPARING[each.op] for each in node.ops)
    return Tree("compare", signs, _trees((node.expr, *(each.expr for each in node.ops))))


def _chosen(node: Any) -> Tree:
    other = _tree(node.expr2) if node.expr2 else constant("")
    return Tree("if", parts=(*_trees((node.test, node.expr1)), other))


def _trees(nodes: Sequence[Any]) -> tuple[Tree, ...]:
    return tuple(map(_tree, nodes))


def _called(kind: str, name: str, node: Any, first: Sequence[Any] = ()) -> Tree:
    if node.dyn_args or node.dyn_kwargs:
        raise TypeError(f"`{name}` takes what is handed to it one by one")
    named = tuple(each.key for each in node.kwargs)
    values = (*first, *node.args, *(each.value for each in node.kwargs))
    return Tree(kind, Callee(name, named), _trees(values))


_WAYS: Mapping[str, Callable[[Any], Tree]] = {
    "Const": lambda node: constant(node.value),
    "Name": lambda node: Tree("name", node.name),
    "Getattr": lambda node: lookup(_tree(node.node), node.attr),
    "Getitem": lambda node: Tree("lookup", parts=_trees((node.node, node.arg))),
    "Filter": lambda node: _called("filter", node.name, node, (node.node,)),
    "Call": lambda node: _called("call", node.node.name, node),
    "Not": lambda node: Tree("not", parts=(_tree(node.node),)),
    "Neg": _signed,
    "Pos": _signed,
    "Compare": _compared,
    "CondExpr": _chosen,
}
"""What is not here stands between two values."""
