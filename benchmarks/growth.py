"""How do time and memory of a fit grow with rows and with clusters? Peers stand beside it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from measure import (
    HERE,
    LINEAR,
    MEMORY,
    SECONDS,
    Answer,
    Panel,
    Plot,
    Spent,
    TooLong,
    grown,
    has_r,
    spent,
    tell,
)
from simulated import COLUMNS, clustered, kept

ROWS = (5_000, 20_000, 80_000, 320_000, 1_280_000)
CLUSTERS = (100, 400, 1_600, 6_400)
KINDS = {"gee": ("GEE", "geepack"), "mixedlm": ("Random intercept", "lme4")}
"""By kind: its title, and the R package that fits it."""

LONGEST = 20
"""A peer that has taken so many CPU seconds is stopped."""


def main() -> None:
    """Each curve in one run; every point is a process of its own."""
    answer = Answer(
        "How a fit grows with rows and clusters",
        "A fit from its formula to its estimates, without imports and reading; memory is that of the "
        "whole process. Growth is given as a power of the size, that of the last part of a curve: up to "
        f"{LINEAR:g} it is called linear. A dotted line has the slope of proportion.",
    )
    peers = ("statsmodels", "R") if has_r("lme4", "geepack") else ("statsmodels",)
    if "R" not in peers:
        answer.said.append(
        "From some 100,000 rows on, columns are as large as what the system's allocator gives back and fetches "
        "anew each time, so that a row costs up to twice as much as where it keeps them."
    )
    answer.said.append("R's lme4 and geepack are not installed, and were not measured.")
    with tempfile.TemporaryDirectory() as folder:
        few = 2 if "--quick" in sys.argv else len(ROWS)
        for name, x, sizes in (
            ("rows", "rows, in 1,000 clusters", [(n, 1_000) for n in ROWS[:few]]),
            ("clusters", "clusters, of 50,000 rows", [(50_000, each) for each in CLUSTERS[-few:]]),
        ):
            answer.plots[name] = _plot(name, x, sizes, ("reportgen", *peers), Path(folder))
    for name, plot in answer.plots.items():
        answer.growth += grown(name, plot)
    answer.said.append(
        f"A peer that had taken {LONGEST} seconds was stopped, and has no point (–)."
    )
    tell(answer)


def _plot(name: str, x: str, sizes: Sequence[tuple[int, int]], tools: Sequence[str],
          folder: Path) -> Plot:  # fmt: skip
    plot = Plot(x)
    for kind, (title, package) in KINDS.items():
        seconds, memory = Panel(title, SECONDS), Panel(title, MEMORY)
        plot.panels += [seconds, memory]
        for n, clusters in sizes:
            file = kept(clustered(n, clusters), folder / "d.bin")
            for tool in tools:
                with suppress(TooLong):
                    took = _fit(tool, kind, file)
                    line = package if tool == "R" else tool
                    size = n if name == "rows" else clusters
                    seconds.add(line, size, float(took.said))
                    memory.add(line, size, took.peak)
    return plot


def _fit(tool: str, kind: str, file: Path) -> Spent:
    if tool == "R":
        return spent(["Rscript", HERE / "growth.R", kind, file, COLUMNS, "3"], LONGEST)
    return spent([sys.executable, HERE / "one_fit.py", tool, kind, file, COLUMNS], LONGEST)


if __name__ == "__main__":
    main()
