"""Long tables: their first rows on paper, whole on a screen and in the attachment."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from reportgen.core.document import Cell, Column, Row, RowBlock, Table
from reportgen.core.words import load
from reportgen.writers.csv import table_csv
from reportgen.writers.html import Html
from reportgen.writers.pages.page import page
from reportgen.writers.pdf import Pdf
from reportgen.writers.tables.excerpt import SHOWN, excerpt, rows_of
from reportgen.writers.tables.grid import grid

WORDS = load("en")


def rows(count, start=0):
    return tuple(Row(f"Clinic {start + n}", (Cell(n + 0.5, "number"),)) for n in range(count))


def table(*blocks, notes=("Shrunken.",)):
    return Table("ranef", (Column("Estimate", "number"),), blocks, "Effects", "Clinic", notes=notes)


def cut(made, most):
    return excerpt(grid(made, WORDS), most, "01-ranef.csv", WORDS)


def test_a_table_of_usual_length_is_whole():
    """Up to the limit nothing changes, and without a limit never."""
    made = grid(table(RowBlock(rows(150))), WORDS)
    assert excerpt(made, 150, "f", WORDS) is made
    assert excerpt(made, 0, "f", WORDS) is made


def test_a_long_one_is_printed_by_its_first_rows():
    """A page of them, and where the others are; its own notes stay."""
    found = cut(table(RowBlock(rows(1000))), 150)
    assert rows_of(found) == SHOWN
    assert found.notes == (
        "The first 30 of 1,000 rows; the whole table is attached to this file as 01-ranef.csv.",
        "Note. Shrunken.",
    )


def test_short_blocks_below_a_long_one_stay():
    """Coefficients by the hundred do not push the number of observations out."""
    found = cut(table(RowBlock(rows(400)), RowBlock(rows(3, 400), name="fit")), 150)
    assert [len(block.rows) for block in found.blocks] == [30, 3]


def test_no_header_ends_an_excerpt():
    """A header whose levels are cut off says nothing."""
    header = Row("Region", header=True)
    made = table(RowBlock((*rows(29), header, *rows(200))))
    assert [row.label for row in cut(made, 100).blocks[0].rows][-1] == "Clinic 28"


def test_many_short_blocks_end_somewhere():
    """A limit is a limit."""
    made = table(*(RowBlock(rows(30)) for _ in range(10)))
    assert rows_of(cut(made, 100)) == 100


def test_a_screen_shows_all_of_it(demo):
    """HTML has every row, and no word of an attachment."""
    document = demo.document(table(RowBlock(rows(300))))
    shown = Html().render(document).decode()
    assert "Clinic 299" in shown
    assert "attached to this file as" not in shown
    (item,) = page(document, "print").items
    assert rows_of(item.sheets[0].grid) == SHOWN


@pytest.fixture
def pdf(demo):
    made = table(RowBlock(rows(300)))
    return made, PdfReader(BytesIO(Pdf().render(demo.document(made))))


def test_the_whole_is_attached(pdf):
    """Every table stands in the PDF as CSV, long or not."""
    made, reader = pdf
    assert reader.attachments["01-ranef.csv"] == [table_csv(made)]
    text = " ".join(each.extract_text() for each in reader.pages)
    assert "Clinic 29" in text
    assert "Clinic 30" not in text
