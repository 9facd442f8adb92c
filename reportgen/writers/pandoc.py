"""Markdown as GitHub and pandoc read it: pipe tables, and figures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape as attribute
from itertools import groupby
from typing import ClassVar

from reportgen.core.document import Claim, Document, Part, Text
from reportgen.writers import naming
from reportgen.writers.pages.made import title_line
from reportgen.writers.pages.page import Item, Page, page
from reportgen.writers.tables.grid import Grid, GridCell, GridRow
from reportgen.writers.tables.metrics import FIGURE, POINT
from reportgen.writers.texts.running import (
    Paragraph,
    Run,
    Running,
    SmallTable,
    pieces,
    running,
    sentence,
)
from reportgen.writers.texts.visible import visible

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$!&^@]|-(?=-)|(?<=-)-)")
_BEGINS = re.compile(r"(?m)^(\d+)([.)])|^([-+=:])")
_PADDING = str.maketrans("", "", FIGURE + POINT)
_ALIGNED = {"left": ":--", "right": "--:", "center": ":-:"}
INDENT = "&emsp;"
WIDEST = 40
"""Cells are padded to the width of their column, up to so many characters."""


class Markdown:
    """The report as Markdown; the drawings of figures are the SVG files of the build."""

    suffix: ClassVar[str] = ".md"

    def render(self, document: Document) -> bytes:
        """The file in UTF-8."""
        made = page(document, "screen")
        drawings = {id(figure): f"{name}.svg" for name, figure in naming.figures(document)}
        blocks = [*_title(document, made)]
        level = 1
        for part, item in zip(document.parts, made.items, strict=True):
            level = item.level or level
            blocks += _part(part, item, level, made, drawings.get(id(part), ""))
        return ("\n\n".join([*blocks, *_made(document, made)]) + "\n").encode()


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, within a line."""
    return _MARKUP.sub(r"\\\1", " ".join(visible(text).translate(_PADDING).split()))


def _line(text: str) -> str:
    """A text that Markdown shows as it is, at the beginning of a line."""
    return _BEGINS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)


def _title(document: Document, made: Page) -> Iterator[str]:
    words = made.words
    origin = words("document.made_from", spec=document.build.spec_name)
    facts = words("document.separator").join(title_line(document, words, origin))
    yield f"# {escaped(made.document.title)}"
    for text in (made.document.subtitle, words("list.comma").join(document.authors), facts):
        if text:
            yield _line(escaped(text))
    for alert in made.alerts:
        yield f"**{escaped(alert)}**"
    yield from _blocks(running(document.abstract)) if document.abstract else ()


def _part(part: Part, item: Item, level: int, made: Page, drawing: str) -> Iterator[str]:
    match item.template:
        case "heading":
            yield f"{_anchor(item)}\n\n{'#' * item.level} {escaped(item.text)}"
        case "break":
            yield "* * *"
        case "table":
            grid = item.sheets[0].grid
            yield f"{_anchor(item)}**{escaped(item.label)}.** {escaped(item.text)}"
            yield _table(grid)
            yield from (_line(_runs(pieces(line.pieces))) for line in item.equation)
            yield from (_line(escaped(note)) for note in item.notes)
            yield from (f"\\[{letter}\\] {escaped(note)}" for letter, note in grid.marks)
        case "figure":
            # One paragraph: else pandoc would take the alternative for the caption.
            caption = f"**{escaped(item.label)}.** {escaped(item.text)}"
            yield f"{_anchor(item)}![{escaped(item.alt)}]({drawing})\\\n{caption}"
            yield from (_line(escaped(note)) for note in item.notes)
        case "claim" if isinstance(part, Claim):
            word = made.words("document.holds" if item.holds else "document.does_not_hold")
            yield f"**{word}** {_runs(sentence(part.claim))} ({escaped(item.text)})."
        case "text" if isinstance(part, Text):
            yield from _blocks(running(part.markdown, level))


def _made(document: Document, made: Page) -> Iterator[str]:
    words = made.words
    yield f"## {words('made.title')}"
    yield escaped(words("made.intro"))
    yield "\n".join(f"- **{escaped(name)}:** {escaped(value)}" for name, value in made.made)
    command = _code_span(document.build.command)
    yield escaped(words("made.rebuild", command="")) + " " + command


def _anchor(item: Item) -> str:
    return f'<a id="{attribute(visible(item.anchor))}"></a>'


# ── tables ───────────────────────────────────────────────────────────────────────────────────


