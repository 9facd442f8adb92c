"""One document, many writers: every format shows the numbers that the page shows, and as text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest

from reportgen.core.contracts import ready
from reportgen.core.document import Cell, Column, Document, Row, RowBlock, Table
from reportgen.core.errors import DocumentError
from reportgen.core.words import load
from reportgen.writers import WRITERS, extras
from reportgen.writers.tables.grid import grid

PADDING = str.maketrans("", "", "\u2007\u2008")
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "<b>bold</b>",
           r"\input{/etc/passwd}$x$ 5% & #_{}~^", "**a** | `b` [c](http://d)", "#N/A",
           "\u202eflip\x07")  # fmt: skip
NEEDS = {"docx": "docx", "xlsx": "openpyxl"}


def bare(text: str) -> str:
    """A text without what only aligns it."""
    return " ".join(text.translate(PADDING).split())


def mixed() -> Table:
    """A cell of every kind that is made of several numbers, is empty, or has no fixed decimals."""
    columns = (Column("Value", "estimate", "A", "a"), Column("95% CI", "ci", "A"),
               Column("p", "p", "B"), Column("Note", "text"))  # fmt: skip
    rows = (
        Row("Age", (Cell(-0.1, "estimate", 0.05), Cell((-0.2, 0.001), "ci", 0.05), Cell(1e-9, "p"),
                    Cell("30 (106 to 226)"))),
        Row("Mean", (Cell((1234.56, 7.04), "mean_sd", decimals=1), Cell((3, 0.03), "count_percent"),
                     Cell(0.0496, "p"), Cell(None))),
        Row("Median", (Cell((5.5, 4.25, 7.75), "median_iqr", decimals=2), Cell(1.2e-11, "number"),
                       Cell(0.995, "p"), Cell(None))),
        Row("Sex", header=True),
        Row("Female", (Cell(None, empty="reference"), Cell(None, empty="absent"),
                       Cell(None, empty="undefined"), Cell("text", mark="b")), 1),
        Row("ICC", (Cell(0.0123, "icc", mark="b"), Cell(12345, "count"), Cell(0.5, "percent"),
                    Cell(0.0, "number"))),
    )  # fmt: skip
    blocks = (RowBlock(rows[:3], "First"), RowBlock(rows[3:], "Second", mark="b"))
    marks = {"a": "About all of them.", "b": "About one."}
    return Table("model", columns, blocks, "Everything at once", "Term", "all", marks=marks)


def hostile() -> Table:
    """Texts that mean something to a spreadsheet, to HTML, to TeX, to Markdown or to a terminal."""
    columns = (Column("=HEAD()", "text", "=SPAN()"), Column("$y$", "estimate"))
    rows = tuple(Row(text, (Cell(text), Cell(1.5, "estimate", 0.1))) for text in HOSTILE)
    return Table("model", columns, (RowBlock(rows, "=TITLE()"),), "=CAPTION() & \\caption{x}")


def expected(table: Table) -> list[str]:
    """The cells of a table as HTML shows them, row by row, without blanks."""
    made = grid(table, load("en"))
    cells = (cell for block in made.blocks for row in block.rows for cell in row.cells)
    return [bare(cell.text) for cell in cells if bare(cell.text)]


class _Page(HTMLParser):
    """Collects the text of every `<td>`."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[str]] = []
        self.depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.tables.append([])
        if tag == "td":
            self.tables[-1].append("")
        if tag in ("td", "sup") or (tag == "span" and ("class", "hidden") in attrs):
            self.depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.depth and self.depth[-1] == tag:
            self.depth.pop()

    def handle_data(self, data: str) -> None:
        if self.depth == ["td"] or self.depth == ["td", "x"]:
            self.tables[-1][-1] += data


def html(file: bytes) -> list[list[str]]:
    found = _Page()
    found.feed(file.decode())
    return [[bare(cell) for cell in cells if bare(cell)] for cells in found.tables]


def docx(file: bytes) -> list[list[str]]:
    """Read back by python-docx: body rows without their stub, marks (superscripts) left out."""
    import docx as library

    return [list(_word_cells(table)) for table in library.Document(io.BytesIO(file)).tables]


def _word_cells(table: Any) -> Iterator[str]:
    from docx.oxml.ns import qn

    for row in table.rows:
        if row._tr.trPr.find(qn("w:tblHeader")) is not None:
            continue
        for cell in row._tr.tc_lst[1:]:
            runs = [run for each in cell.p_lst for run in each.r_lst]
            plain = (run.text for run in runs if run.rPr is None or not run.rPr.superscript)
            text = bare("".join(plain))
            if text:
                yield text


