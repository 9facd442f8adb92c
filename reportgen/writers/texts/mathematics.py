r"""Mathematics: a small closed part of LaTeX, read into a tree or refused at its place. Light."""

from __future__ import annotations

import re
from typing import NoReturn

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError
from reportgen.core.similar import similar

GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "pi rho sigma tau upsilon phi varphi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
SIGNS = (
    "pm mp times div cdot cdots ldots dots leq geq le ge neq ne approx sim simeq equiv propto "
    "infty in notin subset cup cap to rightarrow leftarrow Rightarrow partial nabla sum prod int "
    "mid perp forall exists quad qquad prime circ bullet ast star dagger ll gg ell cong"
)
NAMES = "log ln exp sin cos tan min max Pr det dim lim sup inf arg"
ACCENTS = "hat bar tilde vec dot ddot widehat widetilde"
FACES = "overline mathrm mathbf mathit mathcal mathbb text operatorname"
SPACES = (",", ";", ":", "!", " ")
CHARACTERS = ("{", "}", "$", "%", "_", "|")
PLAIN = frozenset(f"{GREEK} {SIGNS} {NAMES}".split())
ARGUMENTS = {"frac": 2, "dfrac": 2, "binom": 2, "sqrt": 1} | dict.fromkeys(
    f"{ACCENTS} {FACES}".split(), 1
)
COMMANDS = (*sorted(PLAIN), *ARGUMENTS, "left", "right")
ENDS = ("}", "^", "_", "\\right")
DELIMITERS = (*"()[]|./", "\\{", "\\}", "\\|", "\\langle", "\\rangle")
LONGEST, DEEPEST = 2000, 30
"""Signs of one formula, and how deep its parts may be nested."""
NOWHERE = frozenset('#&~"`')

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)


@dataclass(frozen=True)
class Sign:
    r"""A character, or a command that takes nothing: `x`, `\beta`, `\le`, `\,`."""

    text: str


