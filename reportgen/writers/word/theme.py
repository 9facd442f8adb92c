"""A theme and a brand in a Word document: its colours, the typeface of headings, a logo.

Styles and runs are made in the colours of the default theme; what another theme changes is
exchanged once the document is whole. Sizes, rules and the page are those of every document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from reportgen.core.document import Document
from reportgen.writers.pages.logo import checked
from reportgen.writers.pages.theme import PLAIN, builtin, schemes
from reportgen.writers.texts.visible import visible
from reportgen.writers.word.styles import SERIF
from reportgen.writers.word.xml import BAD, FAINT, GOOD, HEAD, INK, LINK, SOFT, Element

OURS = {"ink": INK, "soft": SOFT, "faint": FAINT, "head": HEAD, "good": GOOD, "bad": BAD,
        "link": LINK}  # fmt: skip
"""What the styles and runs of a document have for each variable of the style sheet."""
HEADINGS = ("Title", "Contents Heading", "Heading 1", "Heading 2", "Heading 3", "Heading 4",
            "Heading 5")  # fmt: skip

HIGH, WIDE = Pt(37), Pt(157)
"""How large a logo may be: as on paper, 3.4 rem high, and a third of the text wide."""


def themed(file: Any, document: Document) -> None:
    """Give a document that is whole the colours and the headings of its theme and its brand."""
    light, plain = schemes(document)[0], builtin(PLAIN)[0]
    changed = {
        ours: _digits(light[name]) for name, ours in OURS.items() if light[name] != plain[name]
    }
    _recolour((part.element for part in _parts(file)), changed)
    for name in HEADINGS:
        if light["titles"] != plain["titles"]:
            _face(file.styles[name], SERIF)
    if light["section-align"] == "center":
        file.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def logo(file: Any, document: Document) -> None:
    """The brand's logo at the right, if it is a PNG or JPEG: Word takes no SVG without one."""
    brand = document.brand
    if not brand.logo or checked(brand.logo) == "image/svg+xml":
        return
    holder = file.add_paragraph(style="Figure")
    holder.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = holder.add_run().add_picture(BytesIO(brand.logo), height=HIGH)
    if picture.width > WIDE:
        picture.width, picture.height = WIDE, round(picture.height * WIDE / picture.width)
    picture._inline.docPr.set("descr", visible(brand.name))
    picture._inline.docPr.set("name", "logo")


def _parts(file: Any) -> Iterable[Any]:
    """Every part of the document that has text or styles: its body, headers, feet, footnotes."""
    main = file.part
    return (main, *(each.target_part for each in main.rels.values()
                    if not each.is_external and hasattr(each.target_part, "element")))  # fmt: skip


def _recolour(elements: Iterable[Element], changed: Mapping[str, str]) -> None:
    value, colour = qn("w:val"), qn("w:color")
    for element in elements:
        for each in element.iter():
            key = value if each.tag == colour else colour
            given = each.get(key, "")
            if given.upper() in changed:
                each.set(key, changed[given.upper()])


def _face(style: Any, name: str) -> None:
    style.font.name = name
    style.element.rPr.rFonts.set(qn("w:cs"), name)


def _digits(colour: str) -> str:
    """A colour as Word writes it: six digits."""
    digits = colour.removeprefix("#")
    return (digits if len(digits) == 6 else "".join(2 * each for each in digits)).upper()
