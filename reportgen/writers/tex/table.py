"""A table as booktabs sets it: three rules, a thin one under each spanner, a repeated header."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.writers.tables.fit import SMALLEST, Sheet
from reportgen.writers.tables.grid import GridCell, GridColumn, GridRow
from reportgen.writers.tex.escape import tex

INDENT = r"\quad "
ALIGNED = {"left": "l", "right": "r", "center": "c"}
BROKEN, NARROWER = 0.88, 0.97
"""TeX's face is wider than the one that columns are measured in; what can be broken gives way,
and type is a little smaller."""

END = r" \\"


def table(sheet: Sheet, caption: str, again: str) -> str:
    """The sheet as a `longtable`: `caption` is its command, `again` what stands above the rest."""
    columns = len(sheet.columns) + 1
    head = "\n".join(_head(sheet))
    points = max(SMALLEST, round(NARROWER * sheet.size, 1))
    size = f"\\fontsize{{{points:g}}}{{{1.2 * points:.1f}}}\\selectfont"
    continued = rf"\multicolumn{{{columns}}}{{@{{}}l}}{{\textbf{{{again}}}}}{END}"
    return "\n".join([
        "{" + size,
        rf"\begin{{longtable}}[l]{{@{{}}{_columns(sheet)}@{{}}}}",
        caption + END,
        r"\toprule", head, r"\midrule", r"\endfirsthead",
        continued, r"\toprule", head, r"\midrule", r"\endhead",
        r"\bottomrule", r"\endfoot",
        r"\bottomrule", r"\endlastfoot",
        *_body(sheet, columns),
        r"\end{longtable}}",
    ])  # fmt: skip


def _columns(sheet: Sheet) -> str:
    """The stub and sentences are broken into lines, numbers never."""
    widths = sheet.widths
    broken = [any(sheet.wraps(cell) for cell in cells) for cells in _by_column(sheet)]
    stub = rf">{{\raggedright\arraybackslash}}p{{{BROKEN * widths[0]:.0f}pt}}"
    if sheet.unbroken:
        stub = "l"
    return stub + "".join(
        rf">{{\raggedright\arraybackslash}}p{{{BROKEN * width:.0f}pt}}"
        if wide
        else ALIGNED[column.align]
        for column, width, wide in zip(sheet.columns, widths[1:], broken, strict=True)
    )


def _by_column(sheet: Sheet) -> list[list[GridCell]]:
    rows = [sheet.cells(row) for block in sheet.blocks for row in block.rows]
    return [[row[place] for row in rows if place < len(row)] for place in range(len(sheet.columns))]


def _head(sheet: Sheet) -> Iterator[str]:
    spanners = sheet.spanners
    if spanners:
        cells, rules, place = [""], [], 2
        for spanner in spanners:
            if spanner.text:
                last = place + spanner.span - 1
                text = _strong(spanner.text, spanner.mark)
                cells.append(rf"\multicolumn{{{spanner.span}}}{{c}}{{{text}}}")
                rules.append(rf"\cmidrule(lr){{{place}-{last}}}")
            else:
                cells.append("")
            place += spanner.span
        yield " & ".join(cells) + END
        yield " ".join(rules)
    heads = [_column(column, bool(spanners)) for column in sheet.columns]
    yield " & ".join([_strong(sheet.grid.stub), *heads]) + END
    if any(column.below for column in sheet.columns):
        below = [_over(column, _strong(column.below)) for column in sheet.columns]
        yield " & ".join(["", *below]) + END


def _column(column: GridColumn, spanned: bool) -> str:
    mark = "" if spanned and column.spanner else column.mark
    return _over(column, _strong(column.label, mark))


def _over(column: GridColumn, text: str) -> str:
    """A heading in a cell of its own kind: a column of sentences would break it as one."""
    return rf"\multicolumn{{1}}{{{ALIGNED[column.align]}}}{{{text}}}"


def _body(sheet: Sheet, columns: int) -> Iterator[str]:
    for number, block in enumerate(sheet.blocks):
        if number:
            yield r"\midrule"
        if block.title:
            yield _across(_strong(block.title, block.mark), columns)
        for row in block.rows:
            yield from _row(row, sheet, columns)


def _row(row: GridRow, sheet: Sheet, columns: int) -> Iterator[str]:
    label = INDENT * row.indent + tex(row.label)
    if not row.cells:
        yield _across(label, columns)
        return
    cells = sheet.cells(row)
    yield " & ".join([label, *(_cell(cell) for cell in cells)]) + END
    if any(cell.below for cell in cells):
        yield " & ".join(["", *(tex(cell.below) for cell in cells)]) + END


def _across(text: str, columns: int) -> str:
    return rf"\multicolumn{{{columns}}}{{@{{}}l}}{{{text}}}\\*"


def _cell(cell: GridCell) -> str:
    return tex(cell.text) + _mark(cell.mark)


def _strong(text: str, mark: str = "") -> str:
    return (rf"\textbf{{{tex(text)}}}" if text else "") + _mark(mark)


def _mark(mark: str) -> str:
    return rf"\textsuperscript{{{tex(mark)}}}" if mark else ""
