"""Pages of a Word document: size, margins, running header, foot, and those on their side."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from reportgen.writers.pages.page import Page
from reportgen.writers.word.styles import modern
from reportgen.writers.word.xml import field, paragraph, run

SHORT, LONG = Mm(210), Mm(297)
UPRIGHT = {"top": Mm(27), "right": Mm(26), "bottom": Mm(25), "left": Mm(26)}
ASIDE = {"top": Mm(24), "right": Mm(22), "bottom": Mm(22), "left": Mm(22)}

LEFTOVERS = ("/thumbnail", "/stylesWithEffects")


def frame(document: Any, made: Page) -> None:
    """A4 pages with the title at their head (but the first) and the facts at their foot."""
    modern(document)
    _without_leftovers(document)
    section = document.sections[0]
    _size(section, landscape=False)
    section.different_first_page_header_footer = True
    section.header_distance = section.footer_distance = Mm(12)
    header = section.header
    header.is_linked_to_previous = False
    _only(header, paragraph("Header", run(made.document.title), align="right"))
    section.first_page_header.is_linked_to_previous = False
    for foot in (section.footer, section.first_page_footer):
        foot.is_linked_to_previous = False
        separator = made.words("document.separator")
        _only(foot, paragraph(
            "Footer", run(f"{made.foot}{separator}"), *field("PAGE", [run("1")]), run(" / "),
            *field("NUMPAGES", [run("1")]), align="right",
        ))  # fmt: skip


def turn(document: Any, *, landscape: bool) -> None:
    """End the pages that were; what follows stands on pages that lie on their side, or upright."""
    last = document.element.body.find(qn("w:sectPr"))
    before = last.getprevious()
    if before is None or before.tag != qn("w:p"):
        before = paragraph("TableNote")
        last.addprevious(before)
    before.get_or_add_pPr().append(deepcopy(last))
    for name in ("w:headerReference", "w:footerReference", "w:titlePg"):
        for found in last.findall(qn(name)):  # those of the pages before go on
            last.remove(found)
    _size(document.sections[-1], landscape=landscape)


def _size(section: Any, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (LONG, SHORT) if landscape else (SHORT, LONG)
    for side, width in (ASIDE if landscape else UPRIGHT).items():
        setattr(section, f"{side}_margin", width)


def _only(story: Any, content: Any) -> None:
    """Make `content` the only paragraph of a header or foot."""
    for old in list(story._element):
        story._element.remove(old)
    story._element.append(content)


def _without_leftovers(document: Any) -> None:
    """The library's template has a picture of its own first page, and styles for Word 2010 beside
    the others, which are not ours: a newer Word would take the file for damaged.
    """
    for relations in (document.part.package.rels, document.part.rels):
        for name in [key for key, found in relations.items() if found.reltype.endswith(LEFTOVERS)]:
            del relations[name]
