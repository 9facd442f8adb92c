"""CPU seconds, side by side: what every question here is asked with.

Wall time says more about the neighbours of a process than about it; CPU time of one thread, the
least of several runs, says how much there is to do. Ratios within one run are what is compared.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
ONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
os.environ.update(ONE)


@dataclass
class Row:
    """One line of a table: what was measured, its seconds, and the ratio (or whatever else has a
    target) to what it is compared with, `against`.
    """

    what: str
    seconds: float | None
    ratio: str = ""
    target: str = ""
    met: bool | None = None
    against: str = ""


Points = list[tuple[float, float]]
"""Of a curve: size, and what was measured at it."""

OURS = "reportgen"
"""What its own curves are called, or begin with."""

SECONDS, CLOCK, MEMORY = "CPU seconds", "seconds by the clock", "peak memory, MB"


@dataclass
class Plot:
    """Curves over one measure of size: `x` says which. Panels by their titles, `unit` (SECONDS,
    CLOCK or MEMORY) and curves by their names.
    """

    x: str
    panels: list[Panel] = field(default_factory=list)


@dataclass
class Panel:
    """One part of a plot."""

    title: str
    unit: str
    curves: dict[str, Points] = field(default_factory=dict)

    def add(self, name: str, size: float, value: float) -> None:
        """A further point of a curve."""
        self.curves.setdefault(name, []).append((size, value))


@dataclass
class Answer:
    """What one script found: a table; in words what was measured (`about`), and what is to be said
    of it; plots by name, and how their curves grow.

    `table` (a header and lines) is shown to readers instead of many `rows`, which are then only
    what the targets are about.
    """

    title: str
    about: str = ""
    rows: list[Row] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    plots: dict[str, Plot] = field(default_factory=dict)
    growth: list[Row] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def process(command: Sequence[str | Path], repeat: int = 2, cwd: Path | None = None) -> float:
    """The least CPU seconds of a process and its children; RuntimeError where it fails."""
    best = float("inf")
    for _ in range(repeat):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 4):
            raise RuntimeError(f"{command}: {done.stderr[-500:]}")
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent)
    return best


@dataclass(frozen=True)
class Spent:
    """What a process and its children took: `cpu` seconds, `wall` seconds by the clock, and `peak`,
    the megabytes that the largest of them held at most. `said` is what it printed; `others` is how
    many processors were busy with something else meanwhile (0 where the system does not tell).
    """

    cpu: float
    wall: float
    peak: float
    said: str = ""
    others: float = 0.0


KILLED = (256 - signal.SIGXCPU, 256 - signal.SIGKILL, 128 + signal.SIGXCPU, 128 + signal.SIGKILL)
"""Exit codes of `launch.py`, or of a shell below it, for a command that was stopped."""


class TooLong(Exception):
    """A process was stopped when it had used the CPU seconds that it may."""


def spent(command: Sequence[str | Path], limit: int = 0) -> Spent:
    """What one run took. TooLong where that is more than `limit` CPU seconds (0: none);
    RuntimeError where the process fails.
    """
    return _spent(command, limit)


def side_by_side(commands: Sequence[Sequence[str | Path]], repeat: int) -> list[Spent]:
    """The same of several commands, run in turn: what disturbs the machine disturbs them all."""
    runs = [[_spent(each) for each in commands] for _ in range(repeat)]
    return [least(ones) for ones in zip(*runs, strict=True)]


def least(runs: Sequence[Spent]) -> Spent:
    """The least of several runs of one command."""
    quickest = min(runs, key=lambda one: one.wall)
    return Spent(min(one.cpu for one in runs), quickest.wall, min(one.peak for one in runs),
                 runs[0].said, quickest.others)  # fmt: skip


def _spent(command: Sequence[str | Path], limit: int = 0) -> Spent:
    launch = [sys.executable, "-I", "-S", HERE / "launch.py", limit, *command]
    busy = _busy()
    done = subprocess.run(list(map(str, launch)), capture_output=True, text=True, check=False)
    busy = _busy() - busy
    if limit and done.returncode in KILLED:
        raise TooLong(str(command))
    if done.returncode not in (0, 4):
        raise RuntimeError(f"{command}: {done.stderr[-500:]}")
    *said, took = done.stdout.rstrip("\n").split("\n")
    found = Spent(**json.loads(took), said="\n".join(said).rstrip("\n"))
    return replace(found, others=max(0.0, (busy - found.cpu) / max(found.wall, 0.01)))


def _busy() -> float:
    """Seconds that the machine's processors have been busy since it started; 0 where it is not Linux."""
    try:
        told = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, *more = map(int, told[1:9])
    return (user + nice + system + sum(more)) / os.sysconf("SC_CLK_TCK")


