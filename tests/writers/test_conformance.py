"""What PDF/UA-1 (ISO 14289-1) and PDF/A-3a (ISO 19005-3) ask of a file and a program can see."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from reportgen.core.document import Brand, Look, Text
from reportgen.writers.pdf import Pdf

pypdf = pytest.importorskip("pypdf")

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M 0 0 h 3 v 3 z"/></svg>'
)
PROSE = """\
Estimates barely move: see [the table](#linear), and a note.[^1] Mathematics: $\\hat\\beta_1$.

[^1]: A note.

- first
- second
"""
LONG = "Disproportionately characteristic internationalisation, standardisation. " * 8
"""A note in which words have to be divided."""

SHOWN = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"Do",
    b"sh",
    b"f",
    b"F",
    b"f*",
    b"B",
    b"B*",
    b"b",
    b"b*",
    b"S",
    b"s",
}


@dataclass
class File:
    """A PDF, read: its tree, and what is drawn on its pages."""

    reader: Any
    root: Any = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.reader.trailer["/Root"]

    def elements(self, node: Any = None, parent: Any = None) -> Iterator[tuple[Any, Any]]:
        """Every element of the structure with the one that holds it."""
        node = self.root["/StructTreeRoot"] if node is None else node.get_object()
        if "/S" in node:
            yield node, parent
        for kid in node.get("/K", []):
            if not isinstance(kid, int):
                yield from self.elements(kid, node)

    def kids(self, element: Any) -> list[Any]:
        return [kid if isinstance(kid, int) else kid.get_object() for kid in element.get("/K", [])]

    def drawn(self, page: Any) -> Iterator[tuple[bytes, Any, tuple[Any, ...]]]:
        """What is drawn: its operator, its operand, and the marks that it stands in."""
        marks: list[Any] = []
        for operands, operator in page.get_contents().operations:
            if operator in (b"BMC", b"BDC"):
                marks.append(tuple(operands))
            elif operator == b"EMC":
                marks.pop()
            elif operator in SHOWN:
                yield operator, operands, tuple(marks)
        assert not marks


def file(document: Any) -> File:
    return File(pypdf.PdfReader(io.BytesIO(Pdf().render(document))))


@pytest.fixture(scope="module")
def themed(request: pytest.FixtureRequest) -> File:
    """A report in a theme of the user's own, with everything that a page can hold."""
    import tests.writers.conftest as demo

    look = Look({"paper": "#fdf8ef", "head": "#7a1f5c", "table-number": "block"})
    table = replace(demo.compare(), notes=(LONG,))
    parts = (demo.Heading(1, "Results"), Text(PROSE), table, demo.describe(6), demo.figure(),
             demo.HOLDS)  # fmt: skip
    return file(demo.document(*parts, look=look, brand=Brand(LOGO, "Institute")))


@pytest.fixture(scope="module")
def archive() -> File:
    """A report for archives, with a figure that holds an image."""
    import tests.writers.conftest as demo

    image = f'<image href="data:image/png;base64,{demo.picture()}" width="40" height="20"/></svg>'
    drawn = demo.figure(drawn=demo.svg().replace("</svg>", image))
    return file(demo.document(demo.compare(), drawn, pdf_variant="pdf/a-3a"))


def test_what_is_drawn_is_content_or_decoration(themed: File) -> None:
    """Everything shown stands in a mark; each mark of content is one of the structure (7.1)."""
    known: dict[Any, set[int]] = {}
    for element, _ in themed.elements():
        if element["/S"] == "/Document":
            continue  # it is on no page
        numbers = known.setdefault(element["/Pg"].get_object()["/StructParents"], set())
        numbers |= {kid for kid in themed.kids(element) if isinstance(kid, int)}
    for page in themed.reader.pages:
        for operator, _, marks in themed.drawn(page):
            assert marks, operator
            tag, *more = marks[0]
            if tag != "/Artifact":
                assert more[0]["/MCID"] in known[page["/StructParents"]]


def test_headers_and_feet_are_of_the_page(themed: File) -> None:
    """They are artifacts of pagination, of a kind (7.8), and are read with no page."""
    for page in themed.reader.pages:
        kinds = {
            marks[0][1]["/Subtype"] for _, _, marks in themed.drawn(page)
            if marks[0][0] == "/Artifact" and len(marks[0]) > 1
        }  # fmt: skip
        first = page == themed.reader.pages[0]
        assert kinds == ({"/Footer"} if first else {"/Header", "/Footer"})
        owners = themed.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        held = owners[owners.index(page["/StructParents"]) + 1]
        assert any(isinstance(owner, pypdf.generic.NullObject) for owner in held)


def test_lists_tables_and_captions_hold_what_they_may(themed: File) -> None:
    """Lists items, tables rows; a caption none; nothing is empty but a cell (7.2)."""
    kinds = set()
    for element, parent in themed.elements():
        inside = {
            kid["/S"] for kid in themed.kids(element) if isinstance(kid, dict) and "/S" in kid
        }
        kind = element["/S"]
        kinds.add(kind)
        if kind == "/L":
            assert inside <= {"/LI", "/L", "/Caption"}
        if kind == "/LI":
            assert parent["/S"] == "/L"
            assert inside <= {"/Lbl", "/LBody"}
        if kind == "/Table":
            assert inside <= {"/Caption", "/THead", "/TBody", "/TFoot", "/TR"}
        if kind == "/Caption":
            assert "/Caption" not in inside
        if kind not in ("/TD", "/TH"):
            assert themed.kids(element), kind
    assert {"/L", "/LI", "/Table", "/Caption", "/Figure", "/Link", "/H1", "/H2"} <= kinds


def test_every_row_of_a_table_fills_its_columns(themed: File) -> None:
    """Counting cells that reach across columns and rows (7.5)."""
    tables = [element for element, _ in themed.elements() if element["/S"] == "/Table"]
    assert len(tables) > 2
    for table in tables:
        rows = [row for row, _ in themed.elements(table) if row["/S"] == "/TR"]
        hanging: list[int] = []
        widths = set()
        for row in rows:
            cells = [(kid["/A"].get("/ColSpan", 1), kid["/A"].get("/RowSpan", 1))
                     for kid in themed.kids(row)]  # fmt: skip
            widths.add(sum(across for across, _ in cells) + len(hanging))
            hanging = [left - 1 for left in hanging if left > 1]
            hanging += [down - 1 for across, down in cells for _ in range(across) if down > 1]
        assert len(widths) == 1
        assert not hanging


def test_figures_stand_where_their_boxes_are(themed: File) -> None:
    """In points from the bottom left of their page; the logo at the top, right of the middle."""
    figures = [element for element, _ in themed.elements() if element["/S"] == "/Figure"]
    assert {"Institute", "\\hat\\beta_1"} < {str(figure["/Alt"]) for figure in figures}
    for figure in figures:
        left, bottom, right, top = (float(each) for each in figure["/A"]["/BBox"])
        _, _, width, height = (float(each) for each in figure["/Pg"].get_object()["/MediaBox"])
        assert 0 <= left < right <= width
        assert 0 <= bottom < top <= height
        if figure["/Alt"] == "Institute":
            assert left > width / 2
            assert bottom > height * 0.8


def test_links_say_what_stands_there_and_are_printed(themed: File) -> None:
    """Not the name of the place that they lead to (7.18.5)."""
    links = [each.get_object() for page in themed.reader.pages for each in page.get("/Annots", [])]
    assert "the table" in {str(link["/Contents"]) for link in links}
    assert {link["/F"] for link in links} == {4}


def test_words_that_are_divided_are_in_our_typefaces(themed: File) -> None:
    """A hyphen that the face lacks would be that of another machine's."""
    text = "".join(page.extract_text() for page in themed.reader.pages)
    assert re.search(r"\w-\n", text)
    assert "\u2010" not in text
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[1]
        for page in themed.reader.pages for font in page["/Resources"]["/Font"].values()
    }  # fmt: skip
    assert fonts <= {"Source-Sans-Pro", "Source-Sans-Pro-Semi-Bold", "Source-Serif-Pro",
                     "Source-Serif-Pro-Semi-Bold", "Source-Sans-Pro-Italic",
                     "Source-Serif-Pro-Italic"}  # fmt: skip


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["themed", "archive"])
def test_what_is_inside_says_its_relation_once(name: str, request: pytest.FixtureRequest) -> None:
    """Every file, in a tree of names that is sorted (ISO 32000-1, 7.9.6; ISO 19005-3, 6.8)."""
    report: File = request.getfixturevalue(name)
    names = report.root["/Names"]["/EmbeddedFiles"]["/Names"]
    keys = [key.original_bytes for key in names[::2]]
    assert keys == sorted(keys)
    assert len(report.root["/AF"]) == len(keys)
    for each in report.root["/AF"]:
        inside = each.get_object()
        assert inside["/AFRelationship"] in ("/Source", "/Data")
        assert inside["/F"] == inside["/UF"]
        assert "/" in inside["/EF"]["/F"]["/Subtype"][1:]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_archive_keeps_what_it_needs(archive: File) -> None:
    """Colours with their profile, typefaces with their characters, images as they are (6.2)."""
    assert archive.root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/DestOutputProfile" in archive.root["/OutputIntents"][0]
    images = 0
    for number in range(1, archive.reader.trailer["/Size"]):
        each = archive.reader.get_object(number)
        if not isinstance(each, dict):
            continue
        if each.get("/Subtype") == "/Image":
            images += 1
            assert each["/Interpolate"].value is False
        if each.get("/Type") == "/Font" and each["/Subtype"] == "/Type0":
            assert "/ToUnicode" in each
            assert "/FontFile2" in each["/DescendantFonts"][0]["/FontDescriptor"]
        if each.get("/Type") == "/Annot":
            assert each["/F"] == 4
    assert images
    for page in archive.reader.pages:
        depth = deepest = 0
        for _, operator in page.get_contents().operations:
            depth += {b"q": 1, b"Q": -1}.get(operator, 0)
            deepest = max(deepest, depth)
        assert deepest <= 28
