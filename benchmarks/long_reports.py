"""How do time and memory of a build grow with pages, with rows of a table, with reports?"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measure import (
    LINEAR,
    MEMORY,
    OURS,
    SECONDS,
    Answer,
    Panel,
    Plot,
    Row,
    Spent,
    grown,
    spent,
    tell,
)
from simulated import clustered, pages, reports, table

SECTIONS = (14, 70, 280)
"""About 10, 50 and 200 pages."""

ROWS = (500, 1_000, 4_000)
REPORTS = (10, 50, 200)
DENSE = 0.6
"""CPU seconds that a page of rows may take, laid out and written."""

WHOLE = {1_000: (11.0, 200.0), 4_000: (36.0, 755.0)}
"""By rows of a table that is printed whole: CPU seconds and megabytes that the PDF may add."""


def main() -> None:
    """Three plots, each size one build without a cache."""
    answer = Answer(
        "How a report grows with pages, rows of a table and reports",
        "Builds without a cache, by the fast engine. Growth is given as a power of the size, that of the "
        f"last part of a curve: up to {LINEAR:g} it is called linear.",
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        clustered(5_000, 100).to_csv(place / "d.csv", index=False)
        _pages(answer, place)
        _rows(answer, place)
        _reports(answer, place)
    tell(answer)


def _pages(answer: Answer, folder: Path) -> None:
    seconds, memory = Panel("", SECONDS), Panel("", MEMORY)
    sections = _few(SECTIONS)
    for count in sections:
        spec = _spec(folder, pages(count, "d.csv"))
        alone, both = (_build(spec, formats) for formats in ("html", "html,pdf"))
        sheets = _sheets(folder / "out" / "spec" / "report.pdf")
        _add((seconds, memory), "html", sheets, alone)
        _add((seconds, memory), "html,pdf", sheets, both)
        each = (both.cpu - alone.cpu) / sheets
        row = Row(f"a page of the PDF, of {sheets}: time", None, f"{each:.2g} s")
        if count == sections[-1]:  # where the start counts for little
            row.target, row.met = f"≤ {DENSE:g} s", each <= DENSE
        answer.rows.append(row)
    answer.plots["pages"] = Plot("pages, a table and a figure on most", [seconds, memory])
    answer.growth += grown("pages", answer.plots["pages"])


def _rows(answer: Answer, folder: Path) -> None:
    seconds, memory = Panel("", SECONDS), Panel("", MEMORY)
    for count in _few(ROWS):
        clustered(4 * count, count).to_csv(folder / "long.csv", index=False)
        alone = Spent(0.0, 0.0, 0.0)
        for formats, shown in (("html", "150"), ("html,pdf", "150"), ("html,pdf", "0")):
            took = _build(_spec(folder, table("long.csv", shown)), formats)
            alone = took if formats == "html" else alone
            _add((seconds, memory), formats, count, took, ", printed whole" if shown == "0" else "")
        if count in WHOLE:
            most, room = WHOLE[count]
            cpu, more = took.cpu - alone.cpu, took.peak - alone.peak
            what = f"a table of {count:,} rows, what printing it whole adds"
            answer.rows += [
                Row(f"{what}: time", None, f"{cpu:.1f} s", f"≤ {most:g} s", cpu <= most),
                Row(f"{what}: memory", None, f"{more:,.0f} MB", f"≤ {room:g} MB", more <= room),
            ]
    answer.plots["table-rows"] = Plot("rows of one table", [seconds, memory])
    answer.growth += grown("rows of a table", answer.plots["table-rows"])


def _reports(answer: Answer, folder: Path) -> None:
    seconds, memory = Panel("", SECONDS), Panel("", MEMORY)
    for count in _few(REPORTS):
        spec = _spec(folder, reports(count, "d.csv"))
        _add((seconds, memory), "html", count, _build(spec, "html"))
    answer.plots["reports"] = Plot("reports of a matrix", [seconds, memory])
    answer.growth += grown("reports", answer.plots["reports"])


def _add(panels: tuple[Panel, Panel], formats: str, size: int, took: Spent, more: str = "") -> None:
    panels[0].add(_line(formats) + more, size, took.cpu)
    panels[1].add(_line(formats) + more, size, took.peak)


def _line(formats: str) -> str:
    return f"{OURS}, {formats.upper().replace(',', ' and ')}"


def _spec(folder: Path, text: str) -> Path:
    file = folder / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _build(spec: Path, formats: str) -> Spent:
    return spent([sys.executable, "-m", "reportgen", "build", spec, "--no-cache", "--engine",
                  "fast", "--out", spec.parent / "out", "--formats", formats])  # fmt: skip


def _few(sizes: Sequence[int]) -> Sequence[int]:
    """The sizes to measure: `--quick` leaves out the largest."""
    return sizes[:-1] if "--quick" in sys.argv else sizes


def _sheets(pdf: Path) -> int:
    """How many pages a PDF has."""
    from pypdf import PdfReader

    return len(PdfReader(pdf).pages)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
