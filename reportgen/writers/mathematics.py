r"""Mathematics in prose: `$\beta_1 = 0.47$`, a small closed part of LaTeX, found and checked.

A dollar is a dollar unless what stands between two of them can be mathematics: the first is
followed, the second preceded by no blank, the second is followed by no digit, and what begins with
a digit or has a blank also has a sign that no sum of money has. So `$5 to $6` stays as it is. `\$`
is always a dollar. Between `$$` and `$$` stands what has a line of its own. Light.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NoReturn

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError
from reportgen.writers.masking import masked

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

_SIGN = re.compile(r"[\\^_={}<>+*/|−×·±≤≥≈∼]|\d[a-zA-Z]")
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)


@dataclass(frozen=True)
class Maths:
    """What stands between dollars: the source without them, where it begins, where all ends."""

    source: str
    start: int
    end: int
    display: bool


def maths_at(text: str, place: int) -> Maths | None:
    """The mathematics whose first dollar stands at `place`; None where it is only a dollar."""
    display = text.startswith("$$", place)
    mark = "$$" if display else "$"
    start = place + len(mark)
    at = _closing(text, start, mark)
    if at is None:
        return None
    source = text[start:at]
    if not display and not _can_be(source, text[at + 1 : at + 2]):
        return None
    return Maths(source, start, at + len(mark), display) if source.strip() else None


def _closing(text: str, start: int, mark: str) -> int | None:
    """Where the closing dollars stand, in the same paragraph."""
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            return at
        elif text.startswith("\n\n", at):
            return None
        else:
            at += 1
    return None


def _can_be(source: str, following: str) -> bool:
    if not source or source[0].isspace() or source[-1].isspace() or following.isdigit():
        return False
    return _SIGN.search(source) is not None or not (source[0].isdigit() or " " in source)


def mathematics(text: str) -> Iterator[Maths]:
    """Everything between dollars in a text of Markdown whose values are not yet put in.

    A value counts as a number of as many characters; code is left alone.
    """
    text, at = masked(text), 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        found = maths_at(text, at) if text[at] == "$" else None
        if found:
            yield found
        at = found.end if found else at + (2 if text.startswith("$$", at) else 1)


# ── the grammar ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Token:
    text: str
    offset: int


def check(source: str, offset: int = 0) -> None:
    """SpecError at the place of what is not in the part of LaTeX that is read.

    `offset` is where `source` begins in the text that the place counts from.
    """
    if len(source) > LONGEST:
        whole = _Token(source[:1], offset)
        _refuse(whole, f"mathematics is at most {LONGEST:,} signs long")
    tokens = [_Token(each[0], offset + each.start()) for each in _TOKEN.finditer(source)]
    _Reader([each for each in tokens if not each.text.isspace()]).all()


def right(source: str) -> bool:
    """Whether `check` finds nothing wrong."""
    try:
        check(source)
    except SpecError:
        return False
    return True


class _Reader:
    """Reads tokens from left to right; used once."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def all(self) -> None:
        """The whole source."""
        self._row(until="")

    def _row(self, until: str) -> None:
        """Items up to the sign that ends them, which is read too."""
        opening = self.tokens[self.at - 1] if self.at else None
        raised: set[str] = set()
        while self.at < len(self.tokens):
            token = self._take()
            if until and token.text == until:
                return
            if token.text in ("}", "\\right"):
                _refuse(token, f"`{token.text}` closes nothing")
            if token.text in ("^", "_"):
                self._raised(token, raised)
            else:
                raised.clear()
                self._item(token)
        if until and opening:
            _refuse(opening, f"`{opening.text}` is not closed", help=f"`{until}` is missing")

    def _raised(self, token: _Token, raised: set[str]) -> None:
        if token.text in raised:
            _refuse(token, f"a second `{token.text}`: write `{{}}` around the first")
        raised.add(token.text)
        self._argument(token)

    def _item(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            _refuse(token, f"this is nested more than {DEEPEST} deep")
        if token.text == "{":
            self._row("}")
        elif token.text.startswith("\\"):
            self._command(token)
        elif token.text in ("$", "%"):
            _refuse(token, f"`{token.text}` is written `\\{token.text}`")
        elif token.text in NOWHERE:
            _refuse(token, f"`{token.text}` has no place in mathematics")
        self.depth -= 1

    def _command(self, token: _Token) -> None:
        name = token.text[1:]
        if name in (*SPACES, *CHARACTERS) or name in PLAIN:
            return
        if name == "left":
            self._delimiter(token)
            self._row("\\right")
            self._delimiter(token)
        elif name in ARGUMENTS:
            if name == "sqrt" and self._sees("["):
                self._take()
                self._row("]")
            braced = name not in ACCENTS.split()
            for _ in range(ARGUMENTS[name]):
                self._words(token) if name == "text" else self._argument(token, braced)
        else:
            near = get_close_matches(name, COMMANDS, 1, 0.6)
            _refuse(
                token, f"`{token.text}` is not among the commands that are read",
                hint=f"did you mean `\\{near[0]}`?" if near else "",
                help="the commands that are read are listed in docs/language.md",
            )  # fmt: skip

    def _argument(self, owner: _Token, braced: bool = False) -> None:
        following = self.tokens[self.at].text if self.at < len(self.tokens) else "}"
        if following in ENDS or following[1:] in (*SPACES, "quad", "qquad"):
            _refuse(owner, f"nothing follows `{owner.text}`")
        if braced and following != "{":
            _refuse(owner, f"what `{owner.text}` is about stands in `{{}}`")
        self._item(self._take())

    def _words(self, owner: _Token) -> None:
        """Words as they are, between braces."""
        if not self._sees("{"):
            _refuse(owner, f"what `{owner.text}` is about stands in `{{}}`")
        opening = self._take()
        while self.at < len(self.tokens):
            token = self._take()
            if token.text == "}":
                return
            if token.text[0] in "\\{$^_" or token.text in NOWHERE:
                _refuse(token, f"`{token.text}` has no place among words")
        _refuse(opening, "`{` is not closed", help="`}` is missing")

    def _delimiter(self, owner: _Token) -> None:
        if self.at >= len(self.tokens) or self.tokens[self.at].text not in DELIMITERS:
            _refuse(owner, f"`{owner.text}` and its `\\right` are each followed by a bracket")
        self.at += 1

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
