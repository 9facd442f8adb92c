"""`reportgen kinds`: what a spec can ask for, and the keys of one kind."""

from __future__ import annotations

import json
import shutil
import textwrap
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reportgen.blocks import PLOTS, TABLES
from reportgen.cli.keys import Key, keys
from reportgen.core.errors import Problem, UsageError
from reportgen.core.registry import Registry
from reportgen.data import RECODES, SOURCES
from reportgen.models import INTERNAL, MODELS
from reportgen.plan.problems import nearest
from reportgen.writers import WRITERS

REGISTERS: Mapping[str, Registry] = {
    "models": MODELS,
    "tables": TABLES,
    "plots": PLOTS,
    "recodes": RECODES,
    "sources": SOURCES,
    "formats": WRITERS,
}


def run(options: Namespace) -> int:
    """Print the registers, the names of one, or the keys of the kinds called `name`."""
    if options.name is None or options.name in REGISTERS:
        _names({name: REGISTERS[name] for name in REGISTERS if options.name in (None, name)},
               options.format)  # fmt: skip
        return 0
    found = _called(options.name)
    if not found:
        raise _unknown(options.name)
    if options.format == "json":
        data = {title: [asdict(key) for key in _keys(kind)] for title, kind in found.items()}
        print(json.dumps(data, indent=2))
    else:
        print("\n\n".join(_text(options.name, title, kind) for title, kind in found.items()))
    return 0


def summary(kind: Any) -> str:
    """What a kind is, in a sentence or two."""
    return " ".join((type(kind).__doc__ or "").strip().split("\n\n")[0].split())


def _names(registers: Mapping[str, Registry], format_: str) -> None:
    names = {
        title: [name for name in register if name not in INTERNAL or register is not MODELS]
        for title, register in registers.items()
    }
    if format_ == "json":
        print(json.dumps(names, indent=2))
        return
    width = shutil.get_terminal_size().columns
    for title, each in names.items():
        print(textwrap.fill(" ".join(each), width, initial_indent=f"{title:<9}",
                            subsequent_indent=" " * 9, break_on_hyphens=False))  # fmt: skip


def _called(name: str) -> dict[str, Any]:
    """The kinds of that name: `icc` is a table and a plot."""
    return {
        title.removesuffix("s"): register.load(name)
        for title, register in REGISTERS.items()
        if name in register and not (register is MODELS and name in INTERNAL)
    }


def _keys(kind: Any) -> Sequence[Key]:
    return keys(kind.Options) if hasattr(kind, "Options") else ()


def _text(name: str, title: str, kind: Any) -> str:
    width = shutil.get_terminal_size().columns
    lines = textwrap.wrap(f"{title} {name}: {summary(kind)}", width)
    found = _keys(kind)
    margin = max((len(key.key) for key in found), default=0) + 4
    for key in found:
        said = [key.doc, *([f"Takes {key.takes}."] if key.takes.startswith("`") else [])]
        said += ["Needed."] if key.needed else [f"Default: {key.default}."] if key.default else []
        text = textwrap.fill(" ".join(said), width, initial_indent=f"  {key.key:<{margin - 2}}",
                             subsequent_indent=" " * margin)  # fmt: skip
        lines.append(text)
    return "\n".join(lines)


def _unknown(name: str) -> UsageError:
    known = [*REGISTERS, *(each for register in REGISTERS.values() for each in register)]
    problem = Problem(
        "unknown-kind", f"there is no kind `{name}`",
        hint=nearest(name, known), help="`reportgen kinds` lists them all",
    )  # fmt: skip
    return UsageError(problem)
