"""The PDF: tagged, complete, the same every time, and set as a typesetter would."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reportgen.core.document import Heading, PageBreak, Text
from reportgen.core.errors import DocumentError
from reportgen.writers.csv import table_csv
from reportgen.writers.json import Json
from reportgen.writers.paper.fetch import Asset, closed
from reportgen.writers.pdf import Pdf, require_pango

pypdf = pytest.importorskip("pypdf", reason="pypdf reads the PDFs: pip install pypdf")


FOOT = "nhanes.yaml · 3f9c2ab · data 116bf37a"
RUNNING = re.compile(rf"{FOOT}|Multilevel and marginal modeling$|.*\(continued\)$")


@pytest.fixture(autouse=True)
def pango(request: pytest.FixtureRequest) -> None:
    """Skip where the libraries that set text are missing."""
    if "without_pango" in request.node.name:
        return
    try:
        require_pango()
    except DocumentError as error:
        pytest.skip(f"{error.problems[0].message}: {error.problems[0].help}")


def read(document: object) -> Any:
    return pypdf.PdfReader(io.BytesIO(Pdf().render(document)))  # type: ignore[arg-type]


@pytest.fixture
def pdf(demo: ModuleType) -> Any:
    """The whole demonstration."""
    return read(demo.document())


def lines(page: Any, *, running: bool = False) -> list[str]:
    """The lines of a page, without its running header and foot."""
    found = [line.strip() for line in page.extract_text().split("\n") if line.strip()]
    if running:
        return found
    foot = re.compile(
        r"nhanes\.yaml ·|\d+ / \d+$|Multilevel and marginal modeling$|.*\(continued\)$"
    )
    return [line for line in found if not foot.match(line)]


def rightmost(page: Any) -> float:
    """Where the last text of a page begins, in points from its left edge."""
    starts: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: starts.append(cm[4] + cm[0] * tm[4]))
    return max(starts)


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, dict):
        yield node
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            yield from elements(kid)


def test_it_is_tagged_and_says_so(pdf: Any) -> None:
    """Structure, language, title and the mark of PDF/UA-1 are in the catalogue."""
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "Multilevel and marginal modeling"
    assert pdf.metadata.author == "Ada Lovelace, Karl Pearson"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    kinds = {element.get("/S") for element in elements(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/Caption", "/Figure"} <= kinds


def test_figures_have_their_text(pdf: Any, demo: ModuleType) -> None:
    """Each figure's alternative is the text written from its numbers."""
    figures = [
        e for e in elements(pdf.trailer["/Root"]["/StructTreeRoot"]) if e.get("/S") == "/Figure"
    ]
    assert [figure["/Alt"] for figure in figures] == [demo.figure().alt] * 2


def test_headers_of_tables_have_their_scope(demo: ModuleType) -> None:
    """Every header is one of rows or of columns; every table has its caption, and cells headers."""
    tree = read(demo.document(demo.compare(), demo.describe())).trailer["/Root"]["/StructTreeRoot"]
    tables = [each for each in elements(tree) if each.get("/S") == "/Table"]
    assert len(tables) == 2
    for table in tables:
        kinds = [each.get("/S") for each in elements(table)]
        assert kinds.count("/Caption") == 1
        headers = [each for each in elements(table) if each.get("/S") == "/TH"]
        assert {each["/A"]["/Scope"] for each in headers} == {"/Column", "/Row"}
        assert headers[0]["/A"]["/Scope"] == "/Column"
        assert headers[-1]["/A"]["/Scope"] == "/Row"
        cells = [each for each in elements(table) if each.get("/S") == "/TD"]
        assert all(each["/A"]["/Headers"] for each in cells)


# The library leaves the file of its colour profile to be closed by the collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_can_be_for_archives(demo: ModuleType) -> None:
    """PDF/A-3a by choice: it says so, and everything inside has its relation to the report."""
    pdf = read(demo.document(demo.compare(), pdf_variant="pdf/a-3a"))
    gc.collect()
    metadata = pdf.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert b"pdfaid:part" in metadata
    assert b"pdfuaid" not in metadata
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    relations = [each.get_object()["/AFRelationship"] for each in pdf.trailer["/Root"]["/AF"]]
    assert set(relations) == {"/Source", "/Data"}


