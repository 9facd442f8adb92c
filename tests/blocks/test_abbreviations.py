"""Short forms that occur are listed, so that the note can expand them."""

from __future__ import annotations

from reportgen.blocks.abbreviations import abbreviated, occurring
from reportgen.core.document import Cell, Column, Row, RowBlock, Table


def test_whole_words_only(words):
    """`SE` in "SE ratio" is one, in "SEX" it is none; each is listed once, alphabetically."""
    assert occurring(["SE ratio", "SEX", "95% CI (CI)"], words) == ("CI", "SE")


def test_headings_rows_and_notes_are_read(words):
    """Wherever a reader meets one: spanner, heading, stub, a text in a cell, a note."""
    rows = (Row("ICC", (Cell("REML"), Cell(1.0))),)
    columns = (Column("SE", spanner="GEE"), Column("SD"))
    table = Table("x", columns, (RowBlock(rows),), notes=("By QIC.",))
    found = abbreviated(table, words).abbreviations
    assert found == ("GEE", "ICC", "QIC", "REML", "SD", "SE")
