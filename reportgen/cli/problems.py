"""Printing problems: for people, for other programs, for a continuous-integration run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from reportgen.cli.terminal import coloured
from reportgen.core import diagnostics
from reportgen.core.errors import Problem


def show(problems: Sequence[Problem], format_: str, stream: TextIO) -> None:
    """Print each problem in the form asked for: text, json or github."""
    if format_ == "json":
        import json

        print(
            json.dumps([diagnostics.data(problem) for problem in problems], indent=2), file=stream
        )
        return
    for problem in problems:
        if format_ == "github":
            print(diagnostics.github(problem), file=stream)
        else:
            print(diagnostics.text(problem, coloured(stream)), file=stream)
