"""The case study by the usual ways from an analysis to a page: a notebook, an R script, R Markdown.

A peer that is not here is skipped, and the answer says so. `make peers` installs the notebook's tools
(nbconvert and a kernel, with reportgen's own versions of statsmodels and matplotlib) in `.venv/peers`;
JUPYTER names another `jupyter` to use. R Markdown wants R with rmarkdown, lme4 and geepack, and pandoc.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import HERE, has_r

Command = list[str | Path]
Cell = dict[str, object]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
RENDER = (
    "given <- commandArgs(TRUE); rmarkdown::render(given[1], output_dir = given[2], "
    "intermediates_dir = given[2], params = list(file = given[3]), quiet = TRUE)"
)


def notebook(file: Path, folder: Path) -> Command | str:
    """A command that executes the case study's script as a notebook into HTML; a sentence where
    there is no `jupyter`.
    """
    jupyter = os.environ.get("JUPYTER") or shutil.which("jupyter", path=_places())
    if not jupyter:
        return (
            "There is no `jupyter` here (`make peers` installs it): the notebook was not measured."
        )
    written = folder / "case_study.ipynb"
    script, figures = (
        (HERE / f"case_study_{name}.py").read_text(encoding="utf-8")
        for name in ("script", "figures")
    )
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL},
             "cells": cells_of(script, figures, file)}  # fmt: skip
    written.write_text(json.dumps(whole), encoding="utf-8")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = str(folder / "jupyter")  # neither settings nor history of this user's
    return [jupyter, "nbconvert", "--to", "html", "--execute", written]


def r_markdown(file: Path, folder: Path) -> Command | str:
    """A command that renders case_study.Rmd to HTML; a sentence where R lacks what it takes."""
    if not shutil.which("pandoc") or not has_r("rmarkdown", "lme4", "geepack"):
        return "R's rmarkdown, lme4, geepack or pandoc is not here: R Markdown was not measured."
    return ["Rscript", "-e", RENDER, HERE / "case_study.Rmd", folder, file]


def r_script(file: Path, folder: Path) -> Command | str:
    """A command that prints the models in R; a sentence where R lacks what it takes."""
    if not has_r("lme4", "geepack"):
        return "R's lme4 and geepack are not here: the R script was not measured."
    return ["Rscript", HERE / "case_study.R", file]


def _places() -> str:
    return os.pathsep.join([str(Path(sys.prefix) / "peers" / "bin"), os.environ.get("PATH", "")])


def cells_of(script: str, figures: str, file: Path) -> list[Cell]:
    """The script's cells, each under its title and followed by the figures of that title; ValueError
    for a figure whose title no cell has.
    """
    drawn, fitted = list(parts(figures)), list(parts(script))
    if lost := {title for title, _ in drawn} - {title for title, _ in fitted}:
        raise ValueError(f"no cell for the figures of {', '.join(sorted(lost))}")
    cells = [_code(f"import sys\nsys.argv[1:] = [{str(file)!r}]")]
    for title, code in fitted:
        cells += [{"cell_type": "markdown", "metadata": {}, "source": f"## {title}"}, _code(code)]
        cells += [_code(figure) for name, figure in drawn if name == title]
    return [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Title and code of each cell of a script in the percent format."""
    _, *found = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)
    return zip(found[::2], map(str.strip, found[1::2]), strict=True)


def _code(source: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [],
            "execution_count": None}  # fmt: skip
