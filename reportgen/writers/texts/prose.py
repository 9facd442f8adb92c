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
from reportgen.writers.pages.sandbox import environment
from reportgen.writers.texts import dollars, footnotes, mathematics
from reportgen.writers.texts.filters import Missing, Printed, shown
from reportgen.writers.texts.placeholders import Reference, claim_references, references, refuse
from reportgen.writers.texts.plainvalues import has_values

__all__ = ["Reference", "claim_references", "escape", "judge", "references", "render"]

MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
SIGNS = {"eq": "=", "ne": "≠", "gt": ">", "gteq": "≥", "lt": "<", "lteq": "≤"}
CLAIM = 3
"""Significant digits of the numbers in a claim."""
ARITHMETIC = {"Add": "+", "Sub": numbers.MINUS, "Mul": "×", "Div": "/"}

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

    scope = _scope(values, words) | {"ref": ref, "sentence": sentence}
    return _run(lambda: environment(words, escape).from_string(text).render(scope))


def judge(that: str, values: Mapping[str, Any], words: Words) -> tuple[bool, str]:
    """Whether a comparison holds, and the comparison in numbers: "0.0185 > 1.33 × 0.0129"."""
    claim_references(that)
    from jinja2 import nodes

    sandbox, scope = environment(words, escape), _scope(values, words)

    def value(node: nodes.Expr) -> Any:
        name = nodes.Name("result", "store")
        tree = nodes.Template([nodes.Assign(name, node, lineno=1)], lineno=1)
        return _run(lambda: vars(sandbox.from_string(tree).make_module(scope))["result"])

    output = sandbox.parse(f"{{{{{that}}}}}").body[0]
    assert isinstance(output, nodes.Output)
    holds = value(output.nodes[0])
    return holds is True, _written(output.nodes[0], value, words)


def _scope(values: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The values, with those of failed models marked as missing."""
    missing = Missing(words("prose.missing"))

    def mark(record: Any) -> Any:
        if not isinstance(record, Mapping):
            return record
        if record.get("status") == "failed":
            return missing
        return record if "status" in record else {key: mark(each) for key, each in record.items()}

    return {**values, "models": {name: mark(each) for name, each in values["models"].items()}}


def _run(action: Callable[[], Made]) -> Made:
    """What `action` gives; what Jinja raises becomes a problem of the spec."""
    from jinja2 import TemplateError

    try:
        return action()
    except TemplateError as error:
        refuse(
            f"a value is missing: {error.message}", help="see `reportgen show` for what there is"
        )
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        refuse(f"this cannot be computed: {error}")


def _written(node: Any, value: Callable[[Any], Any], words: Words) -> str:
    """An expression with numbers in the place of names; operators as one writes them."""
    from jinja2 import nodes

    if isinstance(node, nodes.Compare):
        rest = (f" {SIGNS.get(op.op, op.op)} {_written(op.expr, value, words)}" for op in node.ops)
        return _written(node.expr, value, words) + "".join(rest)
    if isinstance(node, (nodes.And, nodes.Or)):
        left, right = (_written(each, value, words) for each in (node.left, node.right))
        return words(
            "claim.and" if isinstance(node, nodes.And) else "claim.or", left=left, right=right
        )
    if isinstance(node, nodes.Not):
        return words("claim.not", text=_written(node.node, value, words))
    sign = ARITHMETIC.get(type(node).__name__)
    if sign and isinstance(node, nodes.BinExpr):
        return f"{_operand(node.left, value, words)} {sign} {_operand(node.right, value, words)}"
    return _value(node, value(node), words)


def _value(node: Any, found: Any, words: Words) -> str:
    """A number as it was written, or as it is shown."""
    from jinja2 import nodes

    if isinstance(found, bool):
        return words("claim.true" if found else "claim.false")
    if isinstance(node, nodes.Const) and isinstance(found, float):
        return str(found).replace(".", numbers.current().point)
    if isinstance(node, nodes.Const) or isinstance(found, str):
        return str(found)
    return numbers.significant(found, CLAIM) if isinstance(found, float) else str(shown(found))


def _operand(node: Any, value: Callable[[Any], Any], words: Words) -> str:
    """A part of a product or sum, in brackets where it is itself a sum."""
    text = _written(node, value, words)
    return f"({text})" if type(node).__name__ in ("Add", "Sub") else text
