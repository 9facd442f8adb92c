"""Word: real tables, captions, styles and cross-references, to be edited and commented on."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.document import Document
from reportgen.writers import extras


class Docx:
    """The report as a Word document on A4. Needs `reportgen[docx]`."""

    suffix: ClassVar[str] = ".docx"
    pictures: ClassVar[bool] = True

    def require(self) -> None:
        """DocumentError where python-docx is missing."""
        extras.require(("docx",), "docx", "a Word document")

    def render(self, document: Document) -> bytes:
        """The file; the same document gives the same bytes."""
        self.require()
        from reportgen.writers.word.report import word

        return word(document)
