"""`reportgen watch`: builds again whenever something that the report rests on has changed."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from reportgen.cli import build
from reportgen.cli.request import request
from reportgen.cli.serving import Server
from reportgen.cli.specs import read
from reportgen.core.errors import ReportgenError
from reportgen.data import SOURCES
from reportgen.plan.types import Plan
from reportgen.run.themes import files_of

PAUSE = 0.2
"""Seconds between two looks at the files."""

Marks = dict[Path, tuple[int, int]]


def run(options: Namespace) -> int:
    """Build, and build again until interrupted."""
    folder = options.out / options.spec.stem
    server = Server(folder, _page(options), options.port) if options.serve else None
    if server:
        print(f"the report is at {server.address} (Ctrl-C ends it)", file=sys.stderr)
    try:
        while True:
            once(options)
            if server:
                server.tell()
            wait(options)
    finally:
        if server:
            server.close()


def _page(options: Namespace) -> str:
    try:
        return f"{read(options.spec, options).output.name}.html"
    except ReportgenError:
        return "report.html"  # the build tells what is wrong


def once(options: Namespace) -> int:
    """One build; what is wrong is told, and the next change is waited for."""
    return build.run(Namespace(**{**vars(options), "spec": [options.spec]}))


def wait(options: Namespace) -> None:
    """Return once a file has changed that the report rests on."""
    before = marks(files(options))
    while marks(before) == before:
        time.sleep(PAUSE)


def files(options: Namespace) -> set[Path]:
    """The spec with what it includes, its data and what decides its look; of a spec with mistakes
    the spec alone.
    """
    found = {options.spec}
    try:
        plan = read(options.spec, options)
        found |= {Path(each) for each in plan.source.texts}
        found |= set(_data(plan, options))
        asked = request(options.spec, plan, options)
        found.update(files_of(plan, asked.reach.roots, asked.templates))
    except ReportgenError:
        pass  # the build has told it
    return found


def _data(plan: Plan, options: Namespace) -> Iterable[Path]:
    reach = request(options.spec, plan, options).reach
    for dataset in plan.datasets.values():
        sources = [(dataset.source, dataset.source_options)]
        sources += [(join.source, join.source_options) for join in dataset.joins]
        for kind, given in sources:
            yield from SOURCES.load(kind).files(given, reach)


def marks(paths: Iterable[Path]) -> Marks:
    """What shows that a file has changed; (0, 0) for one that is not there."""
    found: Marks = {}
    for path in paths:
        try:
            known = path.stat()
            found[path] = known.st_mtime_ns, known.st_size
        except OSError:
            found[path] = 0, 0
    return found
