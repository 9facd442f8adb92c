"""Which of the known short forms occur in a table, so that its note can expand them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.core.document import Table
from reportgen.core.words import Words

_SECTION = "abbreviation."


def occurring(texts: Iterable[str], words: Words) -> tuple[str, ...]:
    """The abbreviations of the language that stand as whole words in `texts`, alphabetically."""
    known = {name.removeprefix(_SECTION) for name in words.texts if name.startswith(_SECTION)}
    found = {word for text in texts for word in re.findall(r"\w+", text)}
    return tuple(sorted(known & found, key=str.lower))


def abbreviated(table: Table, words: Words) -> Table:
    """The same table, with the abbreviations that occur in it listed."""
    return replace(table, abbreviations=occurring(_texts(table), words))


def _texts(table: Table) -> Iterator[str]:
    yield table.stub
    for column in table.columns:
        yield from (column.label, column.spanner)
    for block in table.blocks:
        yield block.title
        for row in block.rows:
            yield row.label
            yield from (cell.value for cell in row.cells if isinstance(cell.value, str))
    yield from table.notes
    yield from table.marks.values()
