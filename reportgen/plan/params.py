"""Parameters: `$name` in a text stands for a value that the command line may replace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reportgen.core.errors import Path, Problem, UsageError
from reportgen.core.types import Scalar
from reportgen.plan.problems import Problems, nearest
from reportgen.plan.scalars import AmbiguousError, scalar

REFERENCE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")

LONGEST, MOST_FILLED = 1_000, 20_000
"""Characters that a parameter of text may have, and a text in which parameters stand."""

PROSE = frozenset({"text", "claim", "that", "abstract"})
"""Keys whose text says `{{ params.name }}` instead."""


def values(
    given: Any, overrides: Mapping[str, str], problems: Problems, matrix: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    """Every parameter with its value: the default, or what `--set` says.

    The names of a matrix are parameters too; `matrix` has a value for each.
    """
    params = dict(given) if isinstance(given, Mapping) else {}
    for name in matrix:
        if name in params:
            message = f"`{name}` is a parameter already"
            help_ = "its values are those of the matrix: leave it out of `params`"
            problems.add("defined-twice", message, ("matrix", name), key=True, help=help_)
    params = {**matrix, **params}
    if given is not None and not isinstance(given, Mapping):
        problems.add("wrong-type", "`params` must be a mapping of names to values", ("params",))
    for name, value in params.items():
        if isinstance(value, (dict, list)):
            problems.add(
                "wrong-type", f"the parameter `{name}` must be one value", ("params", name)
            )
        if isinstance(value, str) and len(value) > LONGEST:
            message = f"the parameter `{name}` is longer than {LONGEST:,} characters"
            problems.add("param-limit", message, ("params", name))
            params[name] = ""
    unknown = [name for name in overrides if name not in params]
    if unknown:
        raise UsageError(_unknown(name, list(params)) for name in unknown)
    return {**params, **{name: _parsed(text) for name, text in overrides.items()}}


def substitute(
    data: Any, params: Mapping[str, Any], problems: Problems, path: Path = (), strict: bool = True
) -> Any:
    """`data` with every `$name` replaced. Unknown names are told where `strict`, else left."""
    if isinstance(data, dict):
        return {
            key: value
            if key in PROSE and (not path or path[0] == "report")
            else substitute(value, params, problems, (*path, key), strict)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [
            substitute(value, params, problems, (*path, number), strict)
            for number, value in enumerate(data)
        ]
    return _filled(data, params, problems, path, strict) if isinstance(data, str) else data


def _filled(
    text: str, params: Mapping[str, Any], problems: Problems, path: Path, strict: bool
) -> Any:
    whole = REFERENCE.fullmatch(text)
    if whole and (whole[1] or whole[2]) in params:
        return params[whole[1] or whole[2]]

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name in params:
            return str(params[name])
        if strict:
            help_ = f"parameters: {', '.join(params)}" if params else "the spec has no `params`"
            problems.take(
                Problem(
                    "unknown-param", f"there is no parameter `{name}`", path,
                    hint=nearest(name, list(params)), help=help_,
                    offset=found.start(), length=len(found[0]),
                )
            )  # fmt: skip
        return found[0]

    if len(text) > MOST_FILLED:
        if REFERENCE.search(text):
            message = f"a text with parameters in it has at most {MOST_FILLED:,} characters"
            problems.add("param-limit", message, path)
        return text
    made = REFERENCE.sub(value, text)
    if len(made) > MOST_FILLED:
        message = f"with its parameters this text has more than {MOST_FILLED:,} characters"
        problems.add("param-limit", message, path)
        return text
    return made


def _parsed(text: str) -> Scalar:
    try:
        return scalar(text)
    except AmbiguousError:
        return text


def _unknown(name: str, known: list[str]) -> Problem:
    message = f"`--set {name}=…`: the spec has no parameter `{name}`"
    help_ = f"parameters: {', '.join(known)}" if known else "the spec has no `params`"
    return Problem("unknown-param", message, hint=nearest(name, known), help=help_)
