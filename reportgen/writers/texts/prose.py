"""Prose with its values put in, and claims judged: from the same numbers as the tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from reportgen.core import numbers
from reportgen.core.errors import Problem, SpecError
from reportgen.core.words import Words
from reportgen.writers.texts import dollars, filters, footnotes, mathematics, plainvalues, unusual
from reportgen.writers.texts.filters import Missing, Printed, shown
from reportgen.writers.texts.placeholders import Reference, claim_references, references, refuse
from reportgen.writers.texts.plainvalues import UnusualError, has_values
from reportgen.writers.texts.trees import NoValueError, Scope, Tree, value

__all__ = ["Reference", "claim_references", "escape", "judge", "references", "render"]

MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
SIGNS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤"}
CLAIM = 3
"""Significant digits of the numbers in a claim."""
ARITHMETIC = {"+": "+", "-": numbers.MINUS, "*": "×", "/": "/"}

Made = TypeVar("Made")
Say = Callable[[str, Mapping[str, Any]], str | None]


def unsaid(name: str, manner: Mapping[str, Any]) -> None:
    """No sentence: for prose that asks for none."""


def escape(text: str) -> str:
    """A text that Markdown shows as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def mistakes(text: str) -> Iterator[Problem]:
    """What is wrong with the mathematics and the footnotes of a text, each with its offset."""
    for found in dollars.mathematics(text):
        try:
            mathematics.check(found.source, found.start)
        except SpecError as error:
            yield from error.problems
    yield from footnotes.problems(text)


def render(
    text: str, values: Mapping[str, Any], refs: Mapping[str, str], words: Words, say: Say = unsaid
) -> str:
    """Markdown with the values of `{{ }}` in their places; texts from data are escaped.

    A reference is a link to what it refers to. `say` makes the sentence about a number of a model;
    None where the model failed, whose values are not available. SpecError where there is no value.
    """
    if not has_values(text):
        return text
    places = {each.path: each for each in references(text)}

    def sentence(name: str, **manner: Any) -> Any:
        try:
            said = say(name, manner)
        except SpecError as error:
            place = places["sentence", name]
            raise SpecError(
                replace(problem, offset=place.offset, length=place.length)
                for problem in error.problems
            ) from error
        return Missing(words("prose.missing")) if said is None else said

    def ref(name: str) -> Printed:
        return Printed(f"[{escape(refs[name])}](#{quote(name)})")

    scope = _scope(values, words, {"ref": ref, "sentence": sentence})

    def piece(found: str | Tree) -> str:
        return found if isinstance(found, str) else _printed(value(found, scope))

    return "".join(_run(lambda: [piece(each) for each in _pieces(text)]))


def judge(that: str, values: Mapping[str, Any], words: Words) -> tuple[bool, str]:
    """Whether a comparison holds, and the comparison in numbers: "0.0185 > 1.33 × 0.0129"."""
    claim_references(that)
    scope = _scope(values, words, {})

    def worth(tree: Tree) -> Any:
        return _run(lambda: value(tree, scope))

    claim = next(each for each in _pieces(f"{{{{{that}}}}}") if isinstance(each, Tree))
    return worth(claim) is True, _run(lambda: _written(claim, worth, words))


def _pieces(text: str) -> list[str | Tree]:
    try:
        return plainvalues.pieces(text)
    except UnusualError:
        return unusual.pieces(text)


def _printed(found: Any) -> str:
    text = shown(found)
    return text if isinstance(text, Printed) else escape(str(text))


def _scope(
    values: Mapping[str, Any], words: Words, calls: Mapping[str, Callable[..., Any]]
) -> Scope:
    """The values, with those of failed models marked as missing, and what is called."""
    missing = Missing(words("prose.missing"))

    def mark(record: Any) -> Any:
        if not isinstance(record, Mapping):
            return record
        if record.get("status") == "failed":
            return missing
        return record if "status" in record else {key: mark(each) for key, each in record.items()}

    models = {name: mark(each) for name, each in values["models"].items()}
    return Scope({**values, "models": models}, {**calls, **filters.calls(words)},
                 filters.filters(words))  # fmt: skip


def _run(action: Callable[[], Made]) -> Made:
    """What `action` gives; what it raises becomes a problem of the spec."""
    try:
        return action()
    except NoValueError as error:
        refuse(f"a value is missing: {error}", help="see `reportgen show` for what there is")
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        refuse(f"this cannot be computed: {error}")


def _written(tree: Tree, worth: Callable[[Tree], Any], words: Words) -> str:
    """An expression with numbers in the place of names; operators as one writes them."""
    match tree.kind:
        case "compare":
            rest = zip(tree.about, tree.parts[1:], strict=True)
            return _written(tree.parts[0], worth, words) + "".join(
                f" {SIGNS.get(sign, sign)} {_written(part, worth, words)}" for sign, part in rest
            )
        case "and" | "or":
            left, right = (_written(each, worth, words) for each in tree.parts)
            return words(f"claim.{tree.kind}", left=left, right=right)
        case "not":
            return words("claim.not", text=_written(tree.parts[0], worth, words))
        case "compute":
            left, right = (_operand(each, worth, words) for each in tree.parts)
            return f"{left} {ARITHMETIC[tree.about]} {right}"
        case "sign" if tree.parts[0].kind == "constant":
            sign = ARITHMETIC["-"] if tree.about == "-" else ""
            return f"{sign}{_written(tree.parts[0], worth, words)}"
    return _value(tree, worth(tree), words)


def _value(tree: Tree, found: Any, words: Words) -> str:
    """A number as it was written, or as it is shown."""
    if isinstance(found, bool):
        return words("claim.true" if found else "claim.false")
    if tree.kind == "constant" and isinstance(found, float):
        return str(found).replace(".", numbers.current().point)
    if tree.kind == "constant" or isinstance(found, str):
        return str(found)
    return numbers.significant(found, CLAIM) if isinstance(found, float) else str(shown(found))


def _operand(tree: Tree, worth: Callable[[Tree], Any], words: Words) -> str:
    """A part of a product or sum, in brackets where it is itself a sum."""
    text = _written(tree, worth, words)
    return f"({text})" if tree.kind == "compute" and tree.about in ("+", "-") else text
