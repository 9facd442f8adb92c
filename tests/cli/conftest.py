"""A small project that builds in a moment, to be broken by the tests one thing at a time."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

SPEC = """\
reportgen: 1
title: A small trial
datasets:
  trial:
    source: {path: trial.csv}
    columns:
      y: Outcome (points)
      x: Dose (mg)
      site: Site
models:
  ols:
    kind: ols
    formula: y ~ x
  gee:
    kind: gee
    formula: y ~ x
    groups: site
report:
  - section: Results
  - text: |
      {{ data.trial.n | count }} people.
  - table: compare
    models: [ols, gee]
output:
  formats: [html]
"""


def rows() -> list[str]:
    source = random.Random(11)
    lines = []
    for site in range(12):
        shift = source.gauss(0, 1)
        for _ in range(8):
            x = source.gauss(0, 1)
            lines.append(f"{2 + 0.5 * x + shift + source.gauss(0, 1):.4f},{x:.4f},{site}")
    return lines


class Project:
    """A folder with a spec and its data, both to be changed before a build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = folder / "trial.yaml"
        self.data = folder / "trial.csv"
        self.out = folder / "out"
        self.spec.write_text(SPEC, encoding="utf-8")
        self.data.write_text("\n".join(["y,x,site", *rows()]) + "\n", encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        text = self.spec.read_text(encoding="utf-8")
        assert old in text
        self.spec.write_text(text.replace(old, new), encoding="utf-8")

    def build(self, *arguments: str) -> int:
        from reportgen.cli import main

        return main(["build", str(self.spec), "--out", str(self.out), *arguments])

    def written(self) -> dict[str, int]:
        """When each file was last written."""
        return {str(path): path.stat().st_mtime_ns for path in self.out.rglob("*")}

    def models(self) -> str:
        """The models of the record, as they were written."""
        text = (self.out / "trial" / "results.json").read_text(encoding="utf-8")
        return json.dumps(json.loads(text)["models"])

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.out)): path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