def xlsx(file: bytes) -> list[list[str]]:
    """Read back by openpyxl: numbers shown by their formats, those of one cell put together."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(file))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}, "texts and numbers, no formula and no error"
    return [list(_sheet_cells(book[name])) for name in book.sheetnames[:-1]]


def _sheet_cells(sheet: Any) -> Iterator[str]:
    heads = int(re.findall(r"\d+", sheet.print_title_rows)[-1])
    for row in sheet.iter_rows(min_row=heads + 1, min_col=2):
        yield from (_displayed(cell) for cell in row if cell.value is not None)


def _displayed(cell: Any) -> str:
    """What Excel shows: of the formats used here only, written independently of the writer."""
    if isinstance(cell.value, str):
        return re.sub(r" \[\w\]$", "", bare(cell.value))
    sections = cell.number_format.split(";")
    section = sections[1] if cell.value < 0 and len(sections) > 1 else sections[0]
    section = re.sub(r'" \[\w\]"$', "", section)
    literal = re.fullmatch(r'"([^"]*)"', section)
    if literal:
        return literal[1]
    sign, pattern = re.fullmatch(r'("\u2212")?([#,0.%]+)', section).groups()  # type: ignore[union-attr]
    decimals = len(pattern.rstrip("%").partition(".")[2])
    from decimal import ROUND_HALF_UP, Decimal

    value = abs(Decimal(repr(cell.value))) * (100 if pattern.endswith("%") else 1)
    value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    shown = f"{value:,.{decimals}f}" if "," in pattern else f"{value:.{decimals}f}"
    return (sign or "").strip('"') + shown + ("%" if pattern.endswith("%") else "")


def markdown(file: bytes) -> list[list[str]]:
    """Read back by a reader of CommonMark with tables; marks are in brackets, stubs are cells."""
    from markdown_it import MarkdownIt

    found = _Page()
    found.feed(MarkdownIt("commonmark").enable("table").render(file.decode()))
    tables = []
    for table in re.findall(r"(?m)(?:^\|.*\n)+", file.decode()):
        columns = len(re.split(r"(?<!\\)\|", table.split("\n")[0])) - 2
        cells = found.tables[len(tables)]
        body = [cell for place, cell in enumerate(cells) if place % columns]
        tables.append([re.sub(r" \[\w\]$", "", bare(cell)) for cell in body if bare(cell)])
    return tables


def latex(file: bytes) -> list[list[str]]:
    """The rows of each `longtable`, its commands read by what they print."""
    tables = re.findall(r"(?s)endlastfoot\n(.*?)\\end{longtable}", file.decode())
    return [list(_tex_cells(table)) for table in tables]


PRINTED = {
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<",
    "textgreater": ">", "textbar": "|", "textquotedbl": '"', "textquotesingle": "'",
    "textasciigrave": "`", "times": "×", "chi": "χ",
}  # fmt: skip


def _tex_cells(table: str) -> Iterator[str]:
    for line in table.split("\n"):
        if line.endswith(r" \\"):
            for cell in line.removesuffix(r" \\").split(" & ")[1:]:
                text = re.sub(r"\\textsuperscript\{[a-z]\}|\\hphantom\{.\}", "", cell)
                if bare(_printed(text)):
                    yield bare(_printed(text))


RAISED = dict(zip("0123456789\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True))


def _printed(text: str) -> str:
    def raised(match: re.Match[str]) -> str:
        return "".join(RAISED[each] for each in match[1])

    text = text.replace(r"\ensuremath{-}", "\u2212")
    text = re.sub(r"\\textsuperscript\{(.)\}", raised, text)
    text = re.sub(r"\\ensuremath\{\\(\w+)\}", lambda match: PRINTED[match[1]], text)
    # what is escaped by one sign hides from what follows, as it does from TeX
    pieces = re.findall(r"\\[A-Za-z]+\{\}|\\.|[{}]|[^\\{}]+", text)
    return "".join(PRINTED.get(piece[1:-2], piece[1:]) if piece[0] == "\\" else piece.strip("{}")
                   for piece in pieces)  # fmt: skip


def numbers(cells: list[str]) -> list[str]:
    """Every number of the cells, in any order: a workbook sets an interval in two columns."""
    pattern = r"[<>]?\u2212?\d(?:[\d.,]*\d)?(?:×10\S+)?%?|[^\W\d]{4,}"
    return sorted(found for cell in cells for found in re.findall(pattern, cell))


READERS: dict[str, Callable[[bytes], list[list[str]]]] = {
    "html": html,
    "docx": docx,
    "xlsx": xlsx,
    "markdown": markdown,
    "latex": latex,
}
WHOLE = ("html", "docx", "markdown", "latex")
"""Formats whose cells are those of the page; the others set several numbers apart."""


def made(name: str, document: Document) -> list[list[str]]:
    """The cells of each table of a document, read back from a format."""
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    return READERS[name](WRITERS.load(name).render(document))


@pytest.mark.parametrize("name", READERS)
def test_every_number_is_that_of_the_page(name: str, demo: ModuleType) -> None:
    """The cells of every table, read back, are what the one module of numbers wrote."""
    tables = (demo.compare(), demo.describe(), mixed())
    found = made(name, demo.document(*tables))
    for table, cells in zip(tables, found, strict=True):
        if name in WHOLE:
            assert cells == expected(table)
        assert numbers(cells) == numbers(expected(table))


@pytest.mark.parametrize("name", READERS)
def test_what_looks_like_code_is_text(name: str, demo: ModuleType) -> None:
    """Labels and levels come from a stranger's file: no format takes them for markup or code."""
    table = hostile()
    assert made(name, demo.document(table)) == [expected(table)]


@pytest.mark.parametrize("name", [each for each in WRITERS if each not in ("pdf", "png")])
def test_same_document_same_bytes(name: str, demo: ModuleType, monkeypatch: Any) -> None:
    """Nothing of the clock or of the zone gets into a file."""
    ready(WRITERS.load(name))
    document = demo.document(demo.compare(), demo.figure())
    first = WRITERS.load(name).render(document)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert WRITERS.load(name).render(document) == first


@pytest.mark.parametrize(("name", "extra"), [("docx", "docx"), ("xlsx", "xlsx")])
def test_a_missing_library_is_named_with_what_to_install(
    name: str, extra: str, monkeypatch: Any
) -> None:
    """Whoever asks for a format that lacks its library is told what to install."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(DocumentError) as caught:
        ready(WRITERS.load(name))
    problem = caught.value.problems[0]
    assert problem.code == "missing-extra"
    assert problem.help == f"pip install 'reportgen[{extra}]'"