def within(call: Callable[[], object], repeat: int = 3, patience: float = 3.0) -> float:
    """The least CPU seconds of a call in this thread; once where it takes long. Those of the process
    are counted in steps of 4 ms where its CPU time is limited.
    """
    best, total = float("inf"), 0.0
    for _ in range(repeat):
        start = time.thread_time()
        call()
        spent = time.thread_time() - start
        best, total = min(best, spent), total + spent
        if total > patience:
            break
    return best


def python(code: str, repeat: int = 3) -> float:
    """CPU seconds of a fresh interpreter that runs `code`."""
    return process([sys.executable, "-c", code], repeat)


def has_r(*packages: str) -> bool:
    """Whether R is installed with these packages."""
    code = "; ".join(f"library({each})" for each in packages)
    try:
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def ratio(row: Row, base: float, target: float, *, at_least: bool = False) -> Row:
    """The row with its ratio to `base` (or of `base` to it), and whether the target is met."""
    assert row.seconds is not None
    value = base / row.seconds if at_least else row.seconds / base
    row.ratio = times(value)
    row.target = f"{'≥' if at_least else '≤'} {target:,g} ×"
    row.met = value >= target if at_least else value <= target
    return row


def times(value: float) -> str:
    """A ratio as it is printed."""
    return f"{value:,.0f} ×" if value >= 20 else f"{value:.2g} ×"


LINEAR = 1.1
"""Growth is called linear where, at the largest sizes measured, it is at most as this power of the
size: on the logarithmic axes of a plot, the slope of its last part.
"""


def grown(name: str, plot: Plot) -> list[Row]:
    """The target of growth with `name`: time or memory of the curve of reportgen's own that grows
    most at the largest sizes, where each has more than one point.
    """
    powers = [
        (power(points), f"{panel.title}: {panel.unit}".removeprefix(": "), curve)
        for panel in plot.panels
        for curve, points in panel.curves.items()
        if panel.unit != CLOCK and len(points) > 1 and curve.startswith(OURS)
    ]
    if not powers:
        return []
    most, panel, curve = max(powers)
    how = f"{panel}, {curve.removeprefix(OURS).removeprefix(', ')}".removesuffix(", ")
    return [Row(f"growth with {name} (the most: {how})", None, f"size^{most:.2f}",
                f"≤ size^{LINEAR:g}", most <= LINEAR)]  # fmt: skip


def power(points: Points) -> float:
    """As which power of the size a curve grows between its last two points."""
    (before, smaller), (last, largest) = points[-2:]
    return math.log(largest / smaller) / math.log(last / before)


def tell(answer: Answer) -> None:
    """Print the answer for people, and for `run.py` as JSON where it asks by an argument."""
    print(f"\n{answer.title}")
    for row in (*answer.rows, *answer.growth):
        seconds = "" if row.seconds is None else f"{row.seconds:9.3f} s"
        met = {None: "", True: "met", False: "MISSED"}[row.met]
        what = f"{row.what}; to {row.against}" if row.against else row.what
        print(f"  {what:<70} {seconds:>11}  {row.ratio:>9}  {row.target:>9}  {met}")
    for each in (*map("  ".join, answer.table), *answer.said):
        print(f"  {each}")
    if len(sys.argv) > 2 and sys.argv[1] == "--json":
        Path(sys.argv[2]).write_text(json.dumps(answer, default=vars), encoding="utf-8")


def nhanes() -> Path | None:
    """The folder with the case study's spec and data, if it is on this machine."""
    given = os.environ.get("REPORTGEN_SHARED")
    roots: Iterable[Path] = [Path(given)] if given else [HERE.parent.parent / "shared"]
    for root in roots:
        if (root / "data" / "nhanes_2015_2016.csv").is_file():
            return root
    return None
