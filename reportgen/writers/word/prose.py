"""Running text as paragraphs of a Word document: lists, quotations, links, small tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import field
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from reportgen.core.dataclass import dataclass
from reportgen.writers.running import Paragraph, Run, Running, SmallTable
from reportgen.writers.spelled import spelled
from reportgen.writers.word.xml import INK, LINK, Element, paragraph, run, w

QUOTE = 400
LIST = 360
DEEPEST = 3
"""Word's lists have styles for so many levels."""


@dataclass
class Prose:
    """Sets running text in one document. `places` has the bookmark of each anchor.

    Relations (addresses) and lists belong to the document: it is written to.
    """

    document: Any
    places: Mapping[str, str]
    _numbered: dict[int, int] = field(default_factory=dict)

    def blocks(self, blocks: Sequence[Running], style: str = "Normal") -> Iterator[Element]:
        """The paragraphs and tables of a text."""
        self._numbered.clear()
        for block in blocks:
            if isinstance(block, SmallTable):
                yield self._table(block)
                yield paragraph("TableNote")
            else:
                yield self._block(block, style)

    def runs(self, runs: Sequence[Run], **look: Any) -> Iterator[Element]:
        """Characters; those of a link within its element."""
        for each in runs:
            if not each.link:
                yield _run(each, look)
                continue
            made = w("hyperlink", _run(each, {**look, "colour": LINK}))
            if each.link.startswith("#"):
                made.set(qn("w:anchor"), self.places.get(each.link[1:], ""))
            else:
                target = self.document.part.relate_to(
                    each.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
                )
                made.set(qn("r:id"), target)
            yield made

    def _block(self, block: Paragraph, style: str) -> Element:
        indent = QUOTE * block.quoted
        match block.kind:
            case "heading":
                return paragraph(f"Heading{min(block.level - 1, 9)}", *self.runs(block.runs))
            case "item":
                return self._item(block, indent)
            case "code":
                return paragraph("Code", *self.runs(block.runs), indent=indent)
        chosen = "Quote" if block.quoted else style
        return paragraph(chosen, *self.runs(block.runs), indent=indent)

    def _item(self, block: Paragraph, indent: int) -> Element:
        level = min(block.level, DEEPEST)
        if not block.first:
            return paragraph("Normal", *self.runs(block.runs), indent=indent + LIST * level)
        suffix = "" if level == 1 else str(level)
        if block.number is None:
            return paragraph(f"ListBullet{suffix}", *self.runs(block.runs))
        if block.number == 1 or block.level not in self._numbered:
            self._numbered[block.level] = self._list(f"ListNumber{suffix}", block.number)
        number = self._numbered[block.level]
        return paragraph(f"ListNumber{suffix}", *self.runs(block.runs), list_=(0, number))

    def _list(self, style: str, start: int) -> int:
        """A list of its own, which begins to count at `start`: its number."""
        numbering = self.document.part.numbering_part.element
        styles = self.document.styles.element
        used = styles.xpath(f'//w:style[@w:styleId="{style}"]//w:numId/@w:val')
        abstract = numbering.num_having_numId(int(used[0])).abstractNumId.val
        made = numbering.add_num(abstract)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(made.numId)

    def _table(self, table: SmallTable) -> Element:
        rows = []
        for number, row in enumerate(table.rows):
            head, last = number == 0, number == len(table.rows) - 1
            rules = w(
                "tcBorders",
                w("top", val="single", sz=8, space=0, color=INK) if head else None,
                w("bottom", val="single", sz=5 if head and not last else 8, space=0, color=INK)
                if head or last else None,
            )  # fmt: skip
            cells = [
                w("tc", w("tcPr", deepcopy(rules) if len(rules) else None), paragraph(
                    "TableHead" if head else "TableText", *self.runs(runs, strong=head),
                    align="" if align == "left" else align,
                ))
                for runs, align in zip(row, table.aligns, strict=True)
            ]  # fmt: skip
            look = w("trPr", w("cantSplit"), w("tblHeader") if head else None)
            rows.append(w("tr", look, *cells))
        grid = w("tblGrid", *(w("gridCol") for _ in table.aligns))
        return w("tbl", w("tblPr", w("tblW", w=0, type="auto")), grid, *rows)


def _run(each: Run, look: Mapping[str, Any]) -> Element:
    kind = {"strong": each.strong, "emphasis": each.emphasis or each.math, "code": each.code}
    kind = {name: on or bool(look.get(name)) for name, on in kind.items()}
    return run(spelled(each.text) if each.math else each.text, **{**look, **kind}, line=each.line)
