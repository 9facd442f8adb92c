"""Ask every question, and write docs/benchmarks.md with its plots, and what the README quotes of it:
`run.py`, or `run.py engines large` to ask some of them anew, or `run.py --page` to write from what is
known. Answers are kept in output/benchmarks until they are asked again.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version

from measure import HERE, ONE
from page import CHAPTER, Answer, page, quoted
from plotted import alternative, drawn

SCRIPTS = (
    *("imports", "case_study", "engines", "growth"),
    *("many_models", "long_reports", "large", "filtered"),
)
HOME = HERE.parent
KEPT = HOME / "output" / "benchmarks"
HEAD = """\
# Benchmarks

Made by `make bench` on one machine ({machine}, {processors} processors; {versions}). Seconds are CPU seconds of a
process with all its children, computing in one thread, and the least of some runs, where nothing else
is said. Seconds are this machine's; ratios, each within one run of a section, are what to compare.
"""


def main() -> None:
    """The questions named on the command line, or all; then the page, of all that was answered."""
    KEPT.mkdir(parents=True, exist_ok=True)
    try:
        _ask_all([] if "--page" in sys.argv else sys.argv[1:] or SCRIPTS)
    finally:  # one that was interrupted is named in the page
        _write()


def _ask_all(names: Sequence[str]) -> None:
    for name in names:
        if name not in SCRIPTS:
            raise SystemExit(f"{name}: there are {', '.join(SCRIPTS)}")
        _ask(name)


def _ask(name: str) -> None:
    """A script as a process of its own; one that fails leaves no answer, and the others go on."""
    out = KEPT / f"{name}.json"
    out.unlink(missing_ok=True)
    command = [sys.executable, HERE / f"{name}.py", "--json", out]
    subprocess.run(command, check=False, env={**os.environ, **ONE})


def _write() -> None:
    """The page and its plots; the README where everything that it quotes is known."""
    answers = {name: _answer(name) for name in SCRIPTS}
    words = {}
    for answer in filter(None, answers.values()):
        for name, plot in answer["plots"].items():
            image = HOME / "docs" / "images" / f"growth-{name}.svg"
            image.write_text(drawn(plot), encoding="utf-8")
            words[name] = alternative(plot)
    head = HEAD.format(machine=platform.machine(), processors=os.cpu_count(), versions=_versions())
    text = page(head, answers, words)
    (HOME / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    readme = HOME / "README.md"
    try:
        chapter = quoted(text)
    except KeyError as error:
        print(f"README.md was left as it is: the page says nothing of {error}", file=sys.stderr)
        return
    whole = CHAPTER.sub(lambda _: chapter, readme.read_text(encoding="utf-8"))
    readme.write_text(whole, encoding="utf-8")


def _answer(name: str) -> Answer | None:
    file = KEPT / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _versions() -> str:
    """Of Python, and of the peers that are here."""
    found = [f"Python {platform.python_version()}", f"statsmodels {version('statsmodels')}"]
    code = "cat(paste('R', getRversion())); for (p in c('lme4', 'geepack')) cat(',', p, format(packageVersion(p)))"
    try:
        told = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ", ".join(found)
    return ", ".join([*found, told.stdout.replace(" ,", ",")])


if __name__ == "__main__":
    main()
