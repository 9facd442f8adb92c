"""The closed grammar of Wilkinson formulas: `outcome ~ terms`, read as statsmodels reads them.

    sum      = product (("+" | "-") product)*          0, 1 and -1 speak of the intercept
    product  = interaction (("*" | "/") interaction)*
    interaction = power (":" power)*
    power    = part ("**" whole number)?
    part     = factor | "(" sum ")"

A name is a column, a function is on the list in `functions.py`, and nothing else can be said: no
formula ever reaches an evaluator of Python. All limits are checked here, before any data is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from functools import lru_cache
from typing import NoReturn

from reportgen.core.dataclass import dataclass
from reportgen.core.tokens import Cursor, Token, refuse, tokenize
from reportgen.models.formulas.factors import MOST_EXPONENT, Factor, Name, parse_factor

MOST_TERMS = 200


@dataclass(frozen=True)
class Term:
    """An interaction of factors; one factor for a main effect. The order of factors is kept."""

    factors: tuple[Factor, ...]

    @property
    def name(self) -> str:
        """Patsy's name of the term: `a:b`."""
        return ":".join(factor.text for factor in self.factors)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it uses, each once."""
        return tuple(dict.fromkeys(column for each in self.factors for column in each.columns))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and frozenset(self.factors) == frozenset(other.factors)

    def __hash__(self) -> int:
        return hash(frozenset(self.factors))


@dataclass(frozen=True)
class Formula:
    """A parsed formula, or (with `outcome` None) a right-hand side alone.

    `names` are the columns used, each once, where it is named first.
    """

    text: str
    outcome: Factor | None
    terms: tuple[Term, ...]
    intercept: bool
    names: tuple[Name, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns used, each once: the outcome's first."""
        return tuple(name.text for name in self.names)


@lru_cache(maxsize=8_192)
def parse(text: str) -> Formula:
    """`outcome ~ terms`. SpecError with the offset of what is wrong."""
    cursor = Cursor(tokenize(text))
    if not any(token.text == "~" for token in cursor.tokens):
        refuse("a formula is written `outcome ~ terms`", 0, len(text))
    outcome = _outcome(cursor)
    tilde = cursor.expect("~")
    if cursor.token.kind == "end":
        refuse(
            "nothing stands after `~`",
            tilde.offset,
            1,
            help=f"write `{outcome.text} ~ 1` for a model with an intercept alone",
        )
    terms, intercept = _right_side(cursor)
    _check_outcome(outcome, terms)
    return Formula(text, outcome, terms, intercept, _names(outcome, *_factors(terms)))


def parse_effects(text: str) -> Formula:
    """A right-hand side alone: `1 + age`, `0 + age`, `1`. SpecError as for `parse`."""
    cursor = Cursor(tokenize(text))
    if cursor.token.kind == "end":
        refuse("no terms are written", 0, 1, help="write `1` for an intercept")
    terms, intercept = _right_side(cursor)
    return Formula(text, None, terms, intercept, _names(*_factors(terms)))


def _outcome(cursor: Cursor) -> Factor:
    if cursor.sees("~"):
        refuse("the outcome is missing before `~`", cursor.token.offset, 1)
    if cursor.token.kind != "name":
        cursor.unexpected("the outcome must be one column")
    outcome = parse_factor(cursor)
    if not cursor.sees("~"):
        cursor.unexpected("the outcome must be one column, or arithmetic within `I(…)`")
    if type(outcome.node).__name__ not in ("Column", "Apply", "Arithmetic", "Transform"):
        _bad_outcome(outcome)
    if type(outcome.node).__name__ == "Transform" and outcome.text.startswith(("bs", "c", "poly")):
        _bad_outcome(outcome)
    return outcome


def _bad_outcome(outcome: Factor) -> NoReturn:
    refuse("the outcome must be one column of numbers", outcome.offset, outcome.length)


def _right_side(cursor: Cursor) -> tuple[tuple[Term, ...], bool]:
    side = _Algebra(cursor).sum()
    if cursor.token.kind != "end":
        cursor.unexpected("a sign such as `+` is missing")
    if not side.terms and not side.intercept:
        refuse("no term is left, and no intercept", 0, cursor.token.offset)
    for factor in _factors(side.terms):
        if factor.text == "Intercept":
            refuse(
                "`Intercept` is the name of the intercept, which `1` stands for", factor.offset,
                factor.length, help='a column of this name is written `Q("Intercept")`',
            )  # fmt: skip
    return side.terms, side.intercept


def _check_outcome(outcome: Factor, terms: Iterable[Term]) -> None:
    """The outcome explains itself: R² is 1 and nobody notices."""
    single = len(outcome.columns) == 1
    for factor in _factors(terms):
        if factor == outcome or (single and outcome.columns[0] in factor.columns):
            refuse(
                f"the outcome `{outcome.columns[0]}` is also among the predictors",
                factor.offset,
                factor.length,
                code="outcome-as-predictor",
            )


def _factors(terms: Iterable[Term]) -> tuple[Factor, ...]:
    return tuple(factor for term in terms for factor in term.factors)


def _names(*factors: Factor) -> tuple[Name, ...]:
    found: dict[str, Name] = {}
    for factor in factors:
        for name in factor.names:
            found.setdefault(name.text, name)
    return tuple(found.values())


