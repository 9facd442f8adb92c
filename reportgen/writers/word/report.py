"""The course of a Word document: title, contents, every part in its order, how it was made."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO

import docx
from docx.oxml.ns import qn
from docx.shared import Pt

from reportgen.core.document import Claim, Document, Figure, Part, Text
from reportgen.writers.html import CONTENTS_FROM
from reportgen.writers.package import moment, sealed
from reportgen.writers.pages.drawing import figure_size
from reportgen.writers.pages.made import title_line
from reportgen.writers.pages.page import Item, Page, page
from reportgen.writers.texts.running import pieces, running, sentence
from reportgen.writers.texts.visible import visible
from reportgen.writers.word.frame import frame, turn
from reportgen.writers.word.places import Places
from reportgen.writers.word.prose import Prose
from reportgen.writers.word.styles import restyle
from reportgen.writers.word.table import table
from reportgen.writers.word.theme import logo, themed
from reportgen.writers.word.xml import BAD, GOOD, Element, field, paragraph, run, w


def word(document: Document) -> bytes:
    """The document as a .docx file."""
    # On paper a long table is printed in part, with the whole attached; here it has all its rows.
    made = page(replace(document, table_rows=0), "print")
    report = _Report(document, made)
    report.title()
    if len(made.headings) >= CONTENTS_FROM:
        report.contents()
    for part, item in zip(document.parts, made.items, strict=True):
        report.part(part, item)
    report.made()
    return report.saved()


class _Report:
    """One document while it is written; used once, inside `word`."""

    def __init__(self, source: Document, made: Page) -> None:
        self.source, self.page = source, made
        self.file = docx.Document()
        restyle(self.file, source.lang)
        frame(self.file, made)
        shown = {item.anchor: item.label or item.text for item in made.items if item.anchor}
        self.places = Places(shown | {made.made_anchor: made.words("made.title")})
        self.prose = Prose(self.file, self.places)
        self.level, self.fresh, self.turned = 1, False, False

    def title(self) -> None:
        """The title block, alerts and the abstract."""
        document, made = self.source, self.page
        words = made.words
        logo(self.file, document)
        self._line("Title", made.document.title)
        self._line("Subtitle", made.document.subtitle)
        self._line("Authors", words("list.comma").join(document.authors))
        origin = words("document.made_from", spec=document.build.spec_name)
        line = title_line(document, words, origin)
        self._line("Origin", words("document.separator").join(line))
        for alert in made.alerts:
            self._line("Alert", alert)
        if document.abstract:
            self._add(self.prose.blocks(running(document.abstract), "Abstract"))

    def contents(self) -> None:
        """The sections, each a link, in a field that Word can renew."""
        self._line("ContentsHeading", self.page.words("document.contents"))
        entries = []
        for heading in self.page.headings:
            link = w("hyperlink", run(heading.text))
            link.set(qn("w:anchor"), self.places.names[heading.anchor])
            entries.append(paragraph(f"toc{heading.level - 1}", link))
        *begin, end = field(r'TOC \o "1-2" \n \h', ())
        for place, element in enumerate(begin, 1):
            entries[0].insert(place, element)
        entries[-1].append(end)
        self._add(entries)

    def part(self, part: Part, item: Item) -> None:
        """One part of the report."""
        if item.turned != self.turned:
            turn(self.file, landscape=item.turned)
            self.turned = item.turned
        match item.template:
            case "heading":
                self.level = item.level
                style = f"Heading{item.level - 1}"
                self._add([paragraph(style, *self.places.marked(item.anchor, [run(item.text)]))])
            case "break":
                self.fresh = True
            case "table":
                self._table(item)
            case "figure" if isinstance(part, Figure):
                self._figure(part, item)
            case "claim" if isinstance(part, Claim):
                self._claim(part, item)
            case "text" if isinstance(part, Text):
                self._add(self.prose.blocks(running(part.markdown, self.level)))

    def made(self) -> None:
        """How the report was made."""
        made, words = self.page, self.page.words
        if self.turned:
            turn(self.file, landscape=False)
        title = self.places.marked(made.made_anchor, [run(words("made.title"))])
        command = run(self.source.build.command, code=True)
        self._add([
            paragraph("Heading1", *title),
            paragraph("Normal", run(words("made.intro"))),
            *(paragraph("Made", run(name, strong=True), run(f"\t{value}"))
              for name, value in made.made),
            paragraph("Normal", run(words("made.rebuild", command="")), command),
        ])  # fmt: skip

    def saved(self) -> bytes:
        """The file, with nothing in it that tells when or where it was written."""
        themed(self.file, self.source)
        about, build = self.file.core_properties, self.source.build
        about.title = visible(self.page.document.title)
        about.subject = visible(self.page.document.subtitle)
        about.author = about.last_modified_by = visible("; ".join(self.source.authors))
        about.created = about.modified = moment(self.source)
        about.language, about.revision = self.source.lang, 1
        about.comments = f"reportgen {build.versions.get('reportgen', '')}".strip()
        out = BytesIO()
        self.file.save(out)
        return sealed(out.getvalue())

    def _table(self, item: Item) -> None:
        for number, sheet in enumerate(item.sheets):
            again = self.page.words("document.continued", label=item.label)
            head = [run(again, strong=True)] if number else self._label(item)
            fresh = bool(number) and sheet.landscape
            caption = paragraph("Caption", *head, run(f". {item.text}"), keep=True, fresh=fresh)
            described = visible(f"{item.label}. {item.text}")
            self._add([caption, table(sheet, described, divided=item.divided)])
        marks = item.sheets[-1].grid.marks
        notes = [
            *(paragraph("TableNote", *self.prose.runs(pieces(line.pieces)))
              for line in item.equation),
            *(paragraph("TableNote", run(note)) for note in item.notes),
            *(paragraph("TableNote", run(letter, raised=True), run(f" {note}"))
              for letter, note in marks),
        ]  # fmt: skip
        # Two tables that touch would be one to Word: something always stands between.
        self._add(notes or [paragraph("TableNote")])

    def _figure(self, figure: Figure, item: Item) -> None:
        width, height = figure_size(figure)
        holder = self.file.add_paragraph(style="Figure")
        holder.paragraph_format.keep_with_next = True
        holder.paragraph_format.page_break_before = self.fresh or None
        self.fresh = False
        picture = BytesIO(b64decode(figure.png))
        inline = holder.add_run().add_picture(picture, Pt(width), Pt(height))._inline
        inline.docPr.set("descr", visible(item.alt))
        inline.docPr.set("name", item.label)
        self._add([paragraph("Caption", *self._label(item), run(f". {item.text}"))])
        self._add(paragraph("TableNote", run(note)) for note in item.notes)

    def _claim(self, claim: Claim, item: Item) -> None:
        word = self.page.words("document.holds" if item.holds else "document.does_not_hold")
        runs = self.prose.runs(sentence(claim.claim))
        verdict = run(f"{word} ", strong=True, colour=GOOD if item.holds else BAD)
        self._add([paragraph("Claim", verdict, *runs, run(f" ({item.text})."))])

    def _label(self, item: Item) -> Iterator[Element]:
        """A label, "Table 3", its number a field that counts: a place that can be referred to."""
        kind, _, number = item.label.rpartition(" ")
        sequence = re.sub(r"\W", "", kind)
        shown = [run(number, strong=True)]
        counted = field(rf"SEQ {sequence} \* ARABIC", shown, strong=True)
        return self.places.marked(item.anchor, [run(f"{kind} ", strong=True), *counted])

    def _line(self, style: str, text: str) -> None:
        if text:
            self._add([paragraph(style, run(text))])

    def _add(self, elements: Iterable[Element]) -> None:
        """Elements at the end of the document; the first begins a page where that was asked."""
        end = self.file.element.body.find(qn("w:sectPr"))
        for element in elements:
            end.addprevious(element)
            if self.fresh and element.tag == qn("w:p"):
                element.get_or_add_pPr().get_or_add_pageBreakBefore()
                self.fresh = False
