"""Running text as paragraphs of a Word document: lists, links, footnotes, equations, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from reportgen.writers.texts.running import Paragraph, Run, Running, SmallTable
from reportgen.writers.word.equation import equation
from reportgen.writers.word.footnotes import Footnotes, reference
from reportgen.writers.word.places import Places
from reportgen.writers.word.xml import INK, LINK, Element, field, paragraph, run, w

QUOTE = 400
LIST = 360
DEEPEST = 3
"""Word's lists have styles for so many levels."""


class Prose:
    """Sets running text in one document, and is used for all of it: addresses, lists and footnotes
    belong to the document, and are counted.
    """

    def __init__(self, document: Any, places: Places) -> None:
        self.document, self.places = document, places
        self.footnotes = Footnotes(document)
        self._said: dict[str, tuple[Run, ...]] = {}
        self._called: dict[str, int] = {}
        self._numbered: dict[int, int] = {}

    def blocks(self, blocks: Sequence[Running], style: str = "Normal") -> Iterator[Element]:
        """The paragraphs and tables of a text; its footnotes go where Word has them."""
        self._numbered.clear()
        notes = [each for each in blocks if isinstance(each, Paragraph) and each.kind == "note"]
        self._said |= {each.note: each.runs for each in notes}
        for block in blocks:
            if isinstance(block, SmallTable):
                yield self._table(block)
                yield paragraph("TableNote")
            elif block.kind != "note":
                yield self._block(block, style)

    def runs(self, runs: Sequence[Run], **look: Any) -> Iterator[Element]:
        """Characters; those of a link within its element."""
        return self._runs(runs, look, self.document.part)

    def _runs(self, runs: Sequence[Run], look: Mapping[str, Any], part: Any) -> Iterator[Element]:
        """The same in a part of the document: its own relations are asked for addresses."""
        for each in runs:
            if each.note:
                yield from self._call(each.note)
            elif each.link.startswith("#"):
                yield from self._inner(each, look)
            elif each.link:
                made = w("hyperlink", _run(each, {**look, "colour": LINK}))
                target = part.relate_to(each.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                made.set(qn("r:id"), target)
                yield made
            else:
                yield _run(each, look)

    def _inner(self, each: Run, look: Mapping[str, Any]) -> Iterator[Element]:
        """A link to a place of the report: a field where it shows what stands there."""
        anchor = each.link[1:]
        found = self.places.reference(anchor, each.text)
        if found is not None:
            yield from found
            return
        made = w("hyperlink", _run(each, {**look, "colour": LINK}))
        made.set(qn("w:anchor"), self.places.names.get(anchor, ""))
        yield made

    def _call(self, name: str) -> Iterator[Element]:
        """A footnote where it is called; where it is called again, a field that has its number."""
        place = f"_note_{name}"
        if name in self._called:
            number = run(str(self._called[name]), raised=True)
            yield from field(rf"NOTEREF {place} \f \h", [number])
            return
        said = self._runs(self._said[name], {}, self.footnotes.part)
        self._called[name] = self.footnotes.add(said)
        yield from self.places.named(place, [reference(self._called[name])])

    def _block(self, block: Paragraph, style: str) -> Element:
        indent = QUOTE * block.quoted
        match block.kind:
            case "heading":
                return paragraph(f"Heading{min(block.level - 1, 9)}", *self.runs(block.runs))
            case "item":
                return self._item(block, indent)
            case "code":
                return paragraph("Code", *self.runs(block.runs), indent=indent)
            case "math":
                shown = equation(block.runs[0].text, display=True)
                return paragraph(style, shown, indent=indent)
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
    if each.math:
        return equation(each.text)
    kind = {"strong": each.strong, "emphasis": each.emphasis, "code": each.code}
    kind = {name: on or bool(look.get(name)) for name, on in kind.items()}
    return run(each.text, **{**look, **kind}, line=each.line)
