"""What a screen reader is told of a PDF's tables: whether a header is one of rows or of columns."""

from __future__ import annotations

from typing import Any

SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}
"""The scopes of HTML, and those of PDF (ISO 32000-2, table 384)."""


def scoped(document: Any) -> None:
    """Give each header cell of the structure tree the scope that it has in the page.

    WeasyPrint itself names for each cell its headers, and no scope.
    """
    for page in document.pages:
        for box in page._page_box.descendants():
            mark: Any = getattr(box, "mark", None)
            scope = "" if mark is None or box.element is None else box.element.get("scope")
            if scope in SCOPES:
                mark["A"]["Scope"] = SCOPES[scope]
