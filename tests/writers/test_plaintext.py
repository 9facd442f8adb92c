"""Tables in the terminal: numbers in columns, sentences within its width."""

from __future__ import annotations

from reportgen.writers.plaintext import plain_text
from reportgen.writers.tables.grid import Grid, GridBlock, GridCell, GridColumn, GridRow

LONG = "Thirty clusters are few for robust standard errors, which tend to be too small. " * 3


def findings(text: str) -> Grid:
    rows = (
        GridRow("A model of systolic pressure and another one", cells=(GridCell(text, "left"),)),
    )
    blocks = (GridBlock("Warnings", rows),)
    return Grid((GridColumn("Finding", "left"),), blocks, stub="About", caption="Findings")


def test_sentences_are_broken_at_the_width_of_the_terminal() -> None:
    """Nothing of them is lost, and each line of a sentence stands below the one before."""
    lines = plain_text(findings(LONG), 80).splitlines()
    assert max(map(len, lines)) == 80
    start = next(line for line in lines if line.startswith("About")).index("Finding")
    body = lines[lines.index("Warnings") + 1 : -1]
    assert " ".join(line[start:] for line in body if line[start:]) == LONG.strip()
    labels = [line[:start].strip() for line in body]
    assert " ".join(filter(None, labels)) == "A model of systolic pressure and another one"


def test_what_fits_is_not_broken() -> None:
    """One line a row, no wider than its text."""
    lines = plain_text(findings("Few clusters."), 80).splitlines()
    assert lines[-2] == "A model of systolic pressure and another one  Few clusters."
    assert set(lines[-1]) == {"─"}
    assert len(lines[-1]) == len(lines[-2])


def test_numbers_are_never_broken() -> None:
    """A table of numbers that is too wide stays as it is: a terminal can be made wider."""
    columns = tuple(GridColumn(f"Model {each}") for each in range(12))
    cells = tuple(GridCell(f"{each}.123 to {each}.456") for each in range(12))
    whole = Grid(columns, (GridBlock("", (GridRow("Age", cells=cells),)),))
    lines = plain_text(whole, 80).splitlines()
    assert "  0.123 to 0.456  1.123 to 1.456" in lines[-2]
    assert "11.123 to 11.456" in lines[-2]
