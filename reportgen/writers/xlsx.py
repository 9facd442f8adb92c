"""Excel: one sheet for each table, its numbers whole, shown as the report shows them."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.document import Document
from reportgen.writers import extras


class Xlsx:
    """The tables of the report as a workbook. Needs `reportgen[xlsx]`."""

    suffix: ClassVar[str] = ".xlsx"

    def require(self) -> None:
        """DocumentError where openpyxl is missing."""
        extras.require(("openpyxl",), "xlsx", "a workbook")

    def render(self, document: Document) -> bytes:
        """The file; the same document gives the same bytes."""
        self.require()
        from reportgen.writers.excel.workbook import workbook

        return workbook(document)
