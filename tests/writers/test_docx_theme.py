"""A theme and a brand in Word: colours, headings and a logo, and nothing of the default changed."""

from __future__ import annotations

import io
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest

from reportgen.core.document import Brand, Look, Text
from reportgen.writers.docx import Docx

docx = pytest.importorskip("docx", reason="python-docx reads the documents")

PROSE = (
    "See [the table](#linear), and a note[^1].\n\n[^1]: Of [a place](https://example.org/note).\n"
)


def logo(size: tuple[int, int]) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, "#7a1f5c").save(out, "PNG")
    return out.getvalue()


def opened(document: Any) -> Any:
    return docx.Document(io.BytesIO(Docx().render(document)))


def test_a_theme_gives_the_colours_of_a_document(demo: ModuleType) -> None:
    """Of styles and of links, in the text and in its footnotes; those it does not change stay."""
    look = Look({"head": "#7a1f5c", "link": "#123"})
    data = Docx().render(demo.document(Text(PROSE), demo.compare(), demo.HOLDS, look=look))
    file = docx.Document(io.BytesIO(data))
    assert str(file.styles["Heading 1"].font.color.rgb) == "7A1F5C"
    assert str(file.styles["Normal"].font.color.rgb) == "1B2226"
    with ZipFile(io.BytesIO(data)) as parts:
        for part, times in (("word/document.xml", 1), ("word/footnotes.xml", 1)):
            text = parts.read(part).decode()
            assert text.count('w:color w:val="112233"') >= times
            assert "0B5A8A" not in text


def test_the_headings_of_a_theme_are_those_of_the_document(demo: ModuleType) -> None:
    """Serif and centred in APA; its black, and the brand's colour above it."""
    file = opened(demo.document(theme="apa"))
    heading = file.styles["Heading 1"]
    assert (heading.font.name, str(heading.font.color.rgb)) == ("Cambria", "000000")
    assert heading.paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    assert opened(demo.document()).styles["Heading 1"].font.name == "Calibri"
    branded = opened(demo.document(theme="apa", brand=Brand(accent="#00467f")))
    assert str(branded.styles["Title"].font.color.rgb) == "00467F"


@pytest.mark.parametrize("size", [(60, 20), (4000, 100)])
def test_a_logo_stands_above_the_title(demo: ModuleType, size: tuple[int, int]) -> None:
    """With its name for those who cannot see it, and no wider than a third of the text."""
    file = opened(demo.document(Text("a"), brand=Brand(logo(size), "Institute")))
    (shape,) = file.inline_shapes
    assert shape._inline.docPr.get("descr") == "Institute"
    assert shape.width.pt <= 157
    assert shape.width / shape.height == pytest.approx(size[0] / size[1], rel=0.02)
    assert file.paragraphs[0]._p.xpath(".//pic:pic")
    assert file.paragraphs[1].style.name == "Title"


def test_a_logo_that_word_does_not_take_is_left_out(demo: ModuleType) -> None:
    """An SVG needs a picture beside it, which we do not have."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M 0 0 h 3"/></svg>'
    file = opened(demo.document(Text("a"), brand=Brand(svg, "Institute")))
    assert not file.inline_shapes
    assert file.paragraphs[0].style.name == "Title"
