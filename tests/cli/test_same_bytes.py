"""The same spec, data and versions give the same bytes, wherever and whenever they are built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SPEC = """\
reportgen: 1
title: A small trial
authors: [Ada Lovelace]
datasets:
  trial: {source: trial.csv, columns: [y, x, site]}
models:
  ols: {kind: ols, formula: y ~ x}
report:
  - section: Results
  - table: model
    models: ols
  - plot: forest
    models: ols
output: {formats: [html, pdf, docx, xlsx, markdown, latex, png], theme: ./house}
"""
THEME = {
    "theme.yaml": "base: apa\nbrand: {logo: logo.svg, name: Institute, accent: '#7a1f5c'}\n",
    "theme.css": ":root { --paper: #fdf8ef; --soft: #555; }\n",
    "logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 h 3"/></svg>',
    "templates/blocks/title.html.j2": "<h1>{{ page.document.title }}</h1>{{ page.logo }}",
    "templates/blocks/break.html.j2": "<div class=break></div>",
}
ELSEWHERE = {
    "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "77",
    "HOME": "/nonexistent", "COLUMNS": "40",
}  # fmt: skip


def built(folder: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Every file of a build in a process of its own, with nothing remembered."""
    from tests.cli.conftest import rows

    folder.mkdir(parents=True)
    (folder / "trial.yaml").write_text(SPEC)
    (folder / "trial.csv").write_text("\n".join(["y,x,site", *rows()]) + "\n")
    for name, text in THEME.items():
        path = folder / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    own = {"SOURCE_DATE_EPOCH": "1760000000", "REPORTGEN_CACHE": str(folder / "cache")}
    program = "import sys; from reportgen.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "build", "trial.yaml", "--out", "out",
         "--allow-templates"],
        cwd=folder, env=os.environ | environment | own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    out = folder / "out"
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def test_every_format_is_the_same_elsewhere(tmp_path: Path, request: Any) -> None:
    """Another folder, process, time zone, locale, home, order of hashes: no byte differs."""
    for library in ("docx", "openpyxl"):
        pytest.importorskip(library)
    here = built(tmp_path / "here", {"TZ": "UTC", "PYTHONHASHSEED": "1"})
    elsewhere = built(tmp_path / "else where" / "dépôt", ELSEWHERE)
    assert list(here) == list(elsewhere)
    suffixes = {Path(name).suffix for name in here}
    assert suffixes >= {".html", ".pdf", ".docx", ".xlsx", ".md", ".tex", ".png", ".svg", ".csv"}
    assert [name for name in here if here[name] != elsewhere[name]] == []
