"""Elements of WordprocessingML, made so that their children stand in the order of its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from reportgen.writers.texts.visible import visible

Element = Any
"""An lxml element; the library is not typed."""

INK, SOFT, FAINT, HEAD, GOOD, BAD, LINK = (
    "1B2226", "3D4852", "66717B", "0D2233", "1D6B3A", "A3271B", "0B5A8A",
)  # fmt: skip
"""The colours of the report's style sheet."""


def w(tag: str, *children: Element | None, **attributes: object) -> Element:
    """`<w:tag>` with its children (those that are not None) and attributes (`val_` is `w:val`)."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend([child for child in children if child is not None])
    return made


def run(
    text: str,
    *,
    strong: bool = False,
    emphasis: bool = False,
    code: bool = False,
    colour: str = "",
    size: float = 0.0,
    raised: bool = False,
    line: bool = False,
) -> Element:
    """Characters of one type: `size` in points, `raised` as the mark of a note, `line` ends it."""
    half = round(2 * size)
    look = w(
        "rPr",
        w("rFonts", ascii="Consolas", hAnsi="Consolas", cs="Consolas") if code else None,
        w("b") if strong else None,
        w("i") if emphasis else None,
        w("color", val=colour) if colour else None,
        w("sz", val=half) if size else None,
        w("szCs", val=half) if size else None,
        w("vertAlign", val="superscript") if raised else None,
    )
    return w("r", look if len(look) else None, *_text(text), w("br") if line else None)


def paragraph(
    style: str,
    *children: Element,
    keep: bool = False,
    fresh: bool = False,
    list_: tuple[int, int] | None = None,
    rule: bool = False,
    indent: int = 0,
    align: str = "",
) -> Element:
    """A paragraph: `keep` stays with the next, `fresh` begins a page, `rule` has a line below.

    `list_` is (level, number of the list); `indent` is in twentieths of a point.
    """
    made = w("p", w(
        "pPr",
        w("pStyle", val=style),
        w("keepNext") if keep else None,
        w("pageBreakBefore") if fresh else None,
        w("numPr", w("ilvl", val=list_[0]), w("numId", val=list_[1])) if list_ else None,
        w("pBdr", w("bottom", val="single", sz=4, space=1, color=INK)) if rule else None,
        w("ind", left=indent) if indent else None,
        w("jc", val=align) if align else None,
    ))  # fmt: skip
    made.extend(children)
    return made


def field(code: str, shown: Iterable[Element], *, strong: bool = False) -> Iterator[Element]:
    """A field and what it showed when the document was made, all of it of one type."""

    def part(element: Element) -> Element:
        return w("r", w("rPr", w("b")) if strong else None, element)

    instruction = w("instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    yield part(w("fldChar", fldCharType="begin"))
    yield part(instruction)
    yield part(w("fldChar", fldCharType="separate"))
    yield from shown
    yield part(w("fldChar", fldCharType="end"))


def _text(text: str) -> Iterator[Element]:
    """The characters; a tab and the end of a line are elements of their own."""
    for number, line in enumerate(visible(text).split("\n")):
        if number:
            yield w("br")
        for place, piece in enumerate(line.split("\t")):
            if place:
                yield w("tab")
            if piece:
                made = w("t")
                made.text = piece
                made.set(qn("xml:space"), "preserve")
                yield made
