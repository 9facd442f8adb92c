"""The closed grammar of expressions: arithmetic and comparisons over columns, and nothing else.

    10 * SDMVSTRA + SDMVPSU        age >= 18 and not ismissing(bmi)        where(sex == "F", 1, 0)

    either   = both ("or" both)*
    both     = negation ("and" negation)*
    negation = "not" negation | comparison
    compare  = sum (("==" | "!=" | "<" | "<=" | ">" | ">=") sum)*
    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/" | "//" | "%") signed)*
    signed   = ("+" | "-") signed | power
    power    = part ("**" signed)?
    part     = number | "text" | column | Q("column") | function "(" either, … ")" | "(" either ")"

A name is a column; a function is one of the list below. The tree is evaluated by a walk of our own
(`evaluation.py`); no text ever reaches an evaluator of Python or pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.tokens import Cursor, Token, refuse, tokenize

if TYPE_CHECKING:
    import pandas as pd

MOST_EXPONENT = 10
LARGEST = 10**15

FUNCTIONS = {
    "log": (1, 1), "exp": (1, 1), "sqrt": (1, 1), "abs": (1, 1), "floor": (1, 1), "ceil": (1, 1),
    "round": (1, 2), "clip": (3, 3), "where": (3, 3), "isin": (2, 200), "ismissing": (1, 1),
}  # fmt: skip
"""Each function with the least and the most arguments it takes."""

WORDS = ("and", "or", "not")
"""Names of operators; a column called so is written `Q("and")`."""

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Name:
    """A column that a text uses, and where in the text."""

    text: str
    offset: int
    length: int


@dataclass(frozen=True)
class Literal:
    """A number or a quoted text."""

    value: int | float | str


@dataclass(frozen=True)
class Apply:
    """An operator or a function and what it is applied to."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Compare:
    """A chain of comparisons: `0 < age <= 90` holds where every link does."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


Node = Literal | Name | Apply | Compare


@dataclass(frozen=True)
class Expression:
    """A text that passed the grammar; `names` are its columns, in the order of the text."""

    text: str
    tree: Node
    names: tuple[Name, ...]

    def evaluate(self, table: pd.DataFrame) -> pd.Series[Any]:
        """The value for every row of `table`. Missing stays missing; integers stay integers."""
        from reportgen.data.evaluation import evaluate

        return evaluate(self.tree, table)


def parse(text: str) -> Expression:
    """The expression that `text` writes. SpecError with the offset of what is not allowed."""
    cursor = Cursor(tokenize(text))
    first = cursor.token
    if first.kind == "end":
        refuse("the expression is empty", 0, 1, code="expression")
    tree = _either(cursor)
    if cursor.token.kind != "end":
        cursor.unexpected("a sign such as `+` is missing")
    return Expression(text, tree, tuple(_names(tree)))


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    elif isinstance(node, (Apply, Compare)):
        for operand in node.operands:
            yield from _names(operand)


def _chain(cursor: Cursor, words: tuple[str, ...], inner: Callable[[Cursor], Node]) -> Node:
    """Operators of one rank, from left to right."""
    left = inner(cursor)
    while _sees(cursor, *words):
        operator = cursor.take().text
        left = Apply(operator, (left, inner(cursor)))
    return left


def _sees(cursor: Cursor, *words: str) -> bool:
    return cursor.token.kind in ("operator", "name") and cursor.token.text in words


def _either(cursor: Cursor) -> Node:
    return _chain(cursor, ("or",), _both)


def _both(cursor: Cursor) -> Node:
    return _chain(cursor, ("and",), _negation)


def _negation(cursor: Cursor) -> Node:
    if _sees(cursor, "not"):
        cursor.take()
        with cursor.nested():
            return Apply("not", (_negation(cursor),))
    return _comparison(cursor)


def _comparison(cursor: Cursor) -> Node:
    operands, operators = [_sum(cursor)], []
    while cursor.sees(*COMPARISONS):
        operators.append(cursor.take().text)
        operands.append(_sum(cursor))
    return Compare(tuple(operands), tuple(operators)) if operators else operands[0]


def _sum(cursor: Cursor) -> Node:
    return _chain(cursor, ("+", "-"), _product)


def _product(cursor: Cursor) -> Node:
    return _chain(cursor, ("*", "/", "//", "%"), _signed)


def _signed(cursor: Cursor) -> Node:
    if cursor.sees("+", "-"):
        sign = cursor.take().text
        with cursor.nested():
            inner = _signed(cursor)
        return inner if sign == "+" else Apply("negative", (inner,))
    return _power(cursor)


def _power(cursor: Cursor) -> Node:
    base = _part(cursor)
    if not cursor.sees("**"):
        return base
    sign = cursor.take()
    with cursor.nested():
        exponent = _signed(cursor)
    signed = isinstance(exponent, Apply) and exponent.operator == "negative"
    plain = exponent.operands[0] if isinstance(exponent, Apply) and signed else exponent
    number = plain.value if isinstance(plain, Literal) else None
    if not isinstance(number, (int, float)) or number > MOST_EXPONENT:
        refuse(
            f"an exponent is a number up to {MOST_EXPONENT}",
            sign.offset,
            2,
            code="expression-limit",
        )
    return Apply("**", (base, exponent))


def _part(cursor: Cursor) -> Node:
    token = cursor.token
    if token.kind == "number":
        return _number(cursor.take())
    if token.kind == "text":
        return Literal(cursor.take().value)
    if token.kind == "name":
        return _named(cursor)
    if not cursor.accept("("):
        cursor.unexpected("a number, a column or a function is missing")
    with cursor.nested():
        inner = _either(cursor)
    cursor.expect(")")
    return inner


def _number(token: Token) -> Literal:
    value = float(token.text)
    if abs(value) > LARGEST and token.text.isdigit():
        refuse("the number is too large", token.offset, len(token.text), code="expression-limit")
    return Literal(int(token.text) if token.text.isdigit() else value)


def _named(cursor: Cursor) -> Node:
    if _sees(cursor, *WORDS):
        cursor.unexpected("a number, a column or a function is missing")
    token = cursor.take()
    if not cursor.sees("("):
        return Name(token.text, token.offset, len(token.text))
    if token.text == "Q":
        return _quoted(cursor)
    if token.text not in FUNCTIONS:
        refuse(
            f"there is no function `{token.text}`",
            token.offset,
            len(token.text),
            code="unknown-function",
            help=f"functions are {', '.join(FUNCTIONS)}",
        )
    operands = _arguments(cursor)
    least, most = FUNCTIONS[token.text]
    if not least <= len(operands) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        refuse(f"`{token.text}` takes {wanted} arguments", token.offset, len(token.text))
    return Apply(token.text, operands)


def _quoted(cursor: Cursor) -> Name:
    cursor.expect("(")
    token = cursor.take()
    if token.kind != "text":
        refuse('`Q` takes the name of a column in quotes: `Q("body mass")`', token.offset, 1)
    cursor.expect(")")
    return Name(token.value, token.offset, len(token.text))


def _arguments(cursor: Cursor) -> tuple[Node, ...]:
    cursor.expect("(")
    operands: list[Node] = []
    with cursor.nested():
        while not cursor.sees(")"):
            operands.append(_either(cursor))
            if not cursor.accept(","):
                break
    cursor.expect(")")
    return tuple(operands)
