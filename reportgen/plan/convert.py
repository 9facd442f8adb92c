"""From plain data to the Options of a kind, by their annotations; every mismatch is a Problem."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import MISSING
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from reportgen.core.errors import Path
from reportgen.core.options import Mark, hints_of, spelled
from reportgen.core.types import level_text
from reportgen.plan.problems import Problems, closest

WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "`true` or `false`"}
ROLES = {
    "column": "the name of a column",
    "formula": "a formula",
    "effects": "the right-hand side of a formula",
    "expression": "an expression",
    "model": "the name of a model",
    "dataset": "the name of a dataset",
}
TEXT_ONLY = frozenset({"formula", "effects", "expression", "prose"})

FAILED = object()
"""What a conversion gives when it told a problem."""


def options(
    kind: type,
    given: Mapping[str, Any],
    path: Path,
    problems: Problems,
    of: str,
    *,
    refused: Iterable[str] = (),
) -> Any:
    """An instance of an Options class, or None if something is wrong. Messages call it `of`.

    `refused` are keys that stood there too and were told of already.
    """
    hints = hints_of(kind)
    fields = {spelled(field.name): field for field in dataclasses.fields(kind)}
    before = len(problems)
    for key in given:
        if key not in fields:
            problems.unknown(
                "unknown-key", f"{of} has no key `{key}`", key, fields, (*path, key), key=True
            )
    # A mistyped key is one mistake: the key that was meant is not told of as missing, too.
    meant = {closest(key, fields) for key in (*refused, *given) if key not in fields}
    values: dict[str, Any] = {}
    for key, field in fields.items():
        if key in given:
            values[field.name] = convert(given[key], hints[field.name], (*path, key), problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            if key in meant:
                return None
            message = f"{of} needs the key `{key}`"
            problems.add("missing-key", message, path, help=_help(field), key=True)
    return kind(**values) if len(problems) == before else None


def convert(value: Any, hint: Any, path: Path, problems: Problems) -> Any:
    """`value` as an annotation wants it; FAILED, with a problem told, if it does not fit."""
    mark, hint = _unmarked(hint)
    origin = get_origin(hint)
    if hint is Any:
        return value
    if origin in (Union, UnionType, Literal, tuple, dict):
        return _composed(value, hint, path, problems)
    if dataclasses.is_dataclass(hint):
        if isinstance(value, Mapping):
            of = f"`{_last(path)}`"
            return options(hint, value, path, problems, of) or FAILED  # type: ignore[arg-type]
        return _wrong(value, hint, path, problems)
    return _plain(value, hint, mark, path, problems)


def _composed(value: Any, hint: Any, path: Path, problems: Problems) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(value, inner, path, problems)
    if origin is tuple:
        return _tuple(value, inner[0], path, problems)
    if origin is dict:
        return _dict(value, inner[1], path, problems)
    return _union(value, hint, path, problems)


def _plain(value: Any, hint: Any, mark: Mark | None, path: Path, problems: Problems) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint in (str, bool, type(None)) and isinstance(value, hint):
        return value
    if hint is str and number and not (mark and mark.role in TEXT_ONLY):
        return level_text(value)
    if hint is float and number:
        return float(value)
    if hint is int and number and float(value).is_integer():
        return int(value)
    return _wrong(value, Annotated[hint, mark] if mark else hint, path, problems)


def _union(value: Any, hint: Any, path: Path, problems: Problems) -> Any:
    members = [_unmarked(each)[1] for each in get_args(hint)]
    exact = [each for each in get_args(hint) if _unmarked(each)[1] is type(value)]
    for each in (*exact, *get_args(hint)):
        trial = Problems(problems.source)
        made = convert(value, each, path, trial)
        if not len(trial):
            return made
    wanted = [each for each in members if each is not type(None)]
    if len(wanted) == 1:
        return convert(value, next(iter(get_args(hint))), path, problems)
    if isinstance(value, list) and any(get_origin(each) is tuple for each in wanted):
        inner = next(each for each in wanted if get_origin(each) is tuple)
        return convert(value, inner, path, problems)
    return _wrong(value, hint, path, problems)


def _literal(value: Any, allowed: tuple[Any, ...], path: Path, problems: Problems) -> Any:
    if any(value == each and type(value) is type(each) for each in allowed):
        return value
    names = [str(each) for each in allowed]
    message = f"`{_last(path)}` cannot be {_shown(value).removeprefix('the text ')}"
    problems.unknown(
        "bad-value", message, str(value), names, path, help=f"it is one of: {', '.join(names)}"
    )
    return FAILED


def _tuple(value: Any, inner: Any, path: Path, problems: Problems) -> Any:
    if isinstance(value, list):
        return tuple(
            convert(each, inner, (*path, number), problems) for number, each in enumerate(value)
        )
    if value is None or (isinstance(value, Mapping) and not dataclasses.is_dataclass(inner)):
        return _wrong(value, tuple[inner, ...], path, problems)
    return (convert(value, inner, path, problems),)


def _dict(value: Any, inner: Any, path: Path, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return _wrong(value, dict[str, inner], path, problems)
    return {key: convert(each, inner, (*path, key), problems) for key, each in value.items()}


def _wrong(value: Any, hint: Any, path: Path, problems: Problems) -> Any:
    message = f"`{_last(path)}` must be {_described(hint)}, not {_shown(value)}"
    problems.add("wrong-type", message, path)
    return FAILED


def _unmarked(hint: Any) -> tuple[Mark | None, Any]:
    if get_origin(hint) is Annotated:
        base, *extras = get_args(hint)
        return next((each for each in extras if isinstance(each, Mark)), None), base
    return None, hint


def _described(hint: Any) -> str:
    mark, hint = _unmarked(hint)
    if mark and mark.role in ROLES:
        return ROLES[mark.role]
    origin = get_origin(hint)
    if origin is tuple:
        return "a list"
    if origin is dict or dataclasses.is_dataclass(hint):
        return "a mapping"
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in get_args(hint))
    if origin in (Union, UnionType):
        parts = [_described(each) for each in get_args(hint) if each is not type(None)]
        return " or ".join(dict.fromkeys(parts))
    return WORDS.get(hint, "something else")


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    kind = "the text" if isinstance(value, str) else "the number"
    text = str(value)
    return f"{kind} `{text if len(text) <= 40 else text[:39] + '…'}`"


def _last(path: Path) -> str:
    return str(next((part for part in reversed(path) if isinstance(part, str)), "it"))


def _help(field: Any) -> str:
    doc: str = field.metadata.get("doc", "")
    return doc[:1].lower() + doc[1:].rstrip(".") if doc else ""
