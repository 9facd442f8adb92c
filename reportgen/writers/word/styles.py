"""How a Word document looks: its named styles, which its reader may change in one place."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from reportgen.core.dataclass import dataclass
from reportgen.writers.word.xml import FAINT, HEAD, INK, SOFT, w

SERIF, SANS, FIXED = "Cambria", "Calibri", "Consolas"
"""Faces that every Word has: the document is to be edited, also where ours are not installed."""


@dataclass(frozen=True)
class _Style:
    """One style: its face, size and space in points; `line` is the distance of lines in sizes."""

    font: str = SERIF
    size: float = 10.5
    colour: str = INK
    bold: bool = False
    italic: bool = False
    before: float = 0.0
    after: float = 6.0
    line: float = 1.2


STYLES = {
    "Normal": _Style(),
    "Title": _Style(SANS, 22, HEAD, bold=True, after=2, line=1.1),
    "Subtitle": _Style(SANS, 13, SOFT, after=6, line=1.1),
    "Authors": _Style(SANS, 10.5, after=4),
    "Origin": _Style(SANS, 9, FAINT, after=12),
    "Abstract": _Style(before=2, after=10),
    "Alert": _Style(SANS, 10.5, "A3271B", bold=True),
    "Heading 1": _Style(SANS, 15, HEAD, bold=True, before=16, after=5, line=1.1),
    "Heading 2": _Style(SANS, 12.5, HEAD, bold=True, before=12, after=4, line=1.1),
    "Heading 3": _Style(SANS, 11, HEAD, bold=True, before=10, after=3, line=1.1),
    "Heading 4": _Style(SANS, 10.5, HEAD, bold=True, before=8, after=3, line=1.1),
    "Heading 5": _Style(SANS, 10.5, SOFT, bold=True, before=8, after=3, line=1.1),
    "Caption": _Style(SANS, 9.5, INK, before=10, after=4, line=1.15),
    "Table Text": _Style(SANS, 9, before=1, after=1, line=1.0),
    "Table Head": _Style(SANS, 9, before=1, after=1, line=1.0),
    "Table Note": _Style(SANS, 8, SOFT, before=3, after=3, line=1.1),
    "Figure": _Style(before=8, after=0, line=1.0),
    "Claim": _Style(before=8, after=6),
    "Code": _Style(FIXED, 9, before=0, after=0, line=1.1),
    "Quote": _Style(italic=True),
    "List Bullet": _Style(after=3),
    "List Bullet 2": _Style(after=3),
    "List Bullet 3": _Style(after=3),
    "List Number": _Style(after=3),
    "List Number 2": _Style(after=3),
    "List Number 3": _Style(after=3),
    "Contents Heading": _Style(SANS, 12.5, HEAD, bold=True, before=6, after=3, line=1.1),
    "toc 1": _Style(SANS, 10, after=1),
    "toc 2": _Style(SANS, 10, SOFT, after=1),
    "Made": _Style(SANS, 9, SOFT, after=2, line=1.15),
    "Header": _Style(SANS, 8, FAINT, after=0, line=1.0),
    "Footer": _Style(SANS, 8, FAINT, after=0, line=1.0),
    "footnote text": _Style(SANS, 8, SOFT, after=2, line=1.1),
}
BUILT_IN = frozenset({"toc 1", "toc 2", "footnote text"})
"""Styles that Word knows, though the library's template does not have them."""
MADE = 80.0
"""Where the values of the last page stand, in points."""

NOTE = 12.0
"""How far the text of a footnote stands behind its number."""

OWN_LINES = frozenset({"Figure"})
"""A line that holds a picture is as high as the picture."""


def restyle(document: Any, lang: str) -> None:
    """Give the styles of the document their looks, and its words their language."""
    known = {style.name for style in document.styles}
    for name, look in STYLES.items():
        style = (
            document.styles[name]
            if name in known
            else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, name in BUILT_IN)
        )
        _set(style, look, own_lines=name in OWN_LINES)
    call = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, True)
    call.font.superscript = True
    document.styles["toc 2"].paragraph_format.left_indent = Pt(12)
    made = document.styles["Made"].paragraph_format
    made.left_indent, made.first_line_indent = Pt(MADE), Pt(-MADE)
    note = document.styles["footnote text"].paragraph_format
    note.left_indent, note.first_line_indent = Pt(NOTE), Pt(-NOTE)
    title = document.styles["Title"].element.pPr
    for rule in title.findall(qn("w:pBdr")):
        title.remove(rule)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for found in defaults.iter(qn("w:lang")):
        found.set(qn("w:val"), lang)


def _set(style: Any, look: _Style, *, own_lines: bool) -> None:
    font = style.font
    font.name = look.font
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), look.font)
    font.size, font.bold, font.italic = Pt(look.size), look.bold, look.italic
    font.color.rgb = RGBColor.from_string(look.colour)
    format_ = style.paragraph_format
    format_.space_before, format_.space_after = Pt(look.before), Pt(look.after)
    if own_lines:
        format_.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        format_.line_spacing = look.line
    format_.widow_control = True


def modern(document: Any) -> None:
    """Tell Word that the document is a recent one: else it opens in a mode of compatibility."""
    compat = document.settings.element.find(qn("w:compat"))
    for found in compat.findall(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")
            return
    compat.append(w("compatSetting", name="compatibilityMode",
                    uri="http://schemas.microsoft.com/office/word", val="15"))  # fmt: skip
