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

SCRIPTS = ("imports", "case_study", "engines", "growth", "large")
DOCS = HERE.parent / "docs"
HEAD = """\
# Benchmarks

Made by `make bench`: CPU seconds of one thread, the least of a few runs, everything on this page in one run on one
machine ({machine}, Python {python}, statsmodels {statsmodels}). Seconds are this machine's; ratios are what
to compare. Where there is a target it is said whether it was met.
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
        for title, (label, lines) in answer["curves"].items():
            _plot(title, label, lines)
            text += f"\n![Time by {title}](images/growth-{title}.svg)\n"
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


def _plot(title: str, label: str, lines: dict[str, list[list[float]]]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "benchmarks"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 3), layout="constrained")
    for name, points in lines.items():
        x, y = zip(*points, strict=True)
        axes.loglog(x, y, marker="o", markersize=3, linewidth=1, label=name,
                    linestyle="--" if "statsmodels" in name else "-")  # fmt: skip
    axes.set_xlabel(label)
    axes.set_ylabel("CPU seconds")
    axes.legend(frameon=False, fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    (DOCS / "images").mkdir(exist_ok=True)
    figure.savefig(DOCS / "images" / f"growth-{title}.svg", metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