def test_the_outline_is_the_sections(pdf: Any) -> None:
    """Sections with their subsections below them, and the last page."""
    titles = [
        item.title if not isinstance(item, list) else [i.title for i in item]
        for item in pdf.outline
    ]
    assert titles == [
        "Clustering in NHANES", "Marginal linear model", "Multilevel models", ["Random slopes"],
        "How this report was made",
    ]  # fmt: skip


def test_spec_and_results_are_inside(pdf: Any, demo: ModuleType) -> None:
    """Byte for byte what was built from, and what came out."""
    results = Json().render(demo.document())
    assert pdf.attachments["nhanes.yaml"] == [demo.SPEC.encode()]
    assert pdf.attachments["results.json"] == [results]


def test_tables_are_inside_as_data(pdf: Any, demo: ModuleType) -> None:
    """Under the names that they have in the output folder, and so are figures."""
    names = [name for name in pdf.attachments if name.endswith(".csv")]
    assert sorted(names) == [
        "01-describe.csv", "02-compare.csv", "03-compare.csv", "figures/01-forest.csv",
        "figures/02-forest.csv",
    ]  # fmt: skip
    assert pdf.attachments["02-compare.csv"] == [table_csv(demo.compare())]


def test_included_files_and_parameters_are_inside(demo: ModuleType) -> None:
    """A report can be made again though its spec is several files, and had parameters."""
    build = replace(demo.BUILD, included={"shared/data.yaml": "datasets: {}\n"})
    pdf = read(demo.document(Text("a"), build=build))
    assert pdf.attachments["shared/data.yaml"] == [b"datasets: {}\n"]
    about = json.loads(pdf.attachments["build.json"][0])
    assert about == {
        "schema": "reportgen/build/1", "spec": "nhanes.yaml", "included": ["shared/data.yaml"],
        "looks": {}, "params": demo.BUILD.params, "engine": None,
    }  # fmt: skip


def test_a_logo_of_a_name_that_is_taken_is_an_error(demo: ModuleType) -> None:
    """What the report has inside keeps its names: `verify` looks for them."""
    build = replace(demo.BUILD, beside={"results.json": b"<svg/>"})
    with pytest.raises(DocumentError, match="the name of another file"):
        read(demo.document(Text("a"), build=build))


def test_all_fonts_are_embedded_and_ours(pdf: Any) -> None:
    """The same page on every machine: no font of the system is used."""
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    for name, font in fonts.items():
        assert re.fullmatch(r"/[A-Z]{6}\+Source-(Sans|Serif)-Pro[-A-Za-z]*", name)
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_nothing_is_left_unsaid_by_the_library(demo: ModuleType, capfd: Any) -> None:
    """WeasyPrint understands all of our style sheets, and prints nothing."""
    said: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    from reportgen.writers import pdf as module

    module._style.cache_clear()
    keeper = Keeper(logging.WARNING)
    logging.getLogger("weasyprint").addHandler(keeper)
    try:
        Pdf().render(demo.document())
    finally:
        logging.getLogger("weasyprint").removeHandler(keeper)
    assert said == []
    assert capfd.readouterr() == ("", "")


def test_the_same_document_gives_the_same_bytes(demo: ModuleType) -> None:
    """Twice in one process."""
    assert Pdf().render(demo.document()) == Pdf().render(demo.document())


