"""One factor of a formula, `C(race, Treatment(3))` or `np.log(age)`, parsed into a closed tree.

The tree holds columns, numbers and the functions of `functions.py`, and nothing else can be said
in it. Texts are patsy's names of the same factors, so that coefficients are called as statsmodels
calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from keyword import iskeyword

from reportgen.core.dataclass import dataclass
from reportgen.core.similar import similar
from reportgen.core.tokens import Cursor, Token, refuse, spaced
from reportgen.models.formulas.arguments import call_options
from reportgen.models.formulas.functions import BASES, CONTRASTS, ELEMENTWISE, NAMES, TRANSFORMS

MOST_EXPONENT = 10
Value = str | int | float | bool | tuple[float, ...]


@dataclass(frozen=True)
class Name:
    """A column that a formula names, and where it names it."""

    text: str
    offset: int
    length: int


@dataclass(frozen=True)
class Column:
    """A column as it is: numeric or categorical, as its values are."""

    name: str


@dataclass(frozen=True)
class Number:
    """A number that stands in arithmetic."""

    value: float


@dataclass(frozen=True)
class Operation:
    """Arithmetic of two parts: `+ - * / **`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negative:
    """A part with its sign turned."""

    operand: Node


@dataclass(frozen=True)
class Apply:
    """A function of each number by itself: `np.log`."""

    function: str
    operand: Node


@dataclass(frozen=True)
class Transform:
    """A function of a whole column: `center`, `bs` …"""

    function: str
    operand: Node
    options: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Tensor:
    """The tensor product of bases: `te(cr(x, df=3), cr(z, df=3))`."""

    bases: tuple[Transform, ...]
    options: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Arithmetic:
    """Arithmetic in `I(…)`: always a number, even of a column that is a category elsewhere."""

    operand: Node


@dataclass(frozen=True)
class Category:
    """A column taken as categories, `C(…)`, with its contrasts; `reference` is the base level."""

    column: str
    contrast: str = "Treatment"
    reference: Value | None = None


Node = Column | Number | Operation | Negative | Apply | Transform | Tensor | Arithmetic | Category


