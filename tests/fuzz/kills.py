"""Kills builds, and looks at what they leave: `make kills`, `python tests/fuzz/kills.py --kills N`.

Two versions of a report are built in turn into one folder. A child process builds and is ended by
SIGKILL, either at a random moment or right before the n-th time it touches a file; whatever it was
doing, the folder must hold one of the two reports, byte for byte, and the next build must work.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SPEC = """\
reportgen: 1
title: {title}
datasets:
  trial: {{source: trial.csv}}
models:
  slope: {{kind: ols, data: trial, formula: y ~ {x}}}
  gee: {{kind: gee, data: trial, formula: y ~ {x}, groups: site}}
report:
  - text: "{{{{ models.slope.coef.Intercept.estimate | num(3) }}}}"
  - table: compare
    models: [slope, gee]
  - plot: forest
    models: [slope, gee]
output: {{formats: [{formats}]}}
"""
VERSIONS = ({"title": "First", "x": "x"}, {"title": "Second", "x": "z"})
TOUCHES = ("open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.utime")


class Trial:
    """A project whose report is built, killed and looked at."""

    def __init__(self, folder: Path, formats: str) -> None:
        self.folder, self.out, self.cache = folder, folder / "out" / "trial", folder / "cache"
        source = random.Random(5)
        rows = [f"{source.gauss(0, 1)},{source.gauss(0, 1)},{source.random()},{row % 9}"
                for row in range(90)]  # fmt: skip
        (folder / "trial.csv").write_text("\n".join(["y,x,z,site", *rows]), encoding="utf-8")
        self.texts = [SPEC.format(formats=formats, **version) for version in VERSIONS]
        os.environ |= {"REPORTGEN_CACHE": str(self.cache), "SOURCE_DATE_EPOCH": "1700000000"}
        self.reports: list[str] = []
        self.seconds = 0.0
        self.say(0)
        build(self.folder, self.folder / "first")  # so that every child has at hand what it needs
        for version in (0, 1, 0):
            begin = time.monotonic()
            self.whole(version)
            self.seconds = time.monotonic() - begin
            self.reports.append(self.state())

    def state(self) -> str:
        """The digest of all files of the report."""
        found = hashlib.sha256()
        for path in sorted(each for each in self.out.rglob("*") if each.is_file()):
            found.update(f"{path.relative_to(self.out)}\0".encode() + path.read_bytes())
        return found.hexdigest()

    def whole(self, version: int) -> None:
        """Build without a kill, and demand that it works and leaves nothing lying about."""
        self.say(version)
        shutil.rmtree(self.cache if not self.reports else "/nonexistent", ignore_errors=True)
        pid = self.child(lambda: None)
        _, status = os.waitpid(pid, 0)
        said = (self.folder / "said").read_text(encoding="utf-8")
        assert status == 0, f"a build after a kill ended with {status}: {said}"
        assert "damaged" not in said, said
        left = [path.name for path in self.out.parent.iterdir() if path.name != "trial"]
        assert not left, f"left behind: {left}"

    def say(self, version: int) -> None:
        (self.folder / "trial.yaml").write_text(self.texts[version], encoding="utf-8")

    def child(self, prepare: Callable[[], None]) -> int:
        """The process id of a child that builds."""
        pid = os.fork()
        if pid:
            return pid
        log = os.open(self.folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        code = 99
        try:
            prepare()
            code = build(self.folder, self.out.parent)
            sys.stderr.flush()
        finally:
            os._exit(code)

    def touches(self) -> int:
        """How many files a build touches that has nothing to go by."""
        shutil.rmtree(self.cache)
        self.say(1)
        told = self.folder / "touches"
        os.waitpid(self.child(lambda: _die_at(10**9, str(self.folder), told)), 0)
        return int(told.read_text())

    def at_touch(self, number: int, version: int) -> bool:
        """Kill right before the `number`-th touch of a file; False if there were not so many."""
        self.say(version)
        pid = self.child(lambda: _die_at(number, str(self.folder)))
        _, status = os.waitpid(pid, 0)
        return os.WIFSIGNALED(status)

    def at_random(self, moment: float, version: int) -> None:
        """Kill after a time."""
        self.say(version)
        pid = self.child(lambda: None)
        time.sleep(moment)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def check(self, what: str) -> None:
        """One of the two reports is there, whole; every entry of the cache is what it says."""
        state = self.state()
        assert state in self.reports, f"after {what} the folder holds neither report"
        for path in self.cache.rglob("*.json"):
            entry = json.loads(path.read_text(encoding="utf-8"))
            assert entry["key"] == path.stem, f"after {what} the cache holds {path}"


def build(folder: Path, out: Path) -> int:
    """The exit code of a build in this process."""
    from reportgen.cli import main

    return main(["build", str(folder / "trial.yaml"), "--out", str(out)])


def _die_at(number: int, folder: str, told: Path | None = None) -> None:
    """End this process by SIGKILL when it touches a file of the project for the n-th time.

    `told` is a file that says after each touch how many there have been.
    """
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in TOUCHES or event == "ctypes.dlsym":
            name = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes)) else ""
            if event == "ctypes.dlsym" or (name.startswith(folder) and name != str(told)):
                count += 1
                if count >= number:
                    os.kill(os.getpid(), signal.SIGKILL)
                if told:
                    told.write_text(str(count))

    sys.addaudithook(hook)


def run(kills: int, seed: int, formats: str, folder: Path) -> tuple[int, int]:
    """So many kills, spread over the touches of a build and over its time: how many were survived,
    and how many of them left the new report.
    """
    trial, chance = Trial(folder, formats), random.Random(seed)
    done, new, touches = 0, 0, trial.touches()
    version = 0
    while done < kills:
        if chance.random() < 0.25:
            shutil.rmtree(trial.cache, ignore_errors=True)
        if done % 2:
            moment = chance.uniform(0, trial.seconds * 1.2)
            trial.at_random(moment, version)
            what = f"a kill after {moment:.4f} s"
        else:
            number = chance.randrange(1, touches)
            if not trial.at_touch(number, version):  # with a cache there are fewer
                version = 1 - version
                continue
            what = f"a kill at touch {number}"
        done += 1
        trial.check(what)
        new += trial.state() == trial.reports[version]
        if done % 5 == 0:
            trial.whole(version)
            assert trial.state() == trial.reports[version], (
                "the next build is not what it should be"
            )
            version = 1 - version
    trial.whole(version)
    return done, new


def main() -> None:
    """Kill as often as asked, and say how many builds were survived."""
    parser = argparse.ArgumentParser(description=__doc__, usage="%(prog)s [--kills N]")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--formats", default="html")
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"  # a fork takes no threads along
    with tempfile.TemporaryDirectory() as folder:
        done, new = run(options.kills, options.seed, options.formats, Path(folder))
    print(f"{done} kills survived; {new} of them left the new report, the others the one before")


if __name__ == "__main__":
    main()
