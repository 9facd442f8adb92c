"""The closed grammar of `{{ … }}` in prose: which nodes, names and filters may stand there.

Jinja parses; everything that is not on the lists below is refused with its place. There are no
statements, no calls but those of `CALLS`, and no attributes of Python: a dot and a bracket both
look a name up in plain data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any, NoReturn

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError
from reportgen.writers.texts import plainvalues
from reportgen.writers.texts.plainvalues import COMPARING, NAMING, Token

ROOTS = frozenset({"models", "data", "params"})
FILTERS = ("num", "count", "pct", "p", "est", "ci", "min", "max", "abs", "length", "exp")
CALLS = (*NAMING, *COMPARING)
NODES = (
    "Template", "Output", "TemplateData", "Name", "Getattr", "Getitem", "Const", "Filter", "Call",
    "Keyword", "Compare", "Operand", "Add", "Sub", "Mul", "Div", "Neg", "Pos", "Not", "And", "Or",
    "CondExpr",
)  # fmt: skip

MOST_WORDS, MOST_DEPTH = 200, 40
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True)
class Reference:
    """A value named in prose, `models.x.icc` or `ref("id")`: its parts, and where it stands.

    `arguments` are those of `sentence("model.column", per=10)`, by their names.
    """

    path: tuple[str, ...]
    offset: int
    length: int
    arguments: Mapping[str, Any] = field(default_factory=dict)


def references(text: str) -> tuple[Reference, ...]:
    """Every value named within `{{ }}`. SpecError for what has no place there."""
    return tuple(_references(_checked(text, 0)))


def claim_references(that: str) -> tuple[Reference, ...]:
    """Every value named in a claim's comparison. SpecError for what has no place there."""
    return tuple(_references(_checked(f"{{{{{that}}}}}", 2)))


def refuse(message: str, offset: int = 0, length: int = 1, help: str = "") -> NoReturn:
    """A SpecError about a place within a text."""
    raise SpecError(
        Problem("prose", message, help=help, offset=max(0, offset), length=max(1, length))
    )


# ── words of a template, with their places ───────────────────────────────────────────────────


def _checked(text: str, before: int) -> tuple[Token, ...]:
    """The words within `{{ }}`; offsets count from the text without its first `before` signs."""
    try:
        found = plainvalues.words(text)
        _check_size(found)
        plainvalues.trees(found)
    except plainvalues.UnusualError:
        _check_nodes(text, before)
        return _tokens(text, before)
    return tuple(replace(each, offset=each.offset - before) for each in found) if before else found


def _tokens(text: str, before: int) -> tuple[Token, ...]:
    from jinja2 import Environment

    found, offset = [], -before
    for _, kind, value in Environment(keep_trailing_newline=True).lex(text):
        if kind not in ("whitespace", "data"):
            found.append(Token(kind, value, offset))
        offset += len(value)
    return tuple(found)


def _references(tokens: tuple[Token, ...]) -> Iterator[Reference]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        before = tokens[position - 1].text if position else ""
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if token.kind != "name" or before == "." or following == "=":
            position += 1
        elif before == "|":
            _check_filter(token)
            position += 1
        elif token.text in NAMING:
            yield _named(tokens, position)
            position += 3
        elif token.text in COMPARING and following == "(":
            position += 1
        elif token.text in ROOTS:
            found, position = _path(tokens, position)
            yield found
        elif token.text in ("and", "or", "not", "in", "if", "else", "true", "false", "none"):
            position += 1
        else:
            refuse(
                f"there is no value `{token.text}`", token.offset, len(token.text),
                help="values begin with `models.`, `data.` or `params.`",
            )  # fmt: skip


def _path(tokens: tuple[Token, ...], start: int) -> tuple[Reference, int]:
    parts, position = [tokens[start].text], start + 1
    while position + 1 < len(tokens):
        sign, part = tokens[position], tokens[position + 1]
        if sign.text == "." and part.kind == "name":
            parts.append(part.text)
            position += 2
        elif sign.text == "[" and part.kind in ("string", "integer"):
            parts.append(part.text[1:-1] if part.kind == "string" else part.text)
            position += 3
        else:
            break
    first, last = tokens[start], tokens[min(position, len(tokens)) - 1]
    length = last.offset + len(last.text) - first.offset
    return Reference(tuple(parts), first.offset, length), position


