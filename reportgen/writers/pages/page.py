"""The report as its templates see it: parts numbered and named, prose as HTML, tables as grids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from html import unescape
from typing import Literal
from urllib.parse import unquote

from reportgen.core.dataclass import dataclass
from reportgen.core.document import (
    Claim,
    Document,
    Figure,
    Heading,
    PageBreak,
    Part,
    Piece,
    Table,
    Text,
)
from reportgen.core.errors import DocumentError, Problem
from reportgen.core.types import Scalar
from reportgen.core.words import Words, load
from reportgen.writers.naming import name_of_table
from reportgen.writers.pages import made
from reportgen.writers.pages.drawing import drawing
from reportgen.writers.pages.logo import logo_html
from reportgen.writers.tables.excerpt import excerpt
from reportgen.writers.tables.fit import Sheet, sheets, whole
from reportgen.writers.tables.grid import grid, note_paragraph
from reportgen.writers.texts.footnotes import Endnotes, Pagenotes
from reportgen.writers.texts.markdown import equation, inline, to_html
from reportgen.writers.texts.visible import typeset

Medium = Literal["screen", "print"]

MADE = "how-this-report-was-made"
LONG = 90
"""A note of so many characters is printed once; whoever needs it again is told where."""

_LINK = re.compile(r'href="#([^"]*)"')
_NOTE = re.compile(r"note-\d+")


@dataclass(frozen=True)
class Line:
    """A line of an equation: its pieces, and as HTML."""

    pieces: tuple[Piece, ...]
    html: str


@dataclass(frozen=True)
class Item:
    """One part as its template `blocks/<template>.html.j2` sees it.

    `divided` is a short table that may go on on the next page; `turned` is what stands on a page
    that lies on its side: a wide table, and the headings above it.
    """

    template: str
    anchor: str = ""
    level: int = 0
    label: str = ""
    text: str = ""
    html: str = ""
    alt: str = ""
    notes: tuple[str, ...] = ()
    equation: tuple[Line, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    holds: bool = True
    divided: bool = False
    turned: bool = False


@dataclass(frozen=True)
class Page:
    """Everything the page template prints."""

    document: Document
    words: Words
    medium: Medium
    items: tuple[Item, ...]
    abstract: str
    line: tuple[str, ...]
    alerts: tuple[str, ...]
    foot: str
    logo: str
    made: tuple[tuple[str, str], ...]
    made_anchor: str = MADE
    notes: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[Item, ...]:
        """Sections and subsections, in order: the contents."""
        return tuple(item for item in self.items if item.template == "heading")


@dataclass
class _Composer:
    """Numbers the parts as they come; used once, inside `page`."""

    words: Words
    medium: Medium
    numbers: Mapping[str, Scalar]
    taken: set[str]
    most: int = 0
    level: int = 1
    counts: dict[str, int] = field(default_factory=lambda: {"table": 0, "figure": 0})
    told: dict[str, str] = field(default_factory=dict)
    notes: Endnotes | Pagenotes = field(default_factory=Endnotes)

    def item(self, part: Part) -> Item:
        match part:
            case Heading():
                return self._heading(part)
            case Text():
                html = to_html(part.markdown, self.level, self.notes)
                return Item("text", self._place(), html=html)
            case Claim():
                html = inline(part.claim)
                return Item("claim", self._place(), html=html, text=part.shown, holds=part.holds)
            case PageBreak():
                return Item("break")
            case Table():
                return self._table(part)
            case Figure():
                return self._figure(part)

    def _heading(self, part: Heading) -> Item:
        # A subsection before any section is a section: levels never leave a gap.
        self.level = min(part.level + 1, self.level + 1)
        anchor = part.id or self._free(_slug(part.text))
        return Item("heading", anchor, self.level, text=typeset(part.text))

    def _table(self, part: Table) -> Item:
        label, anchor = self._number("table", part.id)
        made_grid = grid(part, self.words, self.numbers)
        made_grid = replace(made_grid, marks=self._marks(made_grid.marks, label))
        if self.medium == "print":
            file = f"{name_of_table(self.counts['table'], part)}.csv"
            made_grid = excerpt(made_grid, self.most, file, self.words)
        laid = (sheets if self.medium == "print" else whole)(made_grid)
        return Item(
            "table",
            anchor,
            label=label,
            text=made_grid.caption,
            notes=made_grid.notes,
            equation=tuple(Line(line, equation(line)) for line in part.equation),
            sheets=laid,
            turned=laid[0].landscape,
        )

    def _figure(self, part: Figure) -> Item:
        label, anchor = self._number("figure", part.id)
        # A page on paper has no attribute for the text alternative: it stands in the drawing.
        title = part.alt if self.medium == "print" else ""
        return Item(
            "figure",
            anchor,
            label=label,
            text=_sentence(typeset(part.caption)),
            html=drawing(part, f"{label.split()[-1]}f", title),
            alt=part.alt,
            notes=note_paragraph(
                [self._told_once(note) for note in part.notes], part.abbreviations, self.words
            ),
        )

    def _marks(self, marks: Sequence[tuple[str, str]], label: str) -> tuple[tuple[str, str], ...]:
        """The specific notes of a table; a long one that a table above has is only pointed to."""
        shown = tuple((letter, self._told_once(note)) for letter, note in marks)
        for letter, note in marks:
            if len(note) >= LONG:
                where = self.words("document.see_note", letter=letter, label=label)
                self.told.setdefault(note, where)
        return shown

    def _told_once(self, note: str) -> str:
        """A note in which what a table above says already is replaced by where it says it."""
        for text, where in self.told.items():
            if note == text:
                return where[:1].upper() + where[1:]
            note = note.replace(text, where)
        return note

    def _place(self) -> str:
        """A name for a part that nobody refers to: on paper its place must be found again."""
        return self._free("part") if self.medium == "print" else ""

    def _number(self, kind: str, name: str) -> tuple[str, str]:
        self.counts[kind] += 1
        number = self.counts[kind]
        label = f"{self.words(f'common.{kind}')} {number}"
        return label, name or self._free(f"{kind}-{number}")

    def _free(self, anchor: str) -> str:
        found, count = anchor, 1
        while found in self.taken:
            count += 1
            found = f"{anchor}-{count}"
        self.taken.add(found)
        return found


def page(document: Document, medium: Medium) -> Page:
    """The page of a document for a screen or for paper.

    Raises DocumentError where a text links to a place that the report does not have.
    """
    words = load(document.lang)
    document = replace(document, title=typeset(document.title), subtitle=typeset(document.subtitle))
    named = {part.id for part in document.parts if isinstance(part, (Heading, Table, Figure))}
    notes = Endnotes() if medium == "screen" else Pagenotes()
    composer = _Composer(
        words, medium, document.numbers, taken=named | {MADE}, notes=notes,
        most=document.table_rows,
    )  # fmt: skip
    abstract = to_html(document.abstract, notes=notes) if document.abstract else ""
    items = _turned(composer.item(part) for part in document.parts)
    _check_links(items, abstract)
    origin = (
        words("document.reproducible")
        if medium == "print"
        else words("document.made_from", spec=document.build.spec_name)
    )
    return Page(
        document=document,
        words=words,
        medium=medium,
        items=items,
        abstract=abstract,
        line=made.title_line(document, words, origin),
        alerts=made.alerts(document, words),
        foot=made.foot(document, words),
        logo=logo_html(document.brand),
        made=made.how_made(document, words),
        notes=tuple(notes.found) if isinstance(notes, Endnotes) else (),
    )


def _turned(made: Iterable[Item]) -> tuple[Item, ...]:
    """The items; headings right above a table that lies on its side go to its page with it."""
    items: list[Item] = []
    for item in reversed(list(made)):
        below = items[-1].turned if items and item.template == "heading" else False
        items.append(replace(item, turned=True) if below else item)
    return tuple(reversed(items))


def _slug(text: str) -> str:
    """A heading's text as an anchor: its words in lower case, joined by hyphens."""
    return "-".join(re.findall(r"\w+", text.lower())) or "section"


def _sentence(text: str) -> str:
    """A caption below a figure ends like a sentence; one above a table does not."""
    return f"{text}." if text and text[-1] not in ".?!…" else text


def _check_links(items: Sequence[Item], abstract: str) -> None:
    anchors = {item.anchor for item in items} | {MADE}
    asked = {name for name in _links(items, abstract) if not _NOTE.fullmatch(name)}
    missing = sorted(asked - anchors)
    if missing:
        raise DocumentError(
            Problem(
                "unknown-anchor",
                f"a text links to `#{name}`, and no table, figure or section has that id",
                help="refer to a block by its `id`: write `{{ ref('id') }}`",
            )
            for name in missing
        )


def _links(items: Sequence[Item], abstract: str) -> Iterator[str]:
    texts = [abstract, *(item.html for item in items if item.template in ("text", "claim"))]
    for text in texts:
        yield from (unquote(unescape(found)) for found in _LINK.findall(text))
