"""The values in prose as almost everyone writes them, read without Jinja.

`{{ models.x.coef["age"].estimate | num(2) }}`: paths, constants, arithmetic, comparisons, filters
and the calls of `CALLS`. To load Jinja takes longer than to check a whole spec, so a text whose
values are all of this kind is recognised here; any other is for Jinja to read, or to say what is
wrong with it. What is recognised here is a part of what the closed grammar allows, never more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.core.dataclass import dataclass

NAMING = ("ref", "sentence")
"""What may be called with a text that names something: `ref("id")`, `sentence("model.column")`."""
COMPARING = ("compare", "larger", "higher")
"""What may be called with two numbers."""
CONSTANTS = ("integer", "float", "string")
RESERVED = frozenset({
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
})  # fmt: skip
JOINING = frozenset({"+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">="})
_WORD = re.compile(
    r"(?P<whitespace>\s+)|(?P<float>\d+\.\d+(?![\w.]))|(?P<integer>(?:0|[1-9]\d*)(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<string>'[^'\\\n]*'|\"[^\"\\\n]*\")"
    r"|(?P<operator>[=!<>]=|[-+*/<>()\[\].,=|])|(?P<variable_end>\}\})",
    re.ASCII,
)


@dataclass(frozen=True)
class Token:
    """A word of a template: what Jinja calls its kind, its text, and where it stands."""

    kind: str
    text: str
    offset: int


class UnusualError(Exception):
    """Something that only Jinja reads, or nobody."""


def has_values(text: str) -> bool:
    """Whether anything stands in a text that is not shown as it is."""
    return any(sign in text for sign in ("{{", "{%", "{#"))


def words(text: str) -> tuple[Token, ...]:
    """The words within every `{{ }}` of a text, as Jinja parts them.

    UnusualError where it holds anything that this module does not know.
    """
    if "{%" in text or "{#" in text or "\r" in text:
        raise UnusualError
    return tuple(_words(text))


def _words(text: str) -> Iterator[Token]:
    start = text.find("{{")
    while start >= 0:
        yield Token("variable_begin", "{{", start)
        at, kind = start + 2, ""
        if text[at : at + 1] in ("-", "+"):  # no signs: they take away the blanks before
            raise UnusualError
        while kind != "variable_end":
            match = _WORD.match(text, at)
            if match is None:
                raise UnusualError
            kind, at = match.lastgroup or "", match.end()
            if kind != "whitespace":
                yield Token(kind, match[0], match.start())
        start = text.find("{{", at)


def check(tokens: tuple[Token, ...]) -> None:
    """UnusualError where the words of a text are not put together as this module knows it."""
    reading = _Reading(tokens)
    while reading.more:
        reading.take("{{")
        reading.expression()
        reading.take("}}")


class _Reading:
    """Goes through words from left to right. Precedence does not matter to what is allowed."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def more(self) -> bool:
        return self._at < len(self._tokens)

    @property
    def _next(self) -> Token:
        if not self.more:
            raise UnusualError
        return self._tokens[self._at]

    def _kind(self, *kinds: str) -> Token:
        token = self._next
        if token.kind not in kinds:
            raise UnusualError
        self._at += 1
        return token

    def take(self, text: str) -> None:
        if not self._took(text):
            raise UnusualError

    def _took(self, *texts: str) -> bool:
        """Whether one of the texts came next, as a word of its own; it is behind us then."""
        token = self._next
        found = token.kind != "string" and token.text in texts
        self._at += found
        return found

    def expression(self) -> None:
        """Comparisons joined by `and` and `or`."""
        while True:
            while self._took("not"):
                pass
            self._comparison()
            if not self._took("and", "or"):
                return

    def _comparison(self) -> None:
        """Operands joined by signs of arithmetic and of comparison."""
        while True:
            while self._took("-", "+"):
                pass
            self._operand()
            while self._took("|"):
                self._filter()
            if not self._took(*JOINING):
                return

    def _operand(self) -> None:
        if self._took("("):
            self.expression()
            self.take(")")
            return
        token = self._kind("name", *CONSTANTS)
        if token.kind in CONSTANTS:
            return
        if token.text in NAMING:
            self._named()
        elif token.text in COMPARING:
            self.take("(")
            self.expression()
            self.take(",")
            self.expression()
            self.take(")")
        elif token.text in RESERVED:
            raise UnusualError
        else:
            self._path()

    def _path(self) -> None:
        while True:
            if self._took("."):
                self._kind("name")
            elif self._took("["):
                self._kind("string", "integer")
                self.take("]")
            else:
                return

    def _named(self) -> None:
        """`("id")`, or with arguments by name."""
        self.take("(")
        self._kind("string")
        while self._took(","):
            self._kind("name")
            self.take("=")
            if not self._took("true", "false"):
                self._kind("integer", "float")
        self.take(")")

    def _filter(self) -> None:
        """A name, and what is handed to it by place."""
        self._kind("name")
        if not self._took("("):
            return
        if self._took(")"):
            return
        self.expression()
        while self._took(","):
            self.expression()
        self.take(")")
