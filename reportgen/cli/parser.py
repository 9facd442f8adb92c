"""The grammar of the command line. Each command names the function that carries it out."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from reportgen import __version__

Command = Callable[[Namespace], int]

EPILOG = """\
exit codes: 0 done · 1 diff or verify found changes · 2 the command line or the spec · 3 the
data · 4 a fit failed or a claim does not hold (the report is written, and says so) · 5 the
document · 70 a bug · 130 interrupted"""


class _Help(HelpFormatter):
    """Help as wide as the terminal. To look that up, argparse would load what takes longer than
    all the rest of a command line, and does so for every argument.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


@cache
def _columns() -> int:
    """Characters in a line: `COLUMNS`, or the terminal's, or 80."""
    with suppress(KeyError, ValueError):
        if (given := int(os.environ["COLUMNS"])) > 0:
            return given
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


class _Command(ArgumentParser):
    """A command whose arguments are set up when it is called: all the others are not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._waiting: list[tuple[tuple[str, ...], dict[str, Any]]] = []
        super().__init__(*args, **{"formatter_class": _Help, **kwargs})

    def add_argument(self, *names: str, **how: Any) -> Any:
        self._waiting.append((names, how))

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        for names, how in self._waiting:
            super().add_argument(*names, **how)
        self._waiting = []
        return super().parse_known_args(*args, **kwargs)


def parser() -> ArgumentParser:
    """The whole command line."""
    top = ArgumentParser(
        "reportgen",
        description="Statistical reports of clustered and survey data, from one page of YAML.",
        epilog=EPILOG,
        formatter_class=_Help,
    )
    top.add_argument("--version", action="version", version=f"reportgen {__version__}")
    top.set_defaults(format="text")
    commands = top.add_subparsers(
        title="commands",
        metavar="COMMAND",
        required=True,
        parser_class=_Command,
        prog="reportgen",  # which would be laid out as help to be known
    )
    _init(commands)
    _plan(commands)
    _build(commands)
    _watch(commands)
    _validate(commands)
    _show(commands)
    _diff(commands)
    _verify(commands)
    _kinds(commands)
    _explain(commands)
    _schema(commands)
    _doctor(commands)
    _add(commands, "clean", "Empty the cache of results.")
    return top


def _command(module: str) -> Command:
    """The command's `run`, loaded when it is called: `--help` needs none of them."""

    def run(options: Namespace) -> int:
        return int(import_module(f"reportgen.cli.{module}").run(options))

    return run


def _add(commands, name: str, summary: str) -> ArgumentParser:  # type: ignore[no-untyped-def]
    made: ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    made.set_defaults(run=_command(name))
    return made


def _spec(command: ArgumentParser, nargs: str | None = None) -> None:
    command.add_argument("spec", nargs=nargs, type=Path, metavar="SPEC", help="a YAML spec")
    _set(command)
    command.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N",
        help="raise a bound: docs/language.md lists them",
    )  # fmt: skip


def _set(command: ArgumentParser) -> None:
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="give a parameter a value"
    )


def _tolerance(command: ArgumentParser) -> None:
    command.add_argument(
        "--tolerance", type=float, default=1e-9, metavar="X",
        help="relative difference below which numbers are the same (default: 1e-9)",
    )  # fmt: skip


def _data(command: ArgumentParser) -> None:
    command.add_argument(
        "--data-dir", action="append", default=[], type=Path, metavar="DIR",
        help="look for data here too, after the spec's own folder",
    )  # fmt: skip
    command.add_argument(
        "--allow-download", action="store_true",
        help="fetch files that the spec names by `url`; they are kept",
    )  # fmt: skip
    command.add_argument(
        "--engine", choices=("auto", "statsmodels", "fast"),
        help="fit every model by this engine, whatever the spec says",
    )  # fmt: skip
    command.add_argument(
        "--no-cache", action="store_true", help="fit everything anew, and remember nothing"
    )
    command.add_argument(
        "--show-values", action="store_true",
        help="let messages hold values of the data; without it none does",
    )  # fmt: skip


def _machine(command: ArgumentParser) -> None:
    command.add_argument(
        "--json", dest="format", action="store_const", const="json",
        help="print results and problems as JSON",
    )  # fmt: skip


