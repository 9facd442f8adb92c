"""What does a whole report cost? The case study against a script, a notebook and R Markdown; and rebuilds."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from documents import Command, notebook, r_markdown, r_script
from measure import (
    HERE,
    Answer,
    Row,
    nhanes,
    process,
    ratio,
    side_by_side,
    spent,
    tell,
    times,
)

SENTENCES = (
    ("participants with complete data fall", "people with complete data fall"),
    ("For pure noise the estimate stays", "For nothing but noise the estimate stays"),
    ("Two masked variance units differ", "Two of the masked variance units differ"),
)
"""What is changed in the case study's prose, one after the other, and into what."""

REPEAT = 1 if "--quick" in sys.argv else 3
SCRIPT = "the script"
COLD = {
    "HTML, no cache": ("html", "auto", 1.5),
    "HTML, no cache, `--engine fast`": ("html", "fast", 0.8),
    "HTML and PDF, no cache": ("html,pdf", "auto", 2.5),
}
"""By name: formats, `--engine`, and how many times the script it may take."""

PEERS = {
    "the notebook": ("the script as a notebook, executed to HTML", notebook, 0.8),
    "the R script": ("an R script that only prints", r_script, None),
    "R Markdown": ("R Markdown to HTML", r_markdown, 0.3),
}
"""By name: what it is, how it is asked for, and how many times it HTML may take."""


def main() -> None:
    """Cold builds beside their peers, then builds in which nothing or a sentence changed."""
    answer = Answer(
        "The case study as a whole",
        "25 models, 4 figures and 8 tables of NHANES 2015–2016, from the file to the page; each the least "
        f"of {REPEAT} runs, in turn with the others. The script and its notebook fit 24 of the models with "
        "statsmodels, which has no multilevel logistic regression like the last; the notebook draws the "
        "figures too. R fits 12, the multilevel logistic regression among them, and R Markdown adds tables "
        "and figures.",
    )
    found = nhanes()
    if found is None:
        answer.said.append("The case study is not on this machine, and nothing was measured.")
    else:
        with tempfile.TemporaryDirectory() as folder:
            _measure(answer, found, Path(folder))
    tell(answer)


def _measure(answer: Answer, found: Path, folder: Path) -> None:
    data = found / "data"
    file = data / "nhanes_2015_2016.csv"
    spec = folder / "nhanes.yaml"
    text = (found / "design" / "nhanes.yaml").read_text(encoding="utf-8")
    spec.write_text(text, encoding="utf-8")
    builds = {
        name: [*_build(spec, data, formats), "--no-cache", "--engine", engine]
        for name, (formats, engine, _) in COLD.items()
    }
    peers = _peers(answer, file, folder)
    commands = {SCRIPT: [sys.executable, HERE / "case_study_script.py", file], **peers, **builds}
    runs = side_by_side(list(commands.values()), REPEAT)
    took = {name: run.cpu for name, run in zip(commands, runs, strict=True)}
    _cold(answer, took)
    for name, sentence in (("HTML", 0.1), ("HTML and PDF", 0.5)):
        os.environ["REPORTGEN_CACHE"] = str(folder / f"cache of {name}")
        spec.write_text(text, encoding="utf-8")
        build, cold = _build(spec, data, COLD[f"{name}, no cache"][0]), took[f"{name}, no cache"]
        process(build, 1)
        for what, seconds, target in (
            ("nothing changed", process(build, REPEAT), 0.05),
            ("one sentence changed", min(_changed(build, spec)), sentence),
        ):
            row = Row(f"{name}, {what}", seconds, against="the same without cache")
            answer.rows.append(ratio(row, cold, target))


def _build(spec: Path, data: Path, formats: str) -> Command:
    return [sys.executable, "-m", "reportgen", "build", spec, "--data-dir", data,
            "--out", spec.parent / formats, "--formats", formats]  # fmt: skip


def _peers(answer: Answer, file: Path, folder: Path) -> dict[str, Command]:
    """The documents that can be made here: each is tried once, and what cannot be is said."""
    commands = {}
    for name, (_, asked, _) in PEERS.items():
        command = asked(file, folder)
        if isinstance(command, str):
            answer.said.append(command)
            continue
        try:
            spent(command)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            last = str(error).strip().rsplit("\n", 1)[-1]
            answer.said.append(
                f"{name.capitalize()} could not be made, and was not measured: `{last}`"
            )
        else:
            commands[name] = command
    return commands


def _cold(answer: Answer, took: dict[str, float]) -> None:
    """The peers' lines, and those of the builds beside them."""
    script = took[SCRIPT]
    answer.rows.append(Row("a statsmodels script that only prints", script))
    for peer, (what, _, _) in PEERS.items():
        if peer in took:
            row = Row(what, took[peer], times(took[peer] / script), against=SCRIPT)
            answer.rows.append(row)
    for name, (_, _, target) in COLD.items():
        answer.rows.append(ratio(Row(name, took[name], against=SCRIPT), script, target))
    for peer, (_, _, target) in PEERS.items():
        if peer in took and target:
            row = Row("HTML, no cache", took["HTML, no cache"], against=peer)
            answer.rows.append(ratio(row, took[peer], target))


def _changed(build: Command, spec: Path) -> Iterator[float]:
    """CPU seconds of a build for each sentence that is changed, which its page then says."""
    page = Path(build[build.index("--out") + 1])
    for old, new in SENTENCES:
        text = spec.read_text(encoding="utf-8")
        assert old in text
        spec.write_text(text.replace(old, new), encoding="utf-8")
        yield process(build, 1)
        assert any(new in each.read_text(encoding="utf-8") for each in page.rglob("*.html"))


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
