"""`reportgen init`: a commented starter spec; with a data file, one about its columns."""

from __future__ import annotations

import re
import shlex
import sys
from argparse import Namespace
from pathlib import Path

from reportgen.cli.specs import nothing_overwritten
from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError, Problem, UsageError
from reportgen.data import SOURCES
from reportgen.data.formats import ENDINGS, kind_of
from reportgen.data.profile import Profile, profiles
from reportgen.run.starter import EXAMPLE, roles, starter


def run(options: Namespace) -> int:
    """Write the spec, and say what to do next."""
    if options.data is None:
        source, name = '{package: "statsmodels:grunfeld"}', "firms"
        columns: tuple[Profile, ...] = EXAMPLE
    else:
        source, name = options.data.name, _name(options.data)
        columns = _columns(options.data)
    found = roles(columns)
    if found is None:
        message = f"`{source}` has no column that a model could explain"
        raise DataError(Problem("no-outcome", message, help="a number, or a column of two values"))
    beside = options.data.parent if options.data else Path()
    out = options.out or beside / f"{name}.yaml"
    to_terminal = str(out) == "-"
    spec = f"{name}.yaml" if to_terminal else out.name
    text = starter(_quoted(source) if options.data else source, name, columns, found, spec)
    if to_terminal:
        sys.stdout.write(text)
        return 0
    nothing_overwritten(out)
    out.write_text(text, encoding="utf-8")
    elsewhere = options.data and out.parent.resolve() != beside.resolve()
    command = ["reportgen", "build", str(out), *(["--data-dir", str(beside)] if elsewhere else [])]
    print(f"{out}\nnext: {shlex.join(command)}")
    return 0


def _columns(path: Path) -> tuple[Profile, ...]:
    kind = kind_of(path.name)
    if kind is None:
        message = f"no source reads a file called `{path.name}`"
        raise UsageError(Problem("unknown-ending", message, help=f"endings: {', '.join(ENDINGS)}"))
    source = SOURCES.load(kind)
    loaded = source.read(source.Options(path=path.name), Reach((path.parent,)), ())
    return profiles(loaded)


def _name(path: Path) -> str:
    """A dataset's name from that of its file."""
    stem = re.sub(r"\W+", "_", path.name.split(".", maxsplit=1)[0], flags=re.ASCII).strip("_")
    return stem if stem[:1].isalpha() else f"data_{stem}".rstrip("_")


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else '"' + text.replace('"', '\\"') + '"'