def test_another_process_gives_the_same_bytes(demo: ModuleType, root: Path) -> None:
    """Neither hash seeds nor the order of memory are in the file."""
    program = (
        "import hashlib, importlib.util as u, sys\n"
        "s = u.spec_from_file_location('demo', sys.argv[1]); m = u.module_from_spec(s)\n"
        "sys.modules['demo'] = m; s.loader.exec_module(m)\n"
        "from reportgen.writers.pdf import Pdf\n"
        "print(hashlib.sha256(Pdf().render(m.document())).hexdigest())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(root), "TZ": "Asia/Tokyo"}
    file = Path(__file__).with_name("conftest.py")
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        env=environment, capture_output=True, text=True, check=True, cwd=root,
    )  # fmt: skip
    assert done.stdout.strip() == hashlib.sha256(Pdf().render(demo.document())).hexdigest()


def test_the_foot_tells_spec_commit_data_and_page(pdf: Any) -> None:
    """On every page."""
    last = len(pdf.pages)
    for number, page in enumerate(pdf.pages, 1):
        found = lines(page, running=True)
        assert f"{FOOT} {number} / {last}" in found


def test_a_long_table_repeats_its_header_and_says_that_it_goes_on(demo: ModuleType) -> None:
    """Every page that begins inside a table, and no other."""
    pages = read(demo.document(demo.describe(8), Heading(1, "After"), demo.compare())).pages
    texts = [page.extract_text() for page in pages]
    assert ["Table 1 (continued)" in text for text in texts] == [False, True, True, False]
    assert ["All (n = 5,102)" in text for text in texts] == [True, True, True, False]
    assert not any("Table 2 (continued)" in text for text in texts)


@pytest.mark.parametrize("filled", range(0, 30, 4))
def test_nothing_that_belongs_together_is_parted(demo: ModuleType, filled: int) -> None:
    """No page ends with a heading, a caption or a header row; none begins with a note."""
    parts = (
        *(Text("A line.") for _ in range(filled)),
        *(Heading(1, "HEADING"), Heading(2, "HEADING"), demo.describe(3)),
        *(Heading(1, "HEADING"), Text("Words that fill a line of running text. " * 12)),
        *(demo.figure("a"), demo.HOLDS, Heading(2, "HEADING"), demo.compare(2, "b")),
    )
    for page in read(demo.document(*parts)).pages:
        found = lines(page)
        assert not re.match(r"HEADING|Table \d\.|All \(n|.*SE ratio|Race/|Education", found[-1])
        assert not re.match(r"Note\.|Intervals are", found[0])


def test_contents_from_four_pages_on(demo: ModuleType) -> None:
    """Contents with page numbers in a long report, none in a short one, whatever it is made of."""
    short = read(demo.document(*(Heading(1, f"Section {i}") for i in range(6)))).pages
    assert len(short) < 4
    assert not any("Contents" in page.extract_text() for page in short)
    parts = (Heading(1, "One"), PageBreak(), Text("a"), PageBreak(), Heading(1, "Two"), Text("b"))
    parts += (PageBreak(), Text("c"))
    long = read(demo.document(*parts)).pages
    assert len(long) == 4
    found = lines(long[0])
    assert found[:3] == ["1", "3", "4"]
    contents = found.index("Contents")
    assert found[contents + 1 : contents + 4] == ["One", "Two", "How this report was made"]


def test_what_fits_on_the_last_page_needs_no_other(demo: ModuleType) -> None:
    """How the report was made follows the last block, undivided."""
    pages = read(demo.document(Text("a"))).pages
    assert len(pages) == 1
    assert "How this report was made" in pages[0].extract_text()


def test_no_hole_is_left_where_a_table_may_be_divided(demo: ModuleType) -> None:
    """A short table after text that fills half a page begins there, and says where it goes on."""
    table = demo.describe(2)
    alone = read(demo.document(*(Text("A line.") for _ in range(4)), table)).pages
    parts = (*(Text("A line.") for _ in range(12)), table)
    divided = read(demo.document(*parts)).pages
    assert not any("(continued)" in page.extract_text() for page in alone)
    assert ["Table 1 (continued)" in page.extract_text() for page in divided] == [False, True]
    assert "Table 1." in divided[0].extract_text()


