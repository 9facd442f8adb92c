"""Tables that fit: smaller type, intervals under estimates, a page on its side, several sheets."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reportgen.core.document import Cell, Column, Row, RowBlock, Table
from reportgen.core.words import load
from reportgen.writers.tables.fit import FULL, LANDSCAPE, PORTRAIT, SMALLEST, sheets, whole
from reportgen.writers.tables.grid import grid
from reportgen.writers.tables.metrics import ems
from reportgen.writers.tables.stack import stacked


def table(models, columns=("estimate", "ci"), rows=10, label="A term number"):
    heads = {"estimate": "Estimate", "se": "SE", "ci": "95% CI", "p": "p"}
    cells = {
        "estimate": Cell(12.345, "estimate", error=1.2), "se": Cell(1.2, "se", error=1.2),
        "ci": Cell((9.993, 14.697), "ci", error=1.2), "p": Cell(0.04, "p"),
    }  # fmt: skip
    return grid(
        Table(
            "compare",
            tuple(Column(heads[n], n, f"Model {m}") for m in range(models) for n in columns),
            (
                RowBlock(
                    tuple(
                        Row(f"{label} {row}", tuple(cells[n] for n in columns) * models)
                        for row in range(rows)
                    )
                ),
            ),
        ),
        load("en"),
    )


def test_small_tables_are_set_in_full_size():
    """Upright, as they are."""
    (sheet,) = sheets(table(2))
    assert (sheet.size, sheet.landscape) == (FULL, False)
    assert not any(cell.below for row in sheet.blocks[0].rows for cell in row.cells)


def test_labels_stay_in_one_line_where_there_is_room():
    """Not beside a column of sentences, nor where the columns leave too little."""
    assert sheets(table(2))[0].unbroken
    assert not sheets(table(2, rows=1, label="A label as long as " + "any " * 25))[0].unbroken
    said = Table("notes", (Column("Finding"),), (RowBlock((Row("OLS", (Cell("few " * 20),)),)),))
    assert not sheets(grid(said, load("en")))[0].unbroken


def test_intervals_go_under_estimates_before_the_page_is_turned():
    """Then every cell has two lines, and its heading, too."""
    (sheet,) = sheets(table(5))
    assert not sheet.landscape
    assert {column.below for column in sheet.columns} == {"95% CI"}
    assert all("to" in cell.below for row in sheet.blocks[0].rows for cell in row.cells)


def test_then_the_page_is_turned():
    """With intervals beside estimates while they fit."""
    (sheet,) = sheets(table(5, ("estimate", "se", "ci", "p")))
    assert sheet.landscape
    assert not any(column.below for column in sheet.columns)


@pytest.mark.parametrize("models", [9, 12, 20])
@pytest.mark.parametrize("columns", [("estimate", "ci"), ("estimate", "se", "ci", "p")])
def test_at_last_the_table_is_divided(models, columns):
    """Between models, into sheets of like width, none too small or beyond the page."""
    made = sheets(table(models, columns, 20))
    assert made[0].first == 0
    assert made[-1].last == len(made[0].grid.columns)
    assert all(one.last == other.first for one, other in pairwise(made))
    for sheet in made:
        assert sheet.size >= SMALLEST
        others = (*sheet.grid.columns[: sheet.first], *sheet.grid.columns[sheet.last :])
        own = {column.spanner for column in sheet.columns}
        assert own.isdisjoint(column.spanner for column in others)
        widest = sum(
            max(ems(row.cells[place].text) for row in sheet.blocks[0].rows)
            for place in range(sheet.first, sheet.last)
        )
        assert widest * sheet.size < (LANDSCAPE if sheet.landscape else PORTRAIT)
    counts = [len({column.spanner for column in sheet.columns}) for sheet in made]
    assert max(counts) - min(counts) <= 1


def test_a_screen_has_one_sheet():
    """It scrolls."""
    (sheet,) = whole(table(12))
    assert len(sheet.columns) == 24


def test_only_the_interval_of_an_estimate_goes_under_it():
    """A table without pairs stays as it is; an undefined interval leaves one line."""
    plain = table(3, ("estimate", "se"))
    assert stacked(plain) is plain
    one = Column("Estimate", "estimate"), Column("95% CI", "ci")
    row = Row("a", (Cell(1.0, "estimate", error=0.1), Cell(role="ci", empty="undefined")))
    made = stacked(grid(Table("model", one, (RowBlock((row,)),)), load("en")))
    assert [cell.below for cell in made.blocks[0].rows[0].cells] == [""]
    assert len(made.columns) == 1


@pytest.mark.parametrize(("rows", "short"), [(26, True), (27, False)])
def test_short_tables_are_kept_whole(rows, short):
    """Up to a number of lines; two for a row with an interval under its estimate."""
    assert sheets(table(1, rows=rows))[0].whole is short
    assert sheets(table(5, rows=rows // 2))[0].whole is True
    assert sheets(table(5, rows=rows))[0].whole is False


def test_rows_that_stand_together():
    """The first three, the last three, and no row of a block alone."""
    block = RowBlock(tuple(Row(f"{n}", (Cell(1, "count"),)) for n in range(6)))
    made = grid(Table("a", (Column("n", "count"),), (block, block)), load("en"))
    (sheet,) = sheets(made)
    ties = [[sheet.ties(number, row).strip() for row in range(6)] for number in (0, 1)]
    assert ties[0] == ["ties-next", "ties-next", "", "", "", "ties-above"]
    assert ties[1] == ["", "", "", "", "ties-above", "ties-above"]


def test_a_screen_gives_a_table_the_width_it_needs():
    """One that paper would set in smaller type is wider than the text there."""
    (small,), (large,) = whole(table(2)), whole(table(4))
    assert not small.landscape
    assert large.landscape
    assert sheets(table(4))[0].size < FULL


def test_a_word_is_broken_only_where_it_is_longer_than_a_line():
    """Sentences are broken between words; a cell with an address in it, wherever it must be."""
    cells = ("A sentence of quite a few words that does not fit into one line", "x" * 60, "short")
    rows = RowBlock(tuple(Row("About", (Cell(text, "text"),)) for text in cells))
    (sheet,) = sheets(grid(Table("notes", (Column("Finding", "text"),), (rows,)), load("en")))
    found = [cell for row in sheet.blocks[0].rows for cell in row.cells]
    assert [sheet.wraps(cell) for cell in found] == [True, True, False]
    assert [sheet.breaks(cell) for cell in found] == [False, True, False]
