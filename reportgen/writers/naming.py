"""What the files of tables and figures are called: `tables/02-compare.csv`."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.core.document import Document, Figure, Table


def tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Each table with the name of its file, without the ending."""
    found = (part for part in document.parts if isinstance(part, Table))
    for number, table in enumerate(found, 1):
        yield f"tables/{name_of_table(number, table)}", table


def name_of_table(number: int, table: Table) -> str:
    """The name of a table's file without folder and ending, as the report numbers it."""
    return f"{number:02}-{table.kind}"


def figures(document: Document) -> Iterator[tuple[str, Figure]]:
    """Each figure with the name of its file, without the ending."""
    found = (part for part in document.parts if isinstance(part, Figure))
    for number, figure in enumerate(found, 1):
        yield f"figures/{number:02}-{figure.kind}", figure