@dataclass(frozen=True)
class Factor:
    """A factor: patsy's name for it, its tree, and the columns it uses with their places."""

    text: str
    node: Node = field(compare=False)
    names: tuple[Name, ...] = field(compare=False)
    offset: int = field(default=0, compare=False)
    length: int = field(default=1, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it uses, each once."""
        return tuple(dict.fromkeys(name.text for name in self.names))


def parse_factor(cursor: Cursor) -> Factor:
    """The factor that begins at the cursor, which is left behind it."""
    start = cursor.position
    parser = _FactorParser(cursor)
    node = parser.factor()
    tokens = cursor.tokens[start : cursor.position]
    first, last = tokens[0], tokens[-1]
    length = last.offset + len(last.text) - first.offset
    return Factor(spaced(tokens), node, tuple(parser.names), first.offset, length)


def _refuse_function(token: Token, length: int) -> None:
    close = similar(token.text, NAMES - {"np"})
    refuse(
        f"`{token.text}` is not a function that a formula may call",
        token.offset,
        length,
        code="unknown-function",
        hint=f"did you mean `{close}`?" if close else "",
        help="formulas know C, Q, I, np.log and its like, center, standardize, bs, cr, cc, te, "
        "poly; make other columns by `recodes`",
    )


class _FactorParser:
    """Recursive descent over one factor; collects the columns named on the way."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.names: list[Name] = []

    def factor(self) -> Node:
        """A column, or a call of any function on the list."""
        token = self.cursor.token
        if not self._calls():
            return self._column()
        if token.text == "I":
            return Arithmetic(self._bracketed())
        if token.text == "C":
            return self._category()
        if token.text == "te":
            return self._tensor()
        return self._call()

    def _calls(self) -> bool:
        following = self.cursor.ahead()
        return following.kind == "operator" and following.text in ("(", ".")

    # ── columns ──────────────────────────────────────────────────────────────────────────────

    def _column(self) -> Column:
        token = self.cursor.take()
        if token.kind != "name":
            self.cursor.position -= token.kind != "end"
            self.cursor.unexpected("a column is missing")
        if token.text == "Q" and self.cursor.sees("("):
            return self._quoted()
        if iskeyword(token.text):
            refuse(
                f"`{token.text}` is a reserved word",
                token.offset,
                len(token.text),
                help=f'a column of that name is written `Q("{token.text}")`',
            )
        if self.cursor.sees("["):
            refuse("a formula has no subscripts", self.cursor.token.offset, 1)
        return self._named(token.text, token.offset, len(token.text))

    def _quoted(self) -> Column:
        self.cursor.expect("(")
        token = self.cursor.take()
        if token.kind != "text":
            self.cursor.position -= token.kind != "end"
            self.cursor.unexpected("`Q` takes the name of a column in quotes")
        self.cursor.expect(")")
        return self._named(token.value, token.offset + 1, len(token.text) - 2)

    def _named(self, text: str, offset: int, length: int) -> Column:
        self.names.append(Name(text, offset, max(1, length)))
        return Column(text)

    # ── calls ────────────────────────────────────────────────────────────────────────────────

    def _call(self) -> Node:
        token, length = self.cursor.token, len(self.cursor.token.text)
        name = self._function_name()
        if name == "Q":
            self.cursor.position += 1
            return self._quoted()
        if name in ELEMENTWISE:
            return Apply(name, self._bracketed())
        if name not in TRANSFORMS:
            _refuse_function(token, length)
        return self._transform(token)

    def _function_name(self) -> str:
        """The name called; the cursor is left before it, but behind `np.`"""
        token = self.cursor.token
        if self.cursor.ahead().text != ".":
            return token.text
        function = self.cursor.ahead(2)
        known = token.text == "np" and function.text in ELEMENTWISE
        if not (known and self.cursor.ahead(3).text == "("):
            end = function.offset + len(function.text)
            written = f"{token.text}.{function.text}"
            refuse(
                f"`{written}` has no place in a formula, which has no attributes",
                token.offset,
                end - token.offset,
                code="unknown-function",
                help=f'a column with such a name is written `Q("{written}")`; '
                f"of numpy there are {', '.join(sorted(ELEMENTWISE))}",
            )
        self.cursor.position += 2
        return function.text

    def _bracketed(self) -> Node:
        self.cursor.position += 1
        self.cursor.expect("(")
        with self.cursor.nested():
            node = self._sum()
        self.cursor.expect(")")
        return node

    def _transform(self, token: Token) -> Transform:
        self.cursor.position += 1
        self.cursor.expect("(")
        with self.cursor.nested():
            operand = self._sum()
        options = call_options(self.cursor, token, TRANSFORMS[token.text])
        return Transform(token.text, operand, options)

    def _tensor(self) -> Tensor:
        token = self.cursor.take()
        self.cursor.expect("(")
        bases: list[Transform] = []
        while not bases or self.cursor.accept(","):
            inner = self.cursor.token
            if inner.text not in BASES - {"poly"} or not self._calls():
                refuse("`te` takes bases made by `cr`, `cc` or `bs`", inner.offset, len(inner.text))
            bases.append(self._transform(inner))
        self.cursor.expect(")")
        if len(bases) > 3:
            refuse("`te` takes at most three bases", token.offset, 2, code="formula-limit")
        return Tensor(tuple(bases))

    # ── categories ───────────────────────────────────────────────────────────────────────────

    def _category(self) -> Category:
        self.cursor.take()
        self.cursor.expect("(")
        column = self._column().name
        contrast, reference = "Treatment", None
        if self.cursor.accept(","):
            contrast, reference = self._contrast()
        self.cursor.expect(")")
        return Category(column, contrast, reference)

    def _contrast(self) -> tuple[str, Value | None]:
        token = self.cursor.take()
        if token.text not in CONTRASTS:
            refuse(
                "`C` takes a column and one of Treatment, Sum, Poly",
                token.offset,
                len(token.text),
                code="unknown-function",
                help="the order of levels is given by the column's `levels`",
            )
        if not self.cursor.accept("("):
            return token.text, None
        reference = None
        if token.text == "Treatment" and not self.cursor.sees(")"):
            reference = self._reference()
        self.cursor.expect(")")
        return token.text, reference

    def _reference(self) -> Value:
        if self.cursor.token.text == "reference":
            self.cursor.take()
            self.cursor.expect("=")
        sign = -1.0 if self.cursor.accept("-") else 1.0
        token = self.cursor.take()
        if token.kind == "text" and sign > 0:
            return token.value
        if token.kind == "number":
            return sign * float(token.text)
        if token.text not in ("True", "False"):
            refuse(
                "`Treatment` takes a level, a number or a text in quotes",
                token.offset,
                len(token.text),
            )
        return token.text == "True"

    # ── arithmetic ───────────────────────────────────────────────────────────────────────────

    def _sum(self) -> Node:
        node = self._product()
        while self.cursor.sees("+", "-"):
            operator = self.cursor.take().text
            node = Operation(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while self.cursor.sees("*", "/"):
            operator = self.cursor.take().text
            node = Operation(operator, node, self._signed())
        return node

    def _signed(self) -> Node:
        if not self.cursor.sees("+", "-"):
            return self._power()
        sign = self.cursor.take().text
        with self.cursor.nested():
            operand = self._signed()
        return Negative(operand) if sign == "-" else operand

    def _power(self) -> Node:
        base = self._part()
        if not self.cursor.accept("**"):
            return base
        negative = self.cursor.accept("-")
        token = self.cursor.take()
        if token.kind != "number" or float(token.text) > MOST_EXPONENT:
            refuse(
                f"an exponent is a number of at most {MOST_EXPONENT}",
                token.offset,
                len(token.text),
                code="formula-limit",
            )
        if self.cursor.sees("**"):
            refuse("one power at a time", self.cursor.token.offset, 2, help="use brackets")
        return Operation("**", base, Number(-float(token.text) if negative else float(token.text)))

    def _part(self) -> Node:
        token = self.cursor.token
        if token.kind == "number":
            return Number(float(self.cursor.take().text))
        if self.cursor.accept("("):
            with self.cursor.nested():
                node = self._sum()
            self.cursor.expect(")")
            return node
        if not self._calls():
            return self._column()
        if token.text in ("C", "te", "I") or token.text in BASES:
            refuse(f"`{token.text}` cannot stand within arithmetic", token.offset, len(token.text))
        return self._call()
