"""The keys of a kind in the words of a spec's author: what each takes, and what it is by default.

Read by `reportgen kinds` and by the page of reference that is made from the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from reportgen.core.dataclass import dataclass
from reportgen.core.options import spelled

WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    Any: "anything",
}


@dataclass(frozen=True)
class Key:
    """A key: its name, what may be written, the default as it would be written, its meaning."""

    key: str
    needed: bool
    takes: str
    default: str
    doc: str


def keys(options: Any) -> Sequence[Key]:
    """The keys of an Options class, in its order."""
    hints = get_type_hints(options, include_extras=True)
    return [
        Key(
            key=spelled(field.name),
            needed=field.default is MISSING and field.default_factory is MISSING,
            takes=written(hints[field.name]),
            default=_default(field),
            doc=field.metadata["doc"],
        )
        for field in fields(options)
    ]


def written(hint: Any) -> str:
    """An annotation in the words of a spec's author."""
    marks = getattr(hint, "__metadata__", ())
    if marks:
        return str(marks[0].role)
    if get_args(hint):
        return _composed(hint)
    if is_dataclass(hint):
        return "mapping"
    return WORDS.get(hint, getattr(hint, "__name__", str(hint)))


def _composed(hint: Any) -> str:
    origin, inner = get_origin(hint), [each for each in get_args(hint) if each is not Ellipsis]
    if origin is tuple:
        return f"{written(inner[0])}, or a list"
    if origin is dict:
        return f"mapping to {written(inner[1])}"
    if origin is Literal:
        return _either([f"`{_yaml(each)}`" for each in inner])
    kinds = [written(each) for each in inner if each is not type(None)]
    return _either(list(dict.fromkeys(kinds)))


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _default(field: Field[Any]) -> str:
    """The default as it would be written in YAML; empty where there is none to write."""
    if field.default is MISSING and field.default_factory is MISSING:
        return ""
    value = field.default if field.default_factory is MISSING else field.default_factory()
    if value in (None, (), {}, "") or is_dataclass(value):
        return ""
    return f"[{', '.join(map(_yaml, value))}]" if isinstance(value, tuple) else _yaml(value)


def _yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
