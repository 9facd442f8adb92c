"""Word: what a reader, a screen reader and Word itself rely on."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest

from reportgen.core.document import Heading, Text
from reportgen.writers.docx import Docx

docx = pytest.importorskip("docx", reason="python-docx reads the documents")

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

NOTED = """\
First[^1], a link[^2] and first again[^1]; see [Table 1](#linear) and [what it says](#linear).

$$\\rho = \\frac{\\sigma_b^2}{\\sigma_b^2 + \\sigma^2}.$$

Inline $\\hat{\\beta}_1 = \\sqrt[3]{x} + \\overline{y} + \\sum_{i=1}^n x_i +
\\left(\\log p\\right) + \\lim_{n \\to 0} a^2 + \\binom{n}{k}$ stays.

[^1]: What *it* says, of $x^2$.
[^2]: At [a place](https://example.org/note).
"""

# The order of children by ECMA-376 Part 1, 17 (only those that this writer uses need a place).
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr "
    "suppressLineNumbers pBdr shd tabs suppressAutoHyphens spacing ind contextualSpacing jc "
    "outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
    "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect "
    "bdr shd fitText vertAlign rtl cs em lang",
    "tbl": "tblPr tblGrid tr",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblW jc tblCellSpacing tblInd tblBorders shd "
    "tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "tcBorders": "top start left bottom end right",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p tbl",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg docGrid",
}  # fmt: skip
STYLED = {
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden "
    "unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr "
    "tcPr tblStylePr",
    "settings": "zoom proofState defaultTabStop characterSpacingControl savePreviewPicture "
    "footnotePr endnotePr compat rsids mathPr themeFontLang clrSchemeMapping "
    "doNotAutoCompressPictures shapeDefaults decimalSymbol listSeparator docId defaultImageDpi",
}
# The same of equations, by 22.1.
MATHS = {
    "r": "rPr rPr t", "rPr": "lit nor scr sty", "f": "fPr num den", "d": "dPr e",
    "dPr": "begChr sepChr endChr", "rad": "radPr deg e", "acc": "accPr e", "bar": "barPr e",
    "nary": "naryPr sub sup e", "naryPr": "chr limLoc grow subHide supHide", "func": "fName e",
    "limLow": "e lim", "sSub": "e sub", "sSup": "e sup", "sSubSup": "e sub sup",
}  # fmt: skip


@pytest.fixture(scope="module")
def file() -> bytes:
    from tests.writers import conftest as demo

    return Docx().render(demo.document())


@pytest.fixture(scope="module")
def document(file: bytes) -> Any:
    return docx.Document(io.BytesIO(file))


@pytest.fixture(scope="module")
def noted() -> bytes:
    """A report with footnotes, references and mathematics."""
    from tests.writers import conftest as demo

    return Docx().render(demo.document(Heading(1, "H"), demo.compare(), Text(NOTED)))


def member(file: bytes, name: str) -> Any:
    from lxml import etree

    with ZipFile(io.BytesIO(file)) as archive:
        return etree.fromstring(archive.read(f"word/{name}.xml"))


def text_of(element: Any) -> str:
    """The characters of runs and of equations."""
    return "".join(each.text for each in element.iter(f"{W}t", f"{M}t"))


def attributes(document: Any, tag: str, name: str) -> list[str]:
    return [each.get(W + name) for each in document.element.iter(W + tag) if each.get(W + name)]


def out_of_order(root: Any, space: str, orders: Mapping[str, str], seen: set[str]) -> list[str]:
    """Elements whose children stand in another order than that of the schema."""
    wrong = []
    for element in root.iter():
        name = str(element.tag).removeprefix(space)
        if name in orders:
            order, at = orders[name].split(), 0
            seen.add(name)
            for child in element:
                tag = child.tag.rpartition("}")[2]
                if tag not in order[at:]:
                    wrong.append(f"{name}: {tag}")
                    break
                at += order[at:].index(tag)
                at += tag == "rPr" and name == "r"
    return wrong


def test_elements_stand_in_the_order_of_the_schema(file: bytes, noted: bytes) -> None:
    """Word repairs, or refuses, a file whose elements stand in another order."""
    from lxml import etree

    seen = set[str]()
    for each in (file, noted):
        with ZipFile(io.BytesIO(each)) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"word/(document|footnotes|header\d*|footer\d*)\.xml", name):
                    root = etree.fromstring(archive.read(name))
                    assert out_of_order(root, W, ORDER, seen) == []
                    assert out_of_order(root, M, MATHS, seen) == []
        for name in ("styles", "settings"):
            assert out_of_order(member(each, name), W, STYLED, seen) == []
    assert seen == {*ORDER, *STYLED, *MATHS}


def test_the_order_is_really_looked_at(file: bytes) -> None:
    """A paragraph whose alignment stands before its style is found."""
    root = member(file, "document")
    look = next(root.iter(f"{W}pPr"))
    look.insert(0, look.makeelement(f"{W}jc", {}))
    assert out_of_order(root, W, ORDER, set()) == ["pPr: pStyle"]


def test_rows_of_a_table_have_as_many_columns_as_its_grid(document: Any) -> None:
    """Spans add up, and every cell ends with a paragraph."""
    for table in document.element.iter(W + "tbl"):
        columns = len(table.find(W + "tblGrid"))
        for row in table.iter(W + "tr"):
            spans = [cell.tcPr.gridSpan for cell in row.iter(W + "tc")]
            assert sum(1 if span is None else span.val for span in spans) == columns
            assert all(cell[-1].tag == W + "p" for cell in row.iter(W + "tc"))


def test_header_rows_repeat_and_rows_stay_whole(document: Any) -> None:
    """The rows of the header are flagged, the others not; no row breaks between pages."""
    table = document.tables[1]._tbl
    flagged = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.tr_lst]
    assert flagged == [True, True] + [False] * (len(flagged) - 2)
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in table.tr_lst)
    assert table.tblPr.find(f"{W}tblCaption").get(f"{W}val").startswith("Table 2. Systolic")


def test_captions_count_by_fields(document: Any) -> None:
    """Tables and figures are numbered by fields in paragraphs of the style for captions."""
    captions = [each for each in document.paragraphs if each.style.name == "Caption"]
    texts = [each.text for each in captions]
    assert [text.split(".")[0] for text in texts] == [
        "Table 1", "Table 2", "Figure 1", "Table 3", "Figure 2",
    ]  # fmt: skip
    codes = [each.text.strip() for each in document.element.iter(W + "instrText")]
    assert codes.count(r"SEQ Table \* ARABIC") == 3
    assert codes.count(r"SEQ Figure \* ARABIC") == 2


def test_references_lead_to_places_of_the_document(document: Any, noted: bytes) -> None:
    """A reference is a field that shows its bookmark; one in other words is a link to it."""
    marks = attributes(document, "bookmarkStart", "name")
    codes = [each.text for each in document.element.iter(W + "instrText")]
    asked = [code.split()[1] for code in codes if code.split()[0] == "REF"]
    assert len(marks) == len(set(marks))
    assert all(len(mark) <= 40 and mark.isidentifier() for mark in marks)
    assert {"r_linear", "r_estimates"} <= set(asked) <= set(marks)
    other = docx.Document(io.BytesIO(noted))
    assert attributes(other, "hyperlink", "anchor") == ["r_linear"]


def test_fields_begin_show_and_end(document: Any, noted: bytes) -> None:
    """As many ends as beginnings, in each paragraph that is not of the contents."""
    for each in (document, docx.Document(io.BytesIO(noted))):
        for found in each.element.iter(W + "p"):
            style = "" if found.pPr is None else str(found.pPr.style)
            kinds = [part.get(W + "fldCharType") for part in found.iter(W + "fldChar")]
            if not style.startswith("toc"):
                assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3)


def test_footnotes_are_words_own(noted: bytes) -> None:
    """A part with the two separators and each note once; a second call is a field; links work."""
    notes = member(noted, "footnotes")
    numbers = [int(each.get(f"{W}id")) for each in notes]
    assert numbers == [-1, 0, 1, 2]
    assert [text_of(each).strip() for each in notes] == [
        "", "", "What it says, of x2.", "At a place.",
    ]  # fmt: skip
    called = [int(each.get(f"{W}id")) for each in member(noted, "document").iter(
        f"{W}footnoteReference")]  # fmt: skip
    assert called == [1, 2]
    codes = [each.text.split() for each in member(noted, "document").iter(f"{W}instrText")]
    assert ["NOTEREF", "_note_1", "\\f", "\\h"] in codes
    listed = [int(each.get(f"{W}id")) for each in member(noted, "settings").iter(f"{W}footnote")]
    assert listed == [-1, 0]
    with ZipFile(io.BytesIO(noted)) as archive:
        relations = archive.read("word/_rels/footnotes.xml.rels").decode()
        kinds = archive.read("[Content_Types].xml").decode()
    assert 'Target="https://example.org/note" TargetMode="External"' in relations
    assert "/word/footnotes.xml" in kinds
    assert "What it says" not in "".join(map(text_of, member(noted, "document").iter(f"{W}p")))


def test_a_report_without_footnotes_has_no_part_for_them(file: bytes) -> None:
    """Nor what the template brings and we do not want."""
    with ZipFile(io.BytesIO(file)) as archive:
        names = archive.namelist()
    assert not [each for each in names if "footnotes" in each or "WithEffects" in each]
    assert not [each for each in names if "thumbnail" in each]


def test_mathematics_is_equations(noted: bytes) -> None:
    """One on a line of its own, with its stop, one in the text, one in a footnote."""
    body = member(noted, "document")
    shown = [text_of(each) for each in body.iter(f"{M}oMathPara")]
    assert shown == ["ρ=σb2σb2+σ2."]
    assert len(list(body.iter(f"{M}oMath"))) == 2
    assert len(list(member(noted, "footnotes").iter(f"{M}oMath"))) == 1


def test_headings_are_an_outline(document: Any) -> None:
    """Sections and subsections have the styles that Word's navigation shows."""
    found = [(each.style.name, each.text) for each in document.paragraphs
             if each.style.name.startswith(("Title", "Heading"))]  # fmt: skip
    assert found == [
        ("Title", "Multilevel and marginal modeling"),
        ("Heading 1", "Clustering in NHANES"),
        ("Heading 1", "Marginal linear model"),
        ("Heading 1", "Multilevel models"),
        ("Heading 2", "Random slopes"),
        ("Heading 1", "How this report was made"),
    ]


def test_figures_are_sharp_and_have_their_text(document: Any, demo: ModuleType) -> None:
    """300 dots per inch, and the alternative written from the numbers."""
    pictures = document.inline_shapes
    assert [each._inline.docPr.get("descr") for each in pictures] == [demo.figure().alt] * 2
    assert len({each._inline.docPr.get("id") for each in pictures}) == 2
    image = next(each for each in document.part.package.image_parts).image
    assert (image.content_type, image.horz_dpi) == ("image/png", 300)
    assert image.px_width == pytest.approx(447 / 72 * 300, abs=2)


def test_wide_tables_lie_on_their_side(document: Any) -> None:
    """A table too wide for an upright page has a page of its own; those after it are upright."""
    turned = [section.page_width > section.page_height for section in document.sections]
    assert turned == [False, True, False]


def test_who_and_when_are_the_documents(document: Any) -> None:
    """Title, authors and date come from the report, not from whoever runs it."""
    about = document.core_properties
    assert (about.title, about.author) == (
        "Multilevel and marginal modeling", "Ada Lovelace; Karl Pearson",
    )  # fmt: skip
    assert about.created.replace(tzinfo=None) == datetime(2026, 11, 23)
    assert about.modified == about.created


def test_lists_count_from_one_each(demo: ModuleType) -> None:
    """A second numbered list begins anew; what an author nests is nested."""
    text = "1. a\n2. b\n   - c\n\nBetween.\n\n1. d\n"
    made = docx.Document(io.BytesIO(Docx().render(demo.document(Heading(1, "H"), Text(text)))))
    items = [each for each in made.paragraphs if each.style.name.startswith("List")]
    assert [(each.style.name, each.text) for each in items] == [
        ("List Number", "a"), ("List Number", "b"), ("List Bullet 2", "c"), ("List Number", "d"),
    ]  # fmt: skip
    numbers = [each._p.pPr.numPr.numId.val for each in items if "Number" in each.style.name]
    assert numbers[0] == numbers[1] != numbers[2]


def test_addresses_are_links_and_scripts_are_not(demo: ModuleType) -> None:
    """A web address becomes a link; any other scheme stays the text it is."""
    text = "[web](https://example.org/?a=1&b=2) and [script](javascript:alert(1))"
    made = docx.Document(io.BytesIO(Docx().render(demo.document(Heading(1, "H"), Text(text)))))
    targets = [each.target_ref for each in made.part.rels.values() if each.is_external]
    assert targets == ["https://example.org/?a=1&b=2"]
    assert "[script](javascript:alert(1))" in "\n".join(each.text for each in made.paragraphs)