def _count(text: str) -> int:
    """A whole number from 1 on."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1000):
        raise ArgumentTypeError(f"`{text}` is no number of processes")
    return int(text)


def _init(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "init", "Write a commented starter spec, about DATA if it is given.")
    command.add_argument("data", nargs="?", type=Path, metavar="DATA", help="a data file")
    command.add_argument(
        "--out", type=Path, metavar="FILE",
        help="where the spec goes, `-` for the terminal (default: beside the data)",
    )  # fmt: skip


def _plan(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "plan", "Tell what a build would do, and why. Reads no rows.")
    _spec(command)
    _data(command)
    _machine(command)


def _build(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "build", "Fit the models of a spec and write its report.")
    _spec(command, "+")
    _data(command)
    _report(command)
    command.add_argument(
        "--formats", metavar="A,B", help="write these formats instead of those in the spec"
    )
    command.add_argument(
        "--audit", action="store_true",
        help="tell statsmodels' own likelihood and score at every solution",
    )  # fmt: skip
    _machine(command)


def _watch(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "watch", "Build again whenever the spec or its data change.")
    _spec(command)
    _data(command)
    _report(command)
    command.add_argument(
        "--formats", metavar="A,B", default="html", help="what is written (default: html)"
    )
    command.add_argument(
        "--serve", action="store_true",
        help="show the report in the browser of this machine, and show it anew when it is built",
    )  # fmt: skip
    command.add_argument(
        "--port", type=int, default=0, metavar="N", help="where it is served (default: any free)"
    )


def _report(command: ArgumentParser) -> None:
    command.add_argument(
        "--out", type=Path, default=Path("output"), metavar="DIR",
        help="where reports go, each in a folder named after its spec (default: output)",
    )  # fmt: skip
    command.add_argument(
        "--matrix", action="append", default=[], metavar="NAME=A,B",
        help="make the reports of a matrix for these values only",
    )  # fmt: skip
    command.add_argument(
        "--templates", type=Path, metavar="DIR",
        help="templates of your own in the places of those of their names",
    )  # fmt: skip
    command.add_argument(
        "--allow-templates", action="store_true",
        help="use the templates of the spec's theme: they decide what its pages say",
    )  # fmt: skip
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=_count, default=1, metavar="N",
        help="work in up to N processes, as many as the work is worth (default: 1)",
    )  # fmt: skip
    where.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="have everything fitted by a Dask cluster that you trust: tcp://HOST:PORT, tls://…",
    )  # fmt: skip
    command.add_argument(
        "--strict", action="store_true",
        help="exit with 4 if any model carries a warning, or a number in prose is a result",
    )  # fmt: skip


def _validate(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "validate", "Tell every problem of a spec at once. Reads no rows.")
    _spec(command, "+")
    _data(command)
    command.add_argument(
        "--strict", action="store_true",
        help="point out numbers in prose that are results of the last build; nothing is fitted",
    )  # fmt: skip
    command.add_argument(
        "--out", type=Path, default=Path("output"), metavar="DIR",
        help="where builds went, for `--strict` (default: output)",
    )  # fmt: skip
    command.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how problems are printed",
    )
    _machine(command)


def _show(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "show", "Show fits in the terminal, or the spec as it is understood.")
    _spec(command)
    command.add_argument("model", nargs="*", metavar="MODEL", help="only these models or lists")
    command.add_argument(
        "--resolved", action="store_true", help="the spec after params, defaults and like"
    )
    _data(command)
    _machine(command)


def _kinds(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "kinds", "List what a spec can ask for, and the keys of one kind.")
    command.add_argument("name", nargs="?", metavar="KIND", help="for example `gee` or `forest`")
    _machine(command)


def _explain(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "explain", "Tell what the code of a problem or a finding means.")
    command.add_argument("code", nargs="?", metavar="CODE", help="for example `separation`")
    _machine(command)


def _schema(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "schema", "Print the JSON Schema of the spec language, for editors.")
    command.add_argument(
        "--resolve", type=Path, metavar="SPEC", help="offer this spec's own columns and models too"
    )
    _set(command)


def _diff(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "diff", "Show what changed between two builds, or two revisions.")
    command.add_argument(
        "builds", nargs="+", metavar="BUILD",
        help="folders of two builds, or their results.json; with --git one SPEC",
    )  # fmt: skip
    command.add_argument(
        "--git", metavar="REV", help="fit SPEC as it was at this revision, and compare"
    )
    _tolerance(command)
    _set(command)
    _data(command)
    _machine(command)


def _verify(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "verify", "Make a report again from what its PDF has inside.")
    command.add_argument("report", type=Path, metavar="REPORT.pdf", help="a report in PDF")
    _tolerance(command)
    command.add_argument(
        "--allow-sql", action="store_true",
        help="let the report ask a database whose address is in your environment",
    )  # fmt: skip
    _data(command)
    _machine(command)


def _doctor(commands) -> None:  # type: ignore[no-untyped-def]
    command = _add(commands, "doctor", "Tell whether this machine has what a build needs.")
    _machine(command)
