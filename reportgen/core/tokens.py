"""The words of formulas and expressions: names, numbers, texts, operators; each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, NoReturn

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError

MOST_CHARACTERS = 4_000
MOST_TOKENS = 600
MOST_DEPTH = 40

_OPERATORS = ("**", "//", "==", "!=", "<=", ">=", *"~+-*/:(),.=[]{}<>|&%^!@;?$`\\#")
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
_SPACED = frozenset({"+", "-", "*", "/", "**", "//"})


@dataclass(frozen=True)
class Token:
    """One word of a formula. `value` is what a quoted text says, without quotes and escapes."""

    kind: Literal["name", "number", "text", "operator", "end"]
    text: str
    offset: int
    value: str = ""


def refuse(
    message: str, offset: int, length: int, *, code: str = "formula", hint: str = "", help: str = ""
) -> NoReturn:
    """Raise a SpecError that points at a part of the formula."""
    raise SpecError(
        Problem(code, message, hint=hint, help=help, offset=offset, length=max(1, length))
    )


def tokenize(text: str) -> tuple[Token, ...]:
    """All words of a text, then one of kind "end". SpecError where a character has no place."""
    if len(text) > MOST_CHARACTERS:
        refuse(
            f"a formula may have {MOST_CHARACTERS:,} characters; this one has {len(text):,}",
            0,
            1,
            code="formula-limit",
        )
    tokens = tuple(_scan(text))
    if len(tokens) > MOST_TOKENS:
        refuse(
            f"a formula may have {MOST_TOKENS} names, numbers and signs; this one has more",
            tokens[MOST_TOKENS].offset,
            1,
            code="formula-limit",
        )
    return (*tokens, Token("end", "", len(text)))


def spaced(tokens: Iterable[Token]) -> str:
    """Tokens as one text, spaced as patsy spaces the names of its factors: `I(x ** 2)`."""
    parts: list[str] = []
    wants_space, after_word, after_object = False, False, False
    for token in tokens:
        if token.kind in ("name", "number", "text"):
            parts.append(" " if wants_space or after_word else "")
            wants_space, after_word, after_object = False, True, True
        else:
            around = token.text in _SPACED and (token.text not in "+-" or after_object)
            parts.append(" " if wants_space or around else "")
            wants_space, after_word = around or token.text == ",", False
            after_object = token.text == ")"
        parts.append(token.text)
    return "".join(parts)


def _scan(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        char = text[position]
        if char.isspace():
            position += 1
            continue
        token = _next(text, position)
        yield token
        position += len(token.text)


def _next(text: str, start: int) -> Token:
    char = text[start]
    if char.isidentifier():
        return Token("name", text[start : _name_end(text, start)], start)
    if char.isdecimal() and char.isascii():
        return _number(text, start)
    if char in "\"'":
        return _quoted(text, start)
    for operator in _OPERATORS:
        if text.startswith(operator, start):
            return Token("operator", operator, start)
    refuse(f"{_shown(char)} has no place in a formula", start, 1, help=_QUOTE)


def _name_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and ("a" + text[end]).isidentifier():
        end += 1
    return end


def _number(text: str, start: int) -> Token:
    end = start
    while end < len(text) and (text[end] in "0123456789." or _exponent_sign(text, end)):
        end += 1
        if end < len(text) and text[end] in "eE" and text[end + 1 : end + 2].strip("+-0123456789"):
            break
        if end < len(text) and text[end] in "eE" and text[end + 1 : end + 2]:
            end += 1
    word = text[start : _name_end(text, end)]
    if not _is_number(text[start:end]) or len(word) > end - start:
        refuse(f"`{word}` is neither a name nor a number", start, len(word), help=_QUOTE)
    return Token("number", text[start:end], start)


def _exponent_sign(text: str, position: int) -> bool:
    return text[position] in "+-" and text[position - 1] in "eE"


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _quoted(text: str, start: int) -> Token:
    quote, position, value = text[start], start + 1, ""
    while position < len(text) and text[position] != quote:
        char = text[position]
        if char == "\\":
            position += 1
            char = _ESCAPES.get(text[position : position + 1], "")
            if not char:
                refuse("a backslash may stand before `\\ \" ' n t` only", position - 1, 2)
        value += char
        position += 1
    if position >= len(text):
        refuse("a quoted text is not closed", start, len(text) - start)
    return Token("text", text[start : position + 1], start, value)


def _shown(char: str) -> str:
    return f"`{char}`" if char.isprintable() else f"the character U+{ord(char):04X}"


_QUOTE = 'a column with such a name is written `Q("its name")`'


class Cursor:
    """A place among the tokens of a formula, and how deep in brackets it is."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.position = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    def ahead(self, steps: int = 1) -> Token:
        """A token further on; the end where there is none."""
        return self.tokens[min(self.position + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The next token, and step over it."""
        token = self.token
        self.position += token.kind != "end"
        return token

    def sees(self, *operators: str) -> bool:
        """Whether one of these operators comes next."""
        return self.token.kind == "operator" and self.token.text in operators

    def accept(self, operator: str) -> bool:
        """Step over an operator if it comes next."""
        found = self.sees(operator)
        self.position += found
        return found

    def expect(self, operator: str) -> Token:
        """Step over an operator that must come next."""
        if not self.sees(operator):
            self.unexpected(f"`{operator}` is missing")
        return self.take()

    def unexpected(self, message: str) -> NoReturn:
        """Raise a SpecError at the next token."""
        token = self.token
        found = f" before `{token.text}`" if token.kind != "end" else " at the end"
        refuse(message + found, token.offset, len(token.text))

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper in brackets, within the limit."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            refuse(
                f"brackets may be nested {MOST_DEPTH} deep",
                self.token.offset,
                1,
                code="formula-limit",
            )
        yield
        self._depth -= 1