def test_text_comes_before_a_figure_that_waits_for_a_page(demo: ModuleType) -> None:
    """The text that follows a figure fills the page, and is read before it."""
    before, after = (Text("A line.") for _ in range(17)), Text("After the figure. " * 45)
    pages = read(demo.document(*before, demo.figure(), after)).pages
    assert "After the figure." in pages[0].extract_text()
    assert "Figure 1." in pages[1].extract_text()


def test_headings_of_a_wide_table_go_with_it(demo: ModuleType) -> None:
    """A heading is never left on the page before the one that is turned."""
    pages = read(demo.document(Text("before"), Heading(1, "Wide"), demo.compare(5))).pages
    assert "Wide" not in pages[0].extract_text()
    assert pages[1].mediabox.width > pages[1].mediabox.height
    assert "Wide" in lines(pages[1])[0]


def test_a_wide_table_lies_on_its_side(demo: ModuleType) -> None:
    """The page is turned for the table alone."""
    pages = read(demo.document(Text("before"), demo.compare(5), Text("after"))).pages
    turned = [page.mediabox.width > page.mediabox.height for page in pages]
    assert turned == [False, True, False]


def test_a_table_too_wide_for_any_page_is_divided(demo: ModuleType) -> None:
    """Between models, with the stub on each sheet, and every number within its page."""
    document = demo.document(demo.compare(10))
    pages = [page for page in read(document).pages if "Other Hispanic" in page.extract_text()]
    assert len(pages) == 2
    assert "Table 1 (continued)." in pages[1].extract_text()
    for page in pages:
        assert rightmost(page) < float(page.mediabox.width) - 55


def test_only_what_the_document_holds_can_be_loaded() -> None:
    """The fetcher gives its assets and `data:`, refuses the rest, and remembers."""
    fetcher = closed({"a": Asset(b"x", "text/plain")})
    assert fetcher.fetch(Asset.url("a")).read() == b"x"
    assert fetcher.fetch("data:text/plain,y").read() == b"y"
    outside = ["file:///etc/passwd", "http://127.0.0.1/", "reportgen:b", "a", "ftp://a/b"]
    for url in outside:
        with pytest.raises(ValueError, match="not part of the report"):
            fetcher.fetch(url)
    assert fetcher.refused == outside


def test_without_pango_the_packages_are_named(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A machine that lacks the libraries is told what to install, and that HTML needs none."""

    class Broken:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "weasyprint":
                sys.stdout.write("WeasyPrint could not import some external libraries.")
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken, *sys.meta_path])
    with pytest.raises(DocumentError) as caught:
        Pdf().render(demo.document())
    problem = caught.value.problems[0]
    assert problem.code == "missing-library"
    assert "apt install libpango-1.0-0" in problem.help
    assert "brew install pango" in problem.help
    assert capsys.readouterr() == ("", "")


def test_a_footnote_stands_on_the_page_that_calls_it(demo: ModuleType) -> None:
    """Wherever pages end: a line moves to the next page rather than part from its note."""
    text = "Some words that fill the line and then go on as any text would. " * 8
    note = "What it says takes a line or two, so that there may be no room for it. " * 2
    parts = tuple(
        Text(f"{text * (1 + number % 3)}CALL{number}.[^n]\n\n[^n]: NOTE{number}. {note}")
        for number in range(12)
    )
    pages = [page.extract_text() for page in read(demo.document(*parts)).pages]
    assert len(pages) > 3
    for number in range(12):
        calls = [place for place, page in enumerate(pages) if f"CALL{number}." in page]
        assert calls == [place for place, page in enumerate(pages) if f"NOTE{number}." in page]


def test_mathematics_has_its_source_as_text_alternative(demo: ModuleType) -> None:
    """A drawing in a line is a figure of the structure, and says what it shows."""
    reader = read(demo.document(Text(r"Here $\hat{\beta}_1 = 0.47$ is set.")))
    found = elements(reader.trailer["/Root"]["/StructTreeRoot"])
    figures = [each for each in found if each.get("/S") == "/Figure"]
    assert [each["/Alt"] for each in figures] == [r"\hat{\beta}_1 = 0.47"]
