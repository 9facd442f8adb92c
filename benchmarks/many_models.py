"""What do 1,000 models on one data set cost, with one worker, with two, and in a loop elsewhere?"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
    Points,
    Row,
    Spent,
    grown,
    has_r,
    ratio,
    side_by_side,
    spent,
    tell,
    times,
)
from simulated import kept, scan, scanned

COUNTS = (10, 100, 1_000)
ENGINES = {"auto": "", "fast": ", fast engine", "statsmodels": ", all by statsmodels"}
"""By what `--engine` is asked for: how a curve is called."""

WORKERS = {1: "one worker", 2: "two workers"}

LONGEST = 20.0
"""A loop that took so many seconds is not asked for more: that it is proportional is known."""


HEADER = [
    *("models", "data", "one worker, by the clock", "two workers, by the clock", "times as fast"),
    *("CPU seconds", "statsmodels' loop", "× CPU", "geepack's loop", "× CPU"),
]


@dataclass(frozen=True)
class Size:
    """Data by their name, how often each build of them is measured, and how many models are fitted
    to them, by engine.
    """

    title: str
    rows: int
    clusters: int
    repeat: int
    counts: dict[str, Sequence[int]]

    def engines(self, count: int) -> list[str]:
        """Those that so many models are asked of."""
        return [engine for engine, counts in self.counts.items() if count in counts]


SIZES = (
    Size("5,000 rows in 100 clusters", 5_000, 100, 2, dict.fromkeys(ENGINES, COUNTS)),
    Size("50,000 rows in 1,000 clusters", 50_000, 1_000, 1, {"auto": (100,), "fast": (1_000,)}),
)
"""`auto` asks statsmodels for what takes it less than a second: 1,000 models of the larger one, minutes."""


@dataclass
class Measured:
    """What was measured of one size; `loops`: CPU seconds of the peers; `others`: how many processors
    were busy with something else while two workers were measured by the clock, at most.
    """

    plot: Plot
    seconds: Panel = field(default_factory=lambda: Panel("", SECONDS))
    clock: Panel = field(default_factory=lambda: Panel("", CLOCK))
    memory: Panel = field(default_factory=lambda: Panel("", MEMORY))
    loops: dict[str, Points] = field(default_factory=dict)
    others: float = 0.0

    def add(self, engine: str, workers: int, count: int, took: Spent) -> None:
        """A further point of curves of ours. Two workers are asked for the sake of the clock."""
        name = _curve(engine, workers)
        self.clock.add(name, count, took.wall)
        if workers > 1:
            self.others = max(self.others, took.others)
        else:
            self.seconds.add(name, count, took.cpu)
            self.memory.add(name, count, took.peak)


def main() -> None:
    """Both sizes of data; plotted is the smaller."""
    answer = Answer(
        "Many models",
        "A GEE of each of 20 outcomes on each of 50 exposures: builds without a cache to HTML, by one worker "
        "and by two, of the smaller data the least of two runs, beside a loop over statsmodels' formula "
        "interface and one over geepack. Memory is that of the largest process.",
        table=[HEADER],
    )
    peers = ["statsmodels", *(["geepack"] if has_r("geepack") else [])]
    if "geepack" not in peers:
        answer.said.append("R's geepack is not installed, and was not measured.")
    busy = 0.0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            measured = _measure(size, peers, Path(folder))
        busy = max(busy, measured.others)
        for engine in ENGINES:
            _compare(answer, size, engine, measured)
        if size is SIZES[0]:
            answer.growth += grown("models", measured.plot)
            answer.plots["models"] = measured.plot
    answer.said.append(_alone(answer.plots["models"]))
    answer.said.append(
        f"A loop that took more than {LONGEST:g} seconds was not asked for more models: what it would take "
        "for as many is computed from what each further model took. While two workers were measured by the "
        f"clock, other processes kept up to {busy:.2f} of the machine's {os.cpu_count()} processors busy."
    )
    tell(answer)


def _alone(plot: Plot) -> str:
    """What there is for one worker only: a build of the fewest models does little else."""
    found = {engine: plot.panels[0].curves[_curve(engine, 1)] for engine in ("auto", "statsmodels")}
    (fewest, least), (most, auto) = found["auto"][0], found["auto"][-1]
    return (
        f"Two workers share the fits alone. A build of {fewest:,.0f} models, which hardly has any, takes "
        f"{least:.2g} of the {auto:.2g} CPU seconds of {most:,.0f}, and what else grows with the models "
        "(checking the spec, writing results) is done by one, too: so the faster the fits, the less "
        f"two are worth. By statsmodels the same fits take {found['statsmodels'][-1][1]:.2g} seconds."
    )


def _measure(size: Size, peers: Sequence[str], folder: Path) -> Measured:
    measured = Measured(Plot(f"models, of {size.title}"))
    measured.plot.panels += [measured.seconds, measured.clock, measured.memory]
    table = scanned(size.rows, size.clusters)
    table.to_csv(folder / "d.csv", index=False)
    kept(table, folder / "d.bin")
    for count in _few(COUNTS):
        (folder / "scan.yaml").write_text(scan(count, "d.csv"), encoding="utf-8")
        builds = {
            (engine, workers): _build(folder, workers, engine)
            for engine in size.engines(count)
            for workers in WORKERS
        }
        runs = side_by_side(list(builds.values()), size.repeat)
        for (engine, workers), took in zip(builds, runs, strict=True):
            measured.add(engine, workers, count, took)
    for peer in peers:
        for count, took in _loops(peer, folder, ",".join(table)):
            measured.loops.setdefault(peer, []).append((count, took.cpu))
            if count in COUNTS:
                measured.seconds.add(peer, count, took.cpu)
                measured.memory.add(peer, count, took.peak)
    return measured


def _few(counts: Sequence[int]) -> Sequence[int]:
    """The numbers of models to measure: `--quick` leaves out the largest."""
    return counts[:-1] if "--quick" in sys.argv else counts


def _curve(engine: str, workers: int) -> str:
    return f"{OURS}, {WORKERS[workers]}{ENGINES[engine]}"


def _build(folder: Path, workers: int, engine: str) -> list[str | Path]:
    return [sys.executable, "-m", "reportgen", "build", folder / "scan.yaml", "--no-cache",
            "--jobs", str(workers), "--engine", engine, "--out", folder / "out", "--formats", "html"]  # fmt: skip


def _loops(peer: str, folder: Path, columns: str) -> Iterator[tuple[int, Spent]]:
    """A loop over one model, then over more and more, until it takes too long."""
    for count in (1, *_few(COUNTS)):
        command: list[str | Path] = [sys.executable, HERE / "scan_loop.py", folder / "d.csv"]
        if peer == "geepack":
            command = ["Rscript", HERE / "growth.R", "scan", folder / "d.bin", columns]
        took = spent([*command, str(count)])
        yield count, took
        if took.cpu > LONGEST and count > 1:  # two points make a line
            return


def _compare(answer: Answer, size: Size, engine: str, measured: Measured) -> None:
    """Workers by the clock, loops by CPU seconds, at the largest number of models."""
    clock, alone = measured.clock.curves, _curve(engine, 1)
    if alone not in clock:
        return
    (count, one), (_, two) = clock[alone][-1], clock[_curve(engine, 2)][-1]
    own = measured.seconds.curves[alone][-1][1]
    what = f"{count:,.0f} models, {size.title}{ENGINES[engine]}"
    workers = ratio(
        Row(f"{what}: two workers faster than", two, against="one"), one, 1.8, at_least=True
    )
    answer.rows.append(workers)
    line = [f"{count:,.0f}", f"{size.title}{ENGINES[engine]}", f"{one:.3g}", f"{two:.3g}",
            workers.ratio, f"{own:.3g}"]  # fmt: skip
    for peer in ("statsmodels", "geepack"):
        if peer not in measured.loops:
            line += ["", ""]
            continue
        loop = at(count, measured.loops[peer])
        line += [f"{loop:,.0f}" if loop >= 100 else f"{loop:.3g}", times(loop / own)]
        if peer == "statsmodels" and engine != "statsmodels":
            row = Row(f"{what}: faster than", own, against="a loop over statsmodels")
            answer.rows.append(ratio(row, loop, 4, at_least=True))
    answer.table.append(line)


def at(size: float, points: Points) -> float:
    """What a curve has at a size, or would have, were its last part to go on as a straight line."""
    known = dict(points)
    if size in known:
        return known[size]
    (before, smaller), (last, value) = points[-2:]
    return value + (value - smaller) / (last - before) * (size - last)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
