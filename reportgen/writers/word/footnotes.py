"""Footnotes of a Word document: a part of their own, numbered and placed by Word.

ECMA-376 Part 1, 17.11. The library has no such part: it is made here, where a text has footnotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import qn

from reportgen.writers.word.xml import Element, paragraph, w

SEPARATORS = {-1: "separator", 0: "continuationSeparator"}
"""Two notes that every document with notes has: the lines above them."""
TEXT, CALL = "footnotetext", "footnotereference"
"""The styles of Word, by the names that the library gives them."""
BEFORE_COMPAT = ("w:endnotePr", "w:compat")


class Footnotes:
    """The footnotes of one document; it is written to when the first one comes."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._part: XmlPart | None = None
        self.count = 0

    @property
    def part(self) -> Any:
        """The part that relations within footnotes belong to."""
        if self._part is None:
            self._part = self._made()
        return self._part

    def add(self, runs: Iterable[Element]) -> int:
        """The number of a new footnote that says `runs`."""
        self.count += 1
        mark = w("r", w("rPr", w("rStyle", val=CALL)), w("footnoteRef"))
        blank = w("r", w("tab"))
        text = paragraph(TEXT, mark, blank, *runs)
        self.part.element.append(w("footnote", text, id=self.count))
        return self.count

    def _made(self) -> XmlPart:
        own = self.document.part
        root = w("footnotes", *(
            w("footnote", paragraph(TEXT, w("r", w(kind))), type=kind, id=number)
            for number, kind in SEPARATORS.items()
        ))  # fmt: skip
        part = XmlPart(
            PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, root, own.package
        )
        own.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self.document.settings.element
        after = next(settings.find(qn(name)) for name in BEFORE_COMPAT
                     if settings.find(qn(name)) is not None)  # fmt: skip
        after.addprevious(w("footnotePr", *(w("footnote", id=number) for number in SEPARATORS)))
        return part


def reference(number: int) -> Element:
    """The number of a footnote where it is called."""
    return w("r", w("rPr", w("rStyle", val=CALL)), w("footnoteReference", id=number))
