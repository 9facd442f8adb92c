"""Groups of models one above the other: panels of a table, in the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from string import ascii_uppercase

from reportgen.blocks.tables.cells import BLANK
from reportgen.blocks.tables.fitrows import FitRow
from reportgen.blocks.tables.panel import Panel
from reportgen.blocks.tables.sidebyside import Layout
from reportgen.blocks.terms import TermRow
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Row, RowBlock
from reportgen.core.words import Words


@dataclass(frozen=True)
class Group:
    """One panel: its label ("" for a table without panels), its models, and what is shown.

    `fits` have a cell for each of its models.
    """

    label: str
    layout: Layout
    rows: tuple[TermRow, ...]
    fits: tuple[FitRow, ...]

    def blocks(self, title: str) -> tuple[RowBlock, ...]:
        """Its coefficients, random effects and statistics; the first block has the title."""
        layout = self.layout
        made = (*layout.coefficients(self.rows), layout.random_effects(), layout.fit(self.fits))
        shown = tuple(block for block in made if block.rows)
        if not title or not shown:
            return shown
        whole = f"{title}: {shown[0].title}" if shown[0].title else title
        return (replace(shown[0], title=whole), *shown[1:])


def rows_within(rows: Sequence[TermRow], ids: Iterable[str]) -> tuple[TermRow, ...]:
    """The rows that say something of the models `ids`, with their headers."""
    known = set(ids)
    own = [row for row in rows if known & {*row.coefs, *row.references}]
    groups = {row.group for row in own}
    return tuple(
        row for row in rows if row in own or (row.kind == "header" and row.group in groups)
    )


def columns(groups: Sequence[Group], words: Words) -> tuple[Column, ...]:
    """The columns of the panel that has most. Headings that panels do not share are general ones,
    and models are numbered where their labels differ.
    """
    all_ = [group.layout.columns() for group in groups]
    widest = max(all_, key=len)
    numbers = _numbers(groups) if differing(groups) else ()
    return tuple(
        _merged([own[place] for own in all_ if place < len(own)], numbers[place:][:1], words)
        for place in range(len(widest))
    )


def differing(groups: Sequence[Group]) -> bool:
    """Whether models of different labels stand in the same columns."""
    labels = [[_label(panel) for panel in group.layout.panels] for group in groups]
    widest = max(labels, key=len)
    return any(own != widest[: len(own)] for own in labels)


def blocks(groups: Sequence[Group], words: Words) -> tuple[RowBlock, ...]:
    """The blocks of all panels, one after the other, each row as wide as the table."""
    width, named = len(columns(groups, words)), differing(groups)
    found = []
    for title, group in zip(_titles(groups, words), groups, strict=True):
        for place, block in enumerate(group.blocks(title)):
            names = (_names(group, words),) if named and not place else ()
            rows = tuple(_wide(row, width) for row in (*names, *block.rows))
            found.append(replace(block, rows=rows))
    return tuple(found)


def _titles(groups: Sequence[Group], words: Words) -> Iterable[str]:
    """What stands above each panel; where its estimates are other than elsewhere, also what."""
    heads = [
        {column.label for column in group.layout.columns() if column.role in ("estimate", "ratio")}
        for group in groups
    ]
    for place, group in enumerate(groups):
        if not group.label:
            yield ""
            continue
        letter = ascii_uppercase[place % 26]
        title = words("compare.panel", letter=letter, label=group.label)
        what = ", ".join(sorted(heads[place])) if any(own != heads[0] for own in heads) else ""
        yield words("plot.pair", label=title, detail=what) if what else title


def _merged(same: Sequence[Column], number: Sequence[str], words: Words) -> Column:
    first = same[0]
    label = first.label
    if any(column.label != label for column in same):
        key = {"ratio": "estimate"}.get(first.role, first.role)
        label = words.get(f"column.{key}", first.label)
    spanner = next((column.spanner for column in same if column.spanner), "")
    one = len({column.mark for column in same}) == 1
    return replace(
        first, label=label, mark=first.mark if one else "", spanner=(*number, spanner)[0]
    )


def _numbers(groups: Sequence[Group]) -> tuple[str, ...]:
    """Above each column of a model its number: "(1)"."""
    widest = max((group.layout.panels for group in groups), key=len)
    return tuple(f"({number})" for number, panel in enumerate(widest, 1) for _ in panel.columns)


def _names(group: Group, words: Words) -> Row:
    """Which models stand in the columns of a panel, where that is not said above them."""
    cells = [
        cell
        for panel in group.layout.panels
        for cell in (Cell(_label(panel), mark=panel.mark), *(BLANK for _ in panel.columns[1:]))
    ]
    return Row(words("data.model"), tuple(cells))


def _label(panel: Panel) -> str:
    return panel.spanner or panel.model.label


def _wide(row: Row, width: int) -> Row:
    if row.header and not row.cells:
        return row
    return replace(row, cells=(*row.cells, *(BLANK for _ in range(width - len(row.cells)))))
