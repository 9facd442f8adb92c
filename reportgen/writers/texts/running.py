"""Running text as paragraphs and runs: what every format but HTML prints, made once.

A text of the report is Markdown; here it becomes a flat list of blocks, each with its runs of like
type. No markup is left in any of them: a run's text is what a reader sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Piece
from reportgen.writers.texts.footnotes import Endnotes
from reportgen.writers.texts.markdown import parsed, parsed_inline

if TYPE_CHECKING:
    from markdown_it.token import Token

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Run:
    """Characters of one type. `link` is an address, `#id` for a place of the report; `math` is TeX,
    `display` such that asks for a line of its own; `line` ends the line after the text; `note` is
    the name of the footnote that is called here.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    math: bool = False
    display: bool = False
    line: bool = False
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, a heading, an item of a list, a line of code, a formula on a line of its own, or
    what a footnote says.

    level    of a heading (2 below the title); of an item how deep its list is, from 1
    number   of an item in a numbered list; None where it has a bullet or only goes on
    first    whether an item begins here: its further paragraphs stand below, without a sign
    quoted   how many quotations it stands in
    note     the name of the footnote that it is
    """

    kind: Literal["paragraph", "heading", "item", "code", "math", "note"]
    runs: tuple[Run, ...]
    level: int = 0
    number: int | None = None
    first: bool = True
    quoted: int = 0
    note: str = ""


@dataclass(frozen=True)
class SmallTable:
    """A table that an author drew in a text: a header row and the rest, aligned by column."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    aligns: tuple[Align, ...]


Running = Paragraph | SmallTable


def running(text: str, below: int = 1) -> tuple[Running, ...]:
    """The blocks of a text; its headings stand under a heading of level `below`.

    Its footnotes follow it, in the order in which they are called.
    """
    tokens, env = parsed(text, below, Endnotes())
    notes = (Paragraph("note", sentence(env["said"][name]), note=name) for name in _called(tokens))
    return (*_Reader(tokens).blocks(), *notes)


def pieces(line: Sequence[Piece]) -> tuple[Run, ...]:
    """A line of an equation."""
    runs = (Run(each.text, math=each.maths) for each in line)
    return tuple(part for each in runs for part in (each, Run(" ")))[:-1]


def _called(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The names of the footnotes that are called, each once."""
    calls = (child for token in tokens for child in token.children or ())
    return tuple(dict.fromkeys(each.content for each in calls if each.type == "footnote"))


def sentence(text: str) -> tuple[Run, ...]:
    """The runs of one sentence."""
    tokens, _ = parsed_inline(text)
    return tuple(run for token in tokens for run in _runs(token.children or ()))


@dataclass
class _List:
    """A list that is open: the number of its next item (None: bullets), and whether one began."""

    next: int | None
    fresh: bool = False


class _Reader:
    """Walks the tokens of a text once; used inside `running`."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.lists: list[_List] = []
        self.quoted = 0

    def blocks(self) -> Iterator[Running]:
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.type == "table_open":
                end = next(
                    number
                    for number in range(place, len(self.tokens))
                    if self.tokens[number].type == "table_close"
                )
                yield _table(self.tokens[place:end])
                place = end
            else:
                yield from self._block(token, self.tokens[max(0, place - 1)])
            place += 1

    def _block(self, token: Token, before: Token) -> Iterator[Running]:
        match token.type:
            case "bullet_list_open":
                self.lists.append(_List(None))
            case "ordered_list_open":
                self.lists.append(_List(int(token.attrs.get("start", 1))))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.lists[-1].fresh = True
            case "blockquote_open":
                self.quoted += 1
            case "blockquote_close":
                self.quoted -= 1
            case "inline":
                runs = tuple(_runs(token.children or ()))
                level = int(before.tag[1]) if before.type == "heading_open" else 0
                if level or self.lists:
                    yield self._placed(Paragraph("heading" if level else "paragraph", runs, level))
                else:
                    yield from map(self._placed, _parted(token.children or ()))
            case "fence" | "code_block":
                for line in token.content.rstrip("\n").split("\n"):
                    yield self._placed(Paragraph("code", (Run(line, code=True),)))
            case _ if token.content.strip() and token.nesting == 0:
                yield self._placed(Paragraph("paragraph", (Run(token.content.strip()),)))

    def _placed(self, block: Paragraph) -> Paragraph:
        """The block in the list and the quotations that it stands in."""
        block = replace(block, quoted=self.quoted)
        if not self.lists or block.kind != "paragraph":
            return block
        inner = self.lists[-1]
        block = replace(
            block, kind="item", level=len(self.lists), first=inner.fresh, number=inner.next
        )
        if inner.fresh and inner.next is not None:
            inner.next += 1
        inner.fresh = False
        return block


def _parted(tokens: Sequence[Token]) -> Iterator[Paragraph]:
    """A paragraph, parted where a formula has a line of its own, with the stop that follows it."""
    found, text = list(_runs(tokens)), list[Run]()
    for place, each in enumerate(found):
        if not each.display:
            text.append(each)
            continue
        yield from _some(text)
        after = found[place + 1] if place + 1 < len(found) else Run("")
        stop = after.text[:1] if after.text[:1] in (".", ",", ";") and not after.link else ""
        yield Paragraph("math", (replace(each, text=each.text + stop),))
        text = []
        if stop:
            found[place + 1] = replace(after, text=after.text[1:])
    yield from _some(text)


def _some(runs: list[Run]) -> Iterator[Paragraph]:
    """A paragraph of runs without the blanks at its ends; none where there is nothing else."""
    while runs and not runs[0].text.strip():
        runs = runs[1:]
    while runs and not runs[-1].text.strip() and not runs[-1].line:
        runs = runs[:-1]
    if runs:
        first = replace(runs[0], text=runs[0].text.lstrip())
        yield Paragraph("paragraph", (first, *runs[1:]))


def _table(tokens: Sequence[Token]) -> SmallTable:
    rows: list[list[tuple[Run, ...]]] = []
    aligns: list[Align] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            aligns.append(_aligned(str(token.attrs.get("style", ""))))
        elif token.type == "inline":
            rows[-1].append(tuple(_runs(token.children or ())))
    return SmallTable(tuple(tuple(row) for row in rows), tuple(aligns))


def _aligned(style: str) -> Align:
    found = style.rpartition(":")[2].strip()
    return found if found in ("right", "center") else "left"  # type: ignore[return-value]


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    like = Run("")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                like = replace(like, strong=token.nesting > 0)
            case "em_open" | "em_close":
                like = replace(like, emphasis=token.nesting > 0)
            case "link_open":
                like = replace(like, link=str(token.attrs.get("href", "")))
            case "link_close":
                like = replace(like, link="")
            case _ if token.type in _ALONE:
                yield _ALONE[token.type](like, token)
            case _ if token.content:
                yield replace(like, text=token.content)


_ALONE: Mapping[str, Callable[[Run, Token], Run]] = {
    "softbreak": lambda like, token: replace(like, text=" "),
    "hardbreak": lambda like, token: replace(like, text="", line=True),
    "code_inline": lambda like, token: replace(like, text=token.content, code=True),
    "math_inline": lambda like, token: replace(like, text=token.content, math=True),
    "math_inline_double": lambda like, token: replace(
        like, text=token.content, math=True, display=True
    ),
    "footnote": lambda like, token: replace(like, text=f"[{token.content}]", note=token.content),
    "image": lambda like, token: replace(
        like, text=f"![{token.content}]({token.attrs.get('src', '')})"
    ),
}
"""What one token is as a run, in the type of the text around it."""