def _named(tokens: tuple[Token, ...], position: int) -> Reference:
    """`ref("id")` or `sentence("model.column", …)`, which begins at `position`."""
    token = tokens[position]
    rest = tokens[position + 1 : position + 4]
    if [each.kind for each in rest[1:2]] != ["string"] or rest[0].text != "(":
        example = "id" if token.text == "ref" else "model.column"
        refuse(
            f'`{token.text}` is written `{token.text}("{example}")`', token.offset, len(token.text)
        )
    name = rest[1].text[1:-1]
    return Reference(
        (token.text, name), rest[1].offset + 1, len(name), _arguments(tokens[position + 3 :])
    )


def _arguments(tokens: tuple[Token, ...]) -> dict[str, Any]:
    """The named arguments that follow the first, up to the closing bracket; constants only."""
    found: dict[str, Any] = {}
    place = 0
    while tokens[place].text == ",":
        name, sign, value = tokens[place + 1 : place + 4]
        constant: bool | float | None = {"true": True, "false": False}.get(value.text)
        if value.kind in ("integer", "float"):
            constant = float(value.text) if value.kind == "float" else int(value.text)
        if name.kind != "name" or sign.text != "=" or constant is None:
            refuse("arguments are written `name=value`", name.offset, len(name.text))
        found[name.text] = constant
        place += 4
    if tokens[place].text != ")":
        refuse("arguments are written `name=value`", tokens[place].offset, len(tokens[place].text))
    return found


def _check_filter(token: Token) -> None:
    if token.text not in FILTERS:
        refuse(
            f"there is no filter `{token.text}`", token.offset, len(token.text),
            help=f"filters: {', '.join(FILTERS)}",
        )  # fmt: skip


# ── the closed list of nodes ─────────────────────────────────────────────────────────────────


def _check_nodes(text: str, before: int) -> None:
    """SpecError where Jinja cannot read the text, or reads what is not on the list."""
    from jinja2 import Environment, TemplateSyntaxError, nodes

    try:
        _check_size(_tokens(text, before))
        tree = Environment().parse(text)
    except TemplateSyntaxError as error:
        if "No filter" in str(error.message):
            _references_only_filters(text, before)
        lines = text.split("\n")
        number = min(error.lineno, len(lines)) - 1
        offset = sum(len(line) + 1 for line in lines[:number])
        line = lines[number]
        column = max(0, line.find("{{")) if before == 0 else 0
        refuse(
            f"this cannot be read: {error.message}", offset + column, len(line) - column - before
        )
    for node in tree.find_all(nodes.Node):
        name = type(node).__name__
        closed = name in NODES and (not isinstance(node, nodes.Call) or _is_known(node))
        if not closed or (isinstance(node, (nodes.Getattr, nodes.Getitem)) and not _of_name(node)):
            kinds = ("block_begin", "comment_begin", "operator")
            place = next((each for each in _tokens(text, before) if each.kind in kinds), None)
            refuse(
                "prose takes values, comparisons and filters, and calls only "
                "`ref(…)`, `sentence(…)` and, with two numbers, `compare`, `larger` and `higher`",
                place.offset if place else 0,
                help="a list of what may stand between the braces: docs/language.md",
            )


def _check_size(tokens: tuple[Token, ...]) -> None:
    """SpecError for what would make a parser stack itself up without end."""
    words = depth = 0
    for token in tokens:
        words = 0 if token.kind == "variable_begin" else words + 1
        depth = 0 if token.kind == "variable_begin" else depth
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if words > MOST_WORDS or depth > MOST_DEPTH:
            refuse(
                f"a value has at most {MOST_WORDS} words, {MOST_DEPTH} brackets deep",
                token.offset, len(token.text),
            )  # fmt: skip


def _of_name(node: object) -> bool:
    """Whether a path begins with a name: texts and numbers have no parts."""
    from jinja2 import nodes

    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        node = node.node
    return isinstance(node, nodes.Name)


def _references_only_filters(text: str, before: int) -> None:
    for _ in _references(_tokens(text, before)):
        pass


def _is_known(call: object) -> bool:
    """Whether a call is one of `CALLS`; those that compare take two values."""
    from jinja2 import nodes

    if not (isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name)):
        return False
    two = len(call.args) == 2 and not call.kwargs
    return call.node.name in NAMING or (call.node.name in COMPARING and two)
