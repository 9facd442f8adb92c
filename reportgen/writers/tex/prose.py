"""Running text as LaTeX: paragraphs, lists, quotations, links, small tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.writers.tex.escape import address, formula, tex
from reportgen.writers.texts.running import Paragraph, Run, Running, SmallTable

SECTIONS = {2: "section", 3: "subsection", 4: "subsubsection", 5: "paragraph", 6: "subparagraph"}
"""Commands by the level of a heading: the title is the first."""

ALIGNED = {"left": "l", "right": "r", "center": "c"}


def blocks(text: Sequence[Running], places: Mapping[str, str]) -> Iterator[str]:
    """Running text, block by block. `places` has the label of each anchor."""
    opened: list[str] = []
    for block in text:
        wanted = _environments(block, opened)
        yield from _close(opened, wanted)
        for environment in wanted[len(opened) :]:
            opened.append(environment)
            yield rf"\begin{{{environment}}}"
        yield _table(block, places) if isinstance(block, SmallTable) else _block(block, places)
    yield from _close(opened, [])


def runs(found: Sequence[Run], places: Mapping[str, str]) -> str:
    """Characters of one line."""
    return "".join(_run(each, places) for each in found)


def _environments(block: Running, opened: Sequence[str]) -> list[str]:
    """The environments that a block stands in."""
    if isinstance(block, SmallTable):
        return []
    wanted = ["quote"] * block.quoted
    if block.kind == "item":
        lists = [each for each in opened if each != "quote"][: block.level - 1]
        lists += ["itemize"] * (block.level - 1 - len(lists))
        own = "itemize" if block.number is None else "enumerate"
        if not block.first and len(opened) >= len(wanted) + block.level:
            own = opened[len(wanted) + block.level - 1]
        wanted += [*lists, own]
    return wanted


def _close(opened: list[str], wanted: Sequence[str]) -> Iterator[str]:
    """End what is open and not wanted."""
    while opened and opened != list(wanted[: len(opened)]):
        yield rf"\end{{{opened.pop()}}}"


def _block(block: Paragraph, places: Mapping[str, str]) -> str:
    text = runs(block.runs, places)
    match block.kind:
        case "heading":
            return rf"\{SECTIONS[min(block.level, 6)]}{{{text}}}"
        case "math":
            inside = formula(block.runs[0].text)
            return rf"\[ {inside} \]" if inside else text
        case "item" if block.first:
            number = f"[{block.number}.]" if block.number is not None else ""
            return rf"\item{number} {text}"
        case "code":
            return rf"\noindent {text}\par"
        case "note":
            return rf"\footnotetext[{block.note}]{{{text}}}"
    return f"{text}\n"


def _run(each: Run, places: Mapping[str, str]) -> str:
    if each.line:
        return "\\newline\n"
    if each.note:
        return rf"\protect\footnotemark[{each.note}]"
    text = tex(each.text)
    if each.math and (inside := formula(each.text)):
        text = f"${inside}$"
    elif each.code or each.math:
        text = rf"\texttt{{{text}}}"
    text = rf"\emph{{{text}}}" if each.emphasis else text
    text = rf"\textbf{{{text}}}" if each.strong else text
    if each.link.startswith("#"):
        return rf"\hyperref[{places[each.link[1:]]}]{{{text}}}"
    return rf"\href{{{address(each.link)}}}{{{text}}}" if each.link else text


def _table(table: SmallTable, places: Mapping[str, str]) -> str:
    lines = [" & ".join(runs(cell, places) for cell in row) + r" \\" for row in table.rows]
    aligns = "".join(ALIGNED[align] for align in table.aligns)
    body = "\n".join([r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule"])
    begin = rf"\begin{{center}}\begin{{tabular}}{{{aligns}}}"
    return "\n".join([begin, body, r"\end{tabular}\end{center}"])
