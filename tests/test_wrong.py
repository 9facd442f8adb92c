"""Specs that are wrong by mistake and by malice: each gets exactly the messages it names.

The first lines of a spec in `tests/wrong` say what must be told, in order, as

    # error[code] line:column message

and nothing else may happen: no file is made, nothing is run.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from reportgen.cli import main

CASES = sorted((Path(__file__).parent / "wrong").glob("*/*.yaml"))


def expected(text):
    return [line[2:] for line in text.splitlines() if line.startswith("# error[")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty project with a small data file; the current folder is another."""
    place = tmp_path / "project"
    place.mkdir()
    rows = "\n".join(f"{number * 7 % 5},{number},{number % 3},{number % 2}" for number in range(12))
    (place / "trial.csv").write_text(f"y,x,site,arm\n{rows}\n", encoding="utf-8")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return place


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_told(case, folder, capsys):
    """Every problem with its code, its place and its words; and nothing has happened."""
    spec = folder / "spec.yaml"
    shutil.copy(case, spec)
    before = sorted(os.listdir(folder))
    code = main(["build", str(spec), "--json", "--out", str(folder.parent / "out")])
    problems = json.loads(capsys.readouterr().err)
    told = [f"error[{each['code']}] {each['line']}:{each['column']} {each['message']}"
            for each in problems]  # fmt: skip
    assert told == expected(case.read_text(encoding="utf-8"))
    assert code in (2, 3)
    assert sorted(os.listdir(folder)) == before
    assert os.listdir(".") == []
    assert not (folder.parent / "out").exists()