# ── the algebra of terms ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Side:
    """Terms and the intercept, while a formula is being read; `offset` is where they stand."""

    terms: tuple[Term, ...]
    intercept: bool = True
    said: bool = False
    offset: int = field(default=0, compare=False)


class _Algebra:
    """Expands the operators into a flat list of terms, each once, in the order of writing."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def sum(self) -> _Side:
        """Terms added and taken away, from left to right."""
        side = _Side((), offset=self.cursor.token.offset)
        sign = self._sign("+")
        while True:
            side = self._add(side, self._product()) if sign == "+" else self._remove(side)
            if not self.cursor.sees("+", "-"):
                return side
            sign = self._sign(self.cursor.take().text)

    def _sign(self, sign: str) -> str:
        """`+ -1` is `- 1`: signs that follow each other multiply."""
        while self.cursor.sees("+", "-"):
            sign = "-" if (self.cursor.take().text == "-") != (sign == "-") else "+"
        return sign

    def _add(self, side: _Side, more: _Side) -> _Side:
        intercept = more.intercept if more.said else side.intercept
        return _Side(
            _bounded((*side.terms, *more.terms), self.cursor.token),
            intercept,
            side.said or more.said,
            side.offset,
        )

    def _remove(self, side: _Side) -> _Side:
        start = self.cursor.token
        away = self._product()
        missing = [term for term in away.terms if term not in side.terms]
        if missing:
            factor = missing[0].factors[0]
            refuse(
                f"`{missing[0].name}` is taken away but is not in the model",
                factor.offset,
                factor.length,
                code="term-not-in-model",
                help=f'a column whose name has a minus in it is written `Q("…-{start.text}")`',
            )
        intercept = (not more) if (more := away.intercept) and away.said else side.intercept
        intercept = True if away.said and not away.intercept else intercept
        kept = tuple(term for term in side.terms if term not in away.terms)
        return _Side(kept, intercept, side.said or away.said, side.offset)

    def _product(self) -> _Side:
        side = self._interaction()
        while self.cursor.sees("*", "/"):
            sign = self.cursor.take()
            other = self._interaction()
            self._plain(sign, side, other)
            if sign.text == "*":
                crossed = _crossed(side.terms, other.terms, sign)
                terms = (*side.terms, *other.terms, *crossed)
            else:
                # a / b is b within a: every factor of the left side goes into each interaction.
                whole = Term(tuple(dict.fromkeys(_factors(side.terms))))
                terms = (*side.terms, *_crossed((whole,), other.terms, sign))
            side = _Side(_bounded(terms, sign), offset=side.offset)
        return side

    def _interaction(self) -> _Side:
        side = self._power()
        while self.cursor.sees(":"):
            sign = self.cursor.take()
            other = self._power()
            self._plain(sign, side, other)
            side = _Side(_crossed(side.terms, other.terms, sign), offset=side.offset)
        return side

    def _power(self) -> _Side:
        side = self._part()
        if not self.cursor.sees("**"):
            return side
        sign, exponent = self.cursor.take(), self.cursor.take()
        self._plain(sign, side)
        if not exponent.text.isdecimal() or not 1 <= int(exponent.text) <= MOST_EXPONENT:
            refuse(
                f"an exponent is a whole number from 1 to {MOST_EXPONENT}",
                exponent.offset,
                len(exponent.text),
                code="formula-limit",
                help="a column to a power is written `I(x ** 2)`",
            )
        terms = side.terms
        for _ in range(int(exponent.text) - 1):
            more = _bounded((*terms, *_crossed(terms, side.terms, sign)), sign)
            if more == terms:
                break
            terms = more
        return _Side(terms, offset=side.offset)

    def _part(self) -> _Side:
        token = self.cursor.token
        if token.kind == "number":
            return self._intercept()
        if self.cursor.accept("("):
            with self.cursor.nested():
                side = self.sum()
            self.cursor.expect(")")
            return side
        if token.kind != "name":
            self.cursor.unexpected("a term is missing")
        return _Side((Term((parse_factor(self.cursor),)),), offset=token.offset)

    def _intercept(self) -> _Side:
        token = self.cursor.take()
        if token.text not in ("0", "1"):
            refuse(
                f"the number {token.text} has no place here",
                token.offset,
                len(token.text),
                help="arithmetic is written within `I(…)`",
            )
        return _Side((), token.text == "1", True, token.offset)

    def _plain(self, sign: Token, *sides: _Side) -> None:
        """Refuse 0 and 1 as a part of an interaction or a power."""
        for side in sides:
            if side.said or not side.terms:
                refuse(
                    f"`{sign.text}` joins terms, not the intercept",
                    sign.offset,
                    len(sign.text),
                    help="arithmetic is written within `I(…)`",
                )


def _crossed(left: Iterable[Term], right: Iterable[Term], sign: Token) -> tuple[Term, ...]:
    right = tuple(right)
    crossed = (
        Term(tuple(dict.fromkeys((*one.factors, *other.factors))))
        for one in left
        for other in right
    )
    return _bounded(crossed, sign)


def _bounded(terms: Iterable[Term], sign: Token) -> tuple[Term, ...]:
    """The terms, each once, if they are not too many."""
    found: dict[Term, None] = {}
    for term in terms:
        found.setdefault(term)
        if len(found) > MOST_TERMS:
            refuse(
                f"a formula may have {MOST_TERMS} terms",
                sign.offset,
                len(sign.text),
                code="formula-limit",
            )
    return tuple(found)
