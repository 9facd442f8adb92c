"""What a reader with a screen reader is told of a PDF: its structure, put right where WeasyPrint's
says something else than the page (ISO 14289-1, PDF/UA-1; ISO 19005-3, PDF/A-3a).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}
"""The scopes of HTML, and those of PDF (ISO 32000-2, table 384)."""

POINTS = 0.75
"""Points of a CSS pixel."""

ONCE = frozenset({"/Caption", "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
"""Elements that hold none of their own kind."""
MEANINGLESS = frozenset({"/Span", "/NonStruct", "/Div", "/P"})
"""Elements that say nothing where they hold nothing; an empty cell of a table does."""

PRINTED = 4
"""The flag of an annotation that is printed, too (ISO 32000-1, table 165)."""


def finished(document: Any, pdf: Any) -> None:
    """Put right the structure of a PDF: a `finisher` of WeasyPrint, before the file is written."""
    scoped(document)
    linked(document)
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    running(document, pdf, root)
    for element in _elements(pdf):
        if element["S"] == "/Figure" and "A" in element:
            element["A"]["BBox"] = _box(element["A"]["BBox"], _object(pdf, element["Pg"]))
        if element["S"] in ONCE and _object(pdf, element["P"])["S"] == element["S"]:
            element["S"] = "/NonStruct"
    _prune(pdf, root)


def archived(pdf: Any) -> None:
    """What an archive wants besides: no image is drawn with values between its own."""
    for each in pdf.objects:
        if "Interpolate" in getattr(each, "extra", ()):
            each.extra["Interpolate"] = "false"


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


def linked(document: Any) -> None:
    """Say of each link what stands there, and not the name of the place that it leads to."""
    for page in document.pages:
        for box in page._page_box.descendants():
            annotation: Any = getattr(box, "link_annotation", None)
            if annotation is None:
                continue
            annotation["F"] = PRINTED
            text = " ".join("".join(box.element.itertext()).split())
            if text:
                annotation["Contents"] = type(annotation["Contents"])(text)


def running(document: Any, pdf: Any, root: Any) -> None:
    """Take running headers and feet out of the text: they are of the page, not of the report.

    WeasyPrint marks them as text that is nowhere in the tree; ISO 14289-1, 7.8 wants artifacts.
    """
    reached = {id(element) for element in _below(pdf, root)}
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    texts = dict(zip(numbers[::2], numbers[1::2], strict=True))
    sheets = (
        each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"
    )
    for page, sheet in zip(document.pages, sheets, strict=True):
        owners = texts[sheet["StructParents"]]
        lost = {
            number: owner for number, owner in enumerate(owners)
            if id(_object(pdf, owner)) not in reached
        }  # fmt: skip
        # Elements are made in the order of the boxes, marks in that of drawing.
        made = sorted(lost, key=lambda number: _number(lost[number]))
        kinds = dict(zip(made, _margins(page), strict=True))
        _unmark(_object(pdf, sheet["Contents"]).stream, kinds)
        for number, owner in lost.items():
            owners[number] = b"null"
            _object(pdf, owner).clear()


def _margins(page: Any) -> Iterator[str]:
    """Of each text outside the text of a page whether it is of its header or of its foot."""
    for box in page._page_box.children:
        keyword = getattr(box, "at_keyword", "")
        if keyword:
            kind = "Header" if keyword.startswith("@top") else "Footer"
            yield from (kind for each in box.descendants() if hasattr(each, "text"))


def _unmark(stream: list[Any], kinds: dict[int, str]) -> None:
    """Make artifacts of the marked texts of these numbers."""
    for place, item in enumerate(stream):
        if isinstance(item, dict) and item.get("MCID") in kinds and stream[place + 1] == b"BDC":
            stream[place - 1] = "/Artifact"
            kind = kinds[item["MCID"]]
            stream[place] = type(item)({"Type": "/Pagination", "Subtype": f"/{kind}"})


def _prune(pdf: Any, element: Any) -> bool:
    """Take out of the tree what holds nothing and says nothing; whether that is all of it."""
    kept = [
        kid for kid in element.get("K", ())
        if isinstance(kid, int) or not _prune(pdf, _object(pdf, kid))
    ]  # fmt: skip
    if "K" in element:
        element["K"][:] = kept
    return not kept and element.get("S") in MEANINGLESS


def _box(box: Sequence[float], sheet: Any) -> Any:
    """A box in CSS pixels from the top left of a page, in points from its bottom left."""
    left, top, right, bottom = box
    height = sheet["MediaBox"][3]
    upside = (left * POINTS, height - bottom * POINTS, right * POINTS, height - top * POINTS)
    return type(sheet["MediaBox"])(upside)


def _elements(pdf: Any) -> Iterator[Any]:
    """Every element of the structure."""
    for each in pdf.objects:
        if isinstance(each, dict) and each.get("Type") == "/StructElem":
            yield each


def _below(pdf: Any, element: Any) -> Iterator[Any]:
    for kid in element.get("K", ()):
        if not isinstance(kid, int):
            found = _object(pdf, kid)
            yield found
            yield from _below(pdf, found)


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
