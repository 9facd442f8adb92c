"""Ask every question, and write docs/benchmarks.md with its plots: `run.py`, or `run.py engines large`
to ask some of them anew. Answers are kept in output/benchmarks until they are asked again.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version

from measure import HERE, ONE
from plotted import alternative, drawn

SCRIPTS = (
    *("imports", "case_study", "engines", "growth"),
    *("many_models", "long_reports", "large"),
)
DOCS = HERE.parent / "docs"
KEPT = HERE.parent / "output" / "benchmarks"
HEAD = """\
# Benchmarks

Made by `make bench`: CPU seconds of one thread where nothing else is said, the least of a few runs,
every section in one run, all on one machine ({machine}, Python {python}, statsmodels
{statsmodels}). Seconds are this machine's; ratios are what to compare. Where there is a target it is
said whether it was met.
"""


def main() -> None:
    """The questions named on the command line, or all; then the page, of all that was answered."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or SCRIPTS:
        _ask(name)
    text = HEAD.format(machine=platform.machine(), python=platform.python_version(),
                       statsmodels=version("statsmodels"))  # fmt: skip
    for name in SCRIPTS:
        if not (KEPT / f"{name}.json").is_file():
            text += f"\n`benchmarks/{name}.py` was not run to its end, and has no numbers here.\n"
            continue
        answer = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
        text += _section(answer)
        for title, plot in answer["plots"].items():
            image = f"growth-{title}.svg"
            (DOCS / "images" / image).write_text(drawn(plot), encoding="utf-8")
            text += f"\n![{alternative(plot)}](images/{image})\n"
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8")


def _ask(name: str) -> None:
    """A script as a process of its own; one that fails leaves no answer, and the others go on."""
    out = KEPT / f"{name}.json"
    out.unlink(missing_ok=True)
    command = [sys.executable, HERE / f"{name}.py", "--json", out]
    subprocess.run(command, check=False, env={**os.environ, **ONE})


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
