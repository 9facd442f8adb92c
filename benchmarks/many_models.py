"""What do 1,000 models on one data set cost, with one worker, with two, and in a loop elsewhere?"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measure import (
    CLOCK,
    HERE,
    MEMORY,
    OURS,
    SECONDS,
    Answer,
    Panel,
    Plot,
    Row,
    Spent,
    grown,
    has_r,
    ratio,
    side_by_side,
    spent,
    tell,
)
from simulated import kept, scan, scanned

COUNTS = (10, 100, 1_000)
SIZES = {
    "5,000 rows in 100 clusters": (5_000, 100),
    "50,000 rows in 1,000 clusters": (50_000, 1_000),
}
BUILDS = {
    "one worker": ("1", "auto"),
    "two workers": ("2", "auto"),
    "one worker, fast engine": ("1", "fast"),
    "two workers, fast engine": ("2", "fast"),
}
"""By name: `--jobs` and `--engine`."""

LONGEST = 20.0
"""A loop that took so many seconds is not asked for more: that it is proportional is known."""


def main() -> None:
    """Both sizes of data; plotted is the smaller."""
    answer = Answer(
        "How time grows with models: GEE of each of 20 outcomes on each of 50 exposures"
    )
    peers = ["statsmodels", *(["geepack"] if has_r("geepack") else [])]
    if "geepack" not in peers:
        answer.said.append("R's geepack is not installed, and was not measured.")
    quick = "--quick" in sys.argv
    for title, size in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            plot = _plot(title, size, peers, Path(folder), COUNTS[:2] if quick else COUNTS)
        answer.rows += _targets(title, plot)
        if not answer.plots:
            answer.rows += grown("models", plot)
            answer.plots["models"] = plot
    answer.said.append(
        f"A loop that took more than {LONGEST:g} seconds was not asked for more models, and is "
        "compared by its seconds for a model. Memory is that of the largest process."
    )
    tell(answer)


def _plot(title: str, size: tuple[int, int], peers: Sequence[str], folder: Path,
          counts: Sequence[int]) -> Plot:  # fmt: skip
    seconds, clock, memory = Panel("", SECONDS), Panel("", CLOCK), Panel("", MEMORY)
    table = scanned(*size)
    table.to_csv(folder / "d.csv", index=False)
    kept(table, folder / "d.bin")
    for count in counts:
        (folder / "scan.yaml").write_text(scan(count, "d.csv"), encoding="utf-8")
        commands = [_build(folder, *how) for how in BUILDS.values()]
        for name, took in zip(
            BUILDS, side_by_side(commands, 3 if count < 1_000 else 2), strict=True
        ):
            seconds.add(f"{OURS}, {name}", count, took.cpu)
            clock.add(f"{OURS}, {name}", count, took.wall)
            memory.add(f"{OURS}, {name}", count, took.peak)
        for peer in peers:
            if seconds.curves.get(peer, [(0.0, 0.0)])[-1][1] < LONGEST:
                took = _loop(peer, folder, count, ",".join(table))
                seconds.add(peer, count, took.cpu)
                memory.add(peer, count, took.peak)
    return Plot(f"models, of {title}", [seconds, clock, memory])


def _build(folder: Path, workers: str, engine: str) -> list[str | Path]:
    return [sys.executable, "-m", "reportgen", "build", folder / "scan.yaml", "--no-cache",
            "--jobs", workers, "--engine", engine, "--out", folder / "out", "--formats", "html"]  # fmt: skip


def _loop(peer: str, folder: Path, count: int, columns: str) -> Spent:
    if peer == "geepack":
        return spent(["Rscript", HERE / "growth.R", "scan", folder / "d.bin", columns, str(count)])
    return spent([sys.executable, HERE / "scan_loop.py", folder / "d.csv", str(count)])


def _targets(title: str, plot: Plot) -> list[Row]:
    """Workers by the clock, loops by CPU seconds, at the largest number of models."""
    rows = []
    for engine in ("", ", fast engine"):
        rows += _against(f"{title}{engine}", plot, f"{OURS}, one worker{engine}",
                         f"{OURS}, two workers{engine}")  # fmt: skip
    return rows


def _against(title: str, plot: Plot, alone: str, together: str) -> list[Row]:
    seconds, clock = plot.panels[0].curves, plot.panels[1].curves
    count, one = clock[alone][-1]
    two, own = clock[together][-1][1], seconds[alone][-1][1]
    what = f"{count:,.0f} models, {title}"
    rows = [
        Row(f"{what}: one worker, by the clock", one),
        ratio(Row(f"{what}: two workers, by the clock", two), one, 1.8, at_least=True),
        Row(f"{what}: one worker, CPU", own),
    ]
    for peer in ("statsmodels", "geepack"):
        if peer in seconds:
            fitted, took = seconds[peer][-1]
            row = ratio(Row(what, own), took * count / fitted, 4, at_least=True)
            row.what, row.seconds = f"{what}: a loop over {peer}, CPU", took * count / fitted
            if peer != "statsmodels":
                row.target, row.met = "", None
            rows.append(row)
    return rows


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