@dataclass(frozen=True)
class Row:
    """Items one after the other."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Script:
    """A base with what stands below and above it; None where nothing does."""

    base: Node
    below: Node | None = None
    above: Node | None = None


@dataclass(frozen=True)
class Command:
    """A command with its arguments; `degree` is that of a root."""

    name: str
    arguments: tuple[Node, ...]
    degree: Row | None = None


@dataclass(frozen=True)
class Fence:
    """What stands between brackets as high as it is; `.` is no bracket."""

    opening: str
    inside: Row
    closing: str


@dataclass(frozen=True)
class Phrase:
    """Words within mathematics, with their blanks."""

    text: str


Node = Sign | Row | Script | Command | Fence | Phrase


@dataclass(frozen=True)
class _Token:
    text: str
    offset: int


def tree(source: str, offset: int = 0) -> Row:
    """The source as a tree. SpecError at the place of what is not in the part of LaTeX that is
    read; `offset` is where `source` begins in the text that the place counts from.
    """
    if len(source) > LONGEST:
        whole = _Token(source[:1], offset)
        _refuse(whole, f"mathematics is at most {LONGEST:,} signs long")
    tokens = [_Token(each[0], offset + each.start()) for each in _TOKEN.finditer(source)]
    return _Reader([each for each in tokens if not each.text.isspace()], source, offset).all()


def check(source: str, offset: int = 0) -> None:
    """SpecError where `tree` would raise one."""
    tree(source, offset)


def right(source: str) -> bool:
    """Whether `check` finds nothing wrong."""
    try:
        check(source)
    except SpecError:
        return False
    return True


class _Reader:
    """Reads tokens from left to right; used once."""

    def __init__(self, tokens: list[_Token], source: str, offset: int) -> None:
        self.tokens, self.source, self.offset = tokens, source, offset
        self.at, self.depth = 0, 0

    def all(self) -> Row:
        """The whole source."""
        return self._row(until="")

    def _row(self, until: str) -> Row:
        """Items up to the sign that ends them, which is read too."""
        opening = self.tokens[self.at - 1] if self.at else None
        raised: set[str] = set()
        items: list[Node] = []
        while self.at < len(self.tokens):
            token = self._take()
            if until and token.text == until:
                return Row(tuple(items))
            if token.text in ("}", "\\right"):
                _refuse(token, f"`{token.text}` closes nothing")
            if token.text in ("^", "_"):
                base = items.pop() if items else Row()
                items.append(self._script(token, base, raised))
            else:
                raised.clear()
                items.append(self._item(token))
        if until and opening:
            _refuse(opening, f"`{opening.text}` is not closed", help=f"`{until}` is missing")
        return Row(tuple(items))

    def _script(self, token: _Token, base: Node, raised: set[str]) -> Script:
        """A base with one script more; `raised` are the signs of those that it has."""
        if token.text in raised:
            _refuse(token, f"a second `{token.text}`: write `{{}}` around the first")
        known = base if raised and isinstance(base, Script) else Script(base)
        raised.add(token.text)
        made = self._argument(token)
        if token.text == "_":
            return Script(known.base, made, known.above)
        return Script(known.base, known.below, made)

    def _item(self, token: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            _refuse(token, f"this is nested more than {DEEPEST} deep")
        made: Node = Sign(token.text)
        if token.text == "{":
            made = self._row("}")
        elif token.text.startswith("\\"):
            made = self._command(token)
        elif token.text in ("$", "%"):
            _refuse(token, f"`{token.text}` is written `\\{token.text}`")
        elif token.text in NOWHERE:
            _refuse(token, f"`{token.text}` has no place in mathematics")
        self.depth -= 1
        return made

    def _command(self, token: _Token) -> Node:
        name = token.text[1:]
        if name in (*SPACES, *CHARACTERS) or name in PLAIN:
            return Sign(token.text)
        if name == "left":
            opening = self._delimiter(token)
            inside = self._row("\\right")
            return Fence(opening, inside, self._delimiter(token))
        if name not in ARGUMENTS:
            near = similar(name, COMMANDS)
            _refuse(
                token, f"`{token.text}` is not among the commands that are read",
                hint=f"did you mean `\\{near}`?" if near else "",
                help="the commands that are read are listed in docs/language.md",
            )  # fmt: skip
        degree = None
        if name == "sqrt" and self._sees("["):
            self._take()
            degree = self._row("]")
        if name == "text":
            return Command(name, (self._words(token),))
        braced = name not in ACCENTS.split()
        given = tuple(self._argument(token, braced) for _ in range(ARGUMENTS[name]))
        return Command(name, given, degree)

    def _argument(self, owner: _Token, braced: bool = False) -> Node:
        following = self.tokens[self.at].text if self.at < len(self.tokens) else "}"
        if following in ENDS or following[1:] in (*SPACES, "quad", "qquad"):
            _refuse(owner, f"nothing follows `{owner.text}`")
        if braced and following != "{":
            _refuse(owner, f"what `{owner.text}` is about stands in `{{}}`")
        return self._item(self._take())

    def _words(self, owner: _Token) -> Phrase:
        """Words as they are, between braces."""
        if not self._sees("{"):
            _refuse(owner, f"what `{owner.text}` is about stands in `{{}}`")
        opening = self._take()
        while self.at < len(self.tokens) and not self._sees("}"):
            token = self._take()
            if token.text[0] in "\\{$^_" or token.text in NOWHERE:
                _refuse(token, f"`{token.text}` has no place among words")
        if self.at == len(self.tokens):
            _refuse(opening, "`{` is not closed", help="`}` is missing")
        begin, end = opening.offset + 1, self._take().offset
        return Phrase(self.source[begin - self.offset : end - self.offset])

    def _delimiter(self, owner: _Token) -> str:
        if self.at >= len(self.tokens) or self.tokens[self.at].text not in DELIMITERS:
            _refuse(owner, f"`{owner.text}` and its `\\right` are each followed by a bracket")
        return self._take().text

    def _sees(self, text: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].text == text

    def _take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]


def _refuse(token: _Token, message: str, hint: str = "", help: str = "") -> NoReturn:
    raise SpecError(
        Problem("maths", message, hint=hint, help=help, offset=token.offset,
                length=len(token.text))
    )  # fmt: skip