def _table(grid: Grid) -> str:
    """A pipe table has one header row: a spanner is told at each of its columns."""
    heads = [grid.stub]
    for column in grid.columns:
        named = ": ".join(text for text in (column.spanner, column.label) if text)
        heads.append(named + (f" [{column.mark}]" if column.mark else ""))
    rows = [[escaped(head) for head in heads]]
    for block in grid.blocks:
        if block.title:
            noted = f" [{block.mark}]" if block.mark else ""
            rows.append([f"**{escaped(block.title + noted)}**"])
        rows += [_row(row) for row in block.rows]
    return _piped(rows, ["left", *(column.align for column in grid.columns)])


def _row(row: GridRow) -> list[str]:
    return [INDENT * row.indent + escaped(row.label), *(_cell(cell) for cell in row.cells)]


def _cell(cell: GridCell) -> str:
    return escaped(cell.text + (f" [{cell.mark}]" if cell.mark else ""))


def _piped(rows: Sequence[Sequence[str]], aligns: Sequence[str]) -> str:
    filled = [[*row, *[""] * (len(aligns) - len(row))] for row in rows]
    widths = [
        min(WIDEST, max(3, *(len(row[place]) for row in filled))) for place in range(len(aligns))
    ]
    lines = [_pipes(row, widths, aligns) for row in filled]
    rule = [
        _ALIGNED[align].replace("--", "-" * (width - 1), 1)
        if align != "center"
        else f":{'-' * (width - 2)}:"
        for align, width in zip(aligns, widths, strict=True)
    ]
    return "\n".join([lines[0], f"| {' | '.join(rule)} |", *lines[1:]])


def _pipes(row: Sequence[str], widths: Sequence[int], aligns: Sequence[str]) -> str:
    cells = (
        text.rjust(width) if align == "right" else text.ljust(width)
        for text, width, align in zip(row, widths, aligns, strict=True)
    )
    return f"| {' | '.join(cells)} |"


# ── running text ─────────────────────────────────────────────────────────────────────────────


def _blocks(blocks: Sequence[Running]) -> Iterator[str]:
    """Running text; the items of a list and the lines of code stand together."""

    def together(block: Running) -> object:
        alike = isinstance(block, Paragraph) and block.kind in ("item", "code")
        return (block.kind, block.quoted) if isinstance(block, Paragraph) and alike else id(block)

    for _, group in groupby(blocks, together):
        members = list(group)
        first = members[0]
        if isinstance(first, SmallTable):
            rows = [[_runs(cell) for cell in row] for row in first.rows]
            yield _piped(rows, first.aligns)
            continue
        paragraphs = [each for each in members if isinstance(each, Paragraph)]
        text = _code(paragraphs) if first.kind == "code" else "\n".join(map(_block, paragraphs))
        quote = "> " * first.quoted
        yield "\n".join(quote + line for line in text.split("\n"))


def _block(block: Paragraph) -> str:
    text = _runs(block.runs)
    match block.kind:
        case "heading":
            return f"{'#' * block.level} {text}"
        case "math":
            return f"$${block.runs[0].text}$$"
        case "note":
            return f"[^{block.note}]: {text}"
        case "item":
            sign = "    " if not block.first else f"{block.number}. " if block.number else "- "
            indent = "    " * (block.level - 1)
            return indent + sign + _line(text) if block.first else f"\n{indent}{sign}{text}\n"
    return _line(text)


def _code(lines: Sequence[Paragraph]) -> str:
    text = "\n".join(line.runs[0].text for line in lines)
    fence = _fence(text, 3)
    return f"{fence}\n{text}\n{fence}"


def _runs(runs: Sequence[Run]) -> str:
    return "".join(map(_run, runs))


def _run(each: Run) -> str:
    if each.line:
        return "\\\n"
    if each.math:
        return f"${each.text}$"
    if each.note:
        return f"[^{each.note}]"
    text = _code_span(each.text) if each.code else _spaced(each.text)
    for sign, on in (("*", each.emphasis), ("**", each.strong)):
        text = f"{sign}{text}{sign}" if on and text.strip() else text
    return f"[{text}](<{_target(each.link)}>)" if each.link else text


def _spaced(text: str) -> str:
    """A run keeps the blanks at its ends, which part it from its neighbours."""
    inner = escaped(text)
    left = " " if text[:1].isspace() else ""
    right = " " if inner and text[-1:].isspace() else ""
    return left + inner + right


def _target(link: str) -> str:
    return re.sub(r"([\\<>])", r"\\\1", visible(link)).replace("\n", "")


def _code_span(text: str) -> str:
    fence = _fence(text, 1)
    inner = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{inner}{fence}"


def _fence(text: str, least: int) -> str:
    """As many backticks as are not in the text."""
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)
