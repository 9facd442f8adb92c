"""Ask every question, and write docs/benchmarks.md with its plots."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from measure import HERE, ONE
from plotted import alternative, drawn

SCRIPTS = (
    *("imports", "case_study", "engines", "growth"),
    *("many_models", "long_reports", "large"),
)
DOCS = HERE.parent / "docs"
HEAD = """\
# Benchmarks

Made by `make bench`: CPU seconds of one thread where nothing else is said, the least of a few runs,
everything on this page in one run on one machine ({machine}, Python {python}, statsmodels
{statsmodels}). Seconds are this machine's; ratios are what to compare. Where there is a target it is
said whether it was met.
"""


def main() -> None:
    """Every script as a process of its own; one that fails is said, and the others go on."""
    text = HEAD.format(machine=platform.machine(), python=platform.python_version(),
                       statsmodels=version("statsmodels"))  # fmt: skip
    for name in SCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "answer.json"
            command = [sys.executable, HERE / f"{name}.py", "--json", out]
            done = subprocess.run(command, check=False, env={**os.environ, **ONE})
            if done.returncode or not out.is_file():
                text += f"\n`benchmarks/{name}.py` failed, and has no numbers here.\n"
                continue
            answer = json.loads(out.read_text(encoding="utf-8"))
        text += _section(answer)
        for title, plot in answer["plots"].items():
            image = f"growth-{title}.svg"
            (DOCS / "images" / image).write_text(drawn(plot), encoding="utf-8")
            text += f"\n![{alternative(plot)}](images/{image})\n"
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8")


def _section(answer: dict) -> str:
    lines = [f"\n## {answer['question']}\n", "| what | seconds | ratio | target | |",
             "|---|---:|---:|---:|---|"]  # fmt: skip
    met = {None: "", True: "met", False: "**missed**"}
    for row in answer["rows"]:
        seconds = "" if row["seconds"] is None else f"{row['seconds']:.3g}"
        lines.append(
            f"| {row['what']} | {seconds} | {row['ratio']} | {row['target']} | {met[row['met']]} |"
        )
    return "\n".join([*lines, "", *answer["said"]]) + "\n"


if __name__ == "__main__":
    main()
