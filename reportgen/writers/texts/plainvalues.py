"""The values in prose as almost everyone writes them, read without Jinja. Light.

`{{ models.x.coef["age"].estimate | num(2) }}`: paths, constants, arithmetic, comparisons, filters
and the calls of `CALLS`. To load Jinja takes longer than to check a whole spec, so a text whose
values are all of this kind is recognised here; any other is for Jinja to read, or to say what is
wrong with it. What is recognised here is a part of what the closed grammar allows, never more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reportgen.core.dataclass import dataclass
from reportgen.writers.texts.trees import Callee, Tree, constant, lookup

NAMING = ("ref", "sentence")
"""What may be called with a text that names something: `ref("id")`, `sentence("model.column")`."""
COMPARING = ("compare", "larger", "higher")
"""What may be called with two numbers."""
CONSTANTS = ("integer", "float", "string")
RESERVED = frozenset({
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
})  # fmt: skip
COMPARED = ("==", "!=", "<", "<=", ">", ">=")
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


def pieces(text: str) -> list[str | Tree]:
    """A text in pieces: what is shown as it is, and what stands within `{{ }}`.

    A line feed at its end is left out. UnusualError as of `words` and `trees`.
    """
    found: list[str | Tree] = []
    tokens, last = words(text), 0
    values = iter(trees(tokens))
    for token in tokens:
        if token.kind == "variable_begin":
            found += [text[last : token.offset], next(values)]
        elif token.kind == "variable_end":
            last = token.offset + len(token.text)
    return [*found, text[last:].removesuffix("\n")]


def trees(tokens: tuple[Token, ...]) -> tuple[Tree, ...]:
    """What stands within every `{{ }}` of a text, from its words.

    UnusualError where they are not put together as this module knows it.
    """
    reading, found = _Reading(tokens), []
    while reading.more:
        reading.take("{{")
        found.append(reading.expression())
        reading.take("}}")
    return tuple(found)


class _Reading:
    """Goes through words from left to right; what binds more is read further below."""

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

    def _took(self, *texts: str) -> str:
        """Which of the texts came next, as a word of its own; it is behind us then."""
        token = self._next
        if token.kind == "string" or token.text not in texts:
            return ""
        self._at += 1
        return token.text

    def expression(self) -> Tree:
        """What `or` joins; `and` binds more, and `not` still more."""
        return self._joined(self._all, "or")

    def _all(self) -> Tree:
        return self._joined(self._negated, "and")

    def _joined(self, part: Callable[[], Tree], way: str) -> Tree:
        found = part()
        while self._took(way):
            found = Tree(way, parts=(found, part()))
        return found

    def _negated(self) -> Tree:
        if self._took("not"):
            return Tree("not", parts=(self._negated(),))
        return self._comparison()

    def _comparison(self) -> Tree:
        parts, signs = [self._sum()], list[str]()
        while sign := self._took(*COMPARED):
            signs.append(sign)
            parts.append(self._sum())
        return Tree("compare", tuple(signs), tuple(parts)) if signs else parts[0]

    def _sum(self) -> Tree:
        return self._computed(self._product, "+", "-")

    def _product(self) -> Tree:
        return self._computed(self._filtered, "*", "/")

    def _computed(self, part: Callable[[], Tree], *signs: str) -> Tree:
        found = part()
        while sign := self._took(*signs):
            found = Tree("compute", sign, (found, part()))
        return found

    def _filtered(self) -> Tree:
        """A value with the signs before it, all of which is filtered."""
        found = self._signed()
        while self._took("|"):
            name = self._kind("name").text
            found = Tree("filter", Callee(name), (found, *self._arguments()))
        return found

    def _arguments(self) -> tuple[Tree, ...]:
        """What is handed to a filter by place."""
        if not self._took("(") or self._took(")"):
            return ()
        found = [self.expression()]
        while self._took(","):
            found.append(self.expression())
        self.take(")")
        return tuple(found)

    def _signed(self) -> Tree:
        if sign := self._took("-", "+"):
            return Tree("sign", sign, (self._signed(),))
        return self._operand()

    def _operand(self) -> Tree:
        if self._took("("):
            found = self.expression()
            self.take(")")
            return found
        token = self._kind("name", *CONSTANTS)
        if token.kind in CONSTANTS:
            return _constant(token)
        if token.text in NAMING:
            return self._named(token.text)
        if token.text in COMPARING:
            self.take("(")
            first = self.expression()
            self.take(",")
            second = self.expression()
            self.take(")")
            return Tree("call", Callee(token.text), (first, second))
        if token.text in RESERVED:
            raise UnusualError
        return self._path(Tree("name", token.text))

    def _path(self, found: Tree) -> Tree:
        while True:
            if self._took("."):
                found = lookup(found, self._kind("name").text)
            elif self._took("["):
                found = lookup(found, _constant(self._kind("string", "integer")).about)
                self.take("]")
            else:
                return found

    def _named(self, name: str) -> Tree:
        """`("id")`, or with arguments by name."""
        self.take("(")
        values, names = [_constant(self._kind("string"))], list[str]()
        while self._took(","):
            names.append(self._kind("name").text)
            self.take("=")
            truth = self._took("true", "false")
            values.append(
                constant(truth == "true") if truth else _constant(self._kind("integer", "float"))
            )
        self.take(")")
        return Tree("call", Callee(name, tuple(names)), tuple(values))


def _constant(token: Token) -> Tree:
    if token.kind == "string":
        return constant(token.text[1:-1])
    return constant(float(token.text) if token.kind == "float" else int(token.text))
