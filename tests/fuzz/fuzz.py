"""Feeds reportgen what no author would write: `make fuzz`, `python tests/fuzz/fuzz.py --minutes N`.

Whatever the input, a command ends by itself, in bounded time and memory, with an exit code that
says whose mistake it was; never with a traceback and never with 70. What breaks that is written to
the folder named at the end, with the seed that makes it again (`--target T --only SEED`).

A child process works through cases, each made from its own number alone; it is watched, limited and
replaced when it dies, so that no input stops the run.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cases import Case, TooLong, run
from targets import TARGETS

MEMORY = 4_000_000_000
SECONDS = 20.0
"""Processor time that one case may take."""
PATIENCE = 120.0
"""Seconds after which a child that says nothing is taken for dead."""


@dataclass
class Tally:
    """How many cases were run, how they ended, and which broke the promise."""

    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    broken: dict[str, list[str]] = field(default_factory=dict)
    """How it broke, where: the cases, by the options that make them again."""

    def breaks(self, target: str, number: int, how: str) -> None:
        """A promise was broken by a case."""
        self.broken.setdefault(f"{target} {how}", []).append(f"--target {target} --only {number}")


def child(target: str, first: int, until: float, folder: Path) -> None:
    """Cases from `first` on until the time is up; what happens is told line by line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    work = folder / f"work-{target}"
    work.mkdir(exist_ok=True)
    os.chdir(work)
    made = TARGETS[target](work)
    number = first
    out = os.fdopen(os.dup(1), "w", buffering=1)
    while time.monotonic() < until:
        out.write(f"case {number}\n")
        end = run(made, Case(target, number), SECONDS)
        out.write(f"end {end}\n")
        number += 1


def watch(target: str, seconds: float, start: int, folder: Path, tally: Tally) -> None:
    """Run children until the time is up; one that dies or hangs is a broken promise."""
    until, number = time.monotonic() + seconds, start
    while time.monotonic() < until:
        arguments = ["--child", target, "--from", str(number), "--until", str(until),
                     "--folder", str(folder)]  # fmt: skip
        log = folder / f"{target}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen([sys.executable, __file__, *arguments], stdout=stream,
                                       stderr=subprocess.STDOUT)  # fmt: skip
            size, seen = -1, time.monotonic()
            while process.poll() is None:
                time.sleep(0.2)
                if (now := log.stat().st_size) != size:
                    size, seen = now, time.monotonic()
                elif time.monotonic() - seen > PATIENCE:
                    process.kill()
        number = _count(target, log, process.wait(), tally)


def _count(target: str, log: Path, status: int, tally: Tally) -> int:
    """Take in what a child said; the number of the next case."""
    last, ended = -1, True
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        word, _, rest = line.partition(" ")
        if word == "case":
            last, ended = int(rest), False
        elif word == "end":
            ended = True
            tally.cases += 1
            tally.ends[f"{target} {rest.split(':')[0]}"] += 1
            if rest.startswith("BROKEN"):
                tally.breaks(target, last, re.split(r" ['\"]", rest.removeprefix("BROKEN: "))[0])
    if last < 0:
        raise SystemExit(f"the child of {target} did not start:\n{log.read_text()}")
    if not ended:
        tally.breaks(target, last, f"died with {status}")
    return last + 1


def main() -> int:
    """Run the targets for a time, or one case; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description="fuzz reportgen")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--seed", type=int, default=0, help="where the numbers of cases begin")
    parser.add_argument("--only", type=int, help="run this one case, and show it")
    for hidden in ("--child", "--from", "--until", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, int(vars(given)["from"]), float(given.until), Path(given.folder))
        return 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        os.environ |= {"REPORTGEN_CACHE": str(folder / "cache"), "OPENBLAS_NUM_THREADS": "1"}
        targets = given.target or list(TARGETS)
        if given.only is not None:
            return _one(targets[0], given.only, folder)
        tally = Tally()
        for target in targets:
            watch(target, given.minutes * 60 / len(targets), given.seed, folder, tally)
        _tell(tally)
        return 1 if tally.broken else 0


def _one(target: str, number: int, folder: Path) -> int:
    os.environ["REPORTGEN_DEBUG"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(folder)
    made, case = TARGETS[target](folder), Case(target, number)
    print(made.show(case), file=sys.stderr)
    end = run(made, case, SECONDS)
    print(end, file=sys.stderr)
    return int(end.startswith("BROKEN"))


def _tell(tally: Tally) -> None:
    for end, count in sorted(tally.ends.items()):
        print(f"{count:>9,}  {end}")
    for how, cases in sorted(tally.broken.items()):
        print(f"BROKEN  {how}: {len(cases):,} times, first by {cases[0]}")
    print(f"{tally.cases:,} cases, {sum(map(len, tally.broken.values())):,} broke a promise")


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except TooLong:
        raise SystemExit("too long") from None
