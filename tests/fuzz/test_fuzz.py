"""A few cases of each target of `make fuzz`, and what it has found."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def fuzz():
    """The fuzzer's own modules, which are no package: it runs as a script."""
    names = ("cases", "mutate", "targets")
    sys.path.insert(0, str(HERE))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(HERE))
        for name in names:
            sys.modules.pop(name, None)


CASES = {"formula": 60, "expression": 60, "prose": 60, "theme": 200, "file.csv": 60,
         "spec-tokens": 9, "spec-parts": 9, "spec-bytes": 9, "file.xlsx": 10, "file.parquet": 10,
         "file.feather": 10, "file.sav": 10, "file.dta": 10}  # fmt: skip


FOUND = (
    "data: [trial]", "data: {a: 1}", "kind: [ols]", "like: [m]", "like: {a: 1}", "by: [x]",
    "start: [m]", "formula: y ~ center(3)", "formula: y ~ bs(3, df=4)", "formula: y ~ poly(2, 2)",
    "each: [x]", "each: {v: {a: b}}", "formula: [y]", "groups: [[x]]", "label: {a: b}",
)  # fmt: skip


@pytest.mark.parametrize("key", FOUND)
@pytest.mark.filterwarnings("ignore")
def test_a_key_of_another_type_is_a_mistake_and_no_bug(tmp_path, capsys, key):
    """Whatever stands under a key of a model, its author is told in a sentence."""
    from reportgen.cli import main

    rows = "\n".join(f"{row * 7 % 5},{row}" for row in range(12))
    (tmp_path / "trial.csv").write_text(f"y,x\n{rows}\n", encoding="utf-8")
    keys = {"kind": "kind: ols", "data": "data: trial", "formula": "formula: y ~ x"}
    keys[key.partition(":")[0]] = key
    spec = (
        f"reportgen: 1\ntitle: T\ndatasets: {{trial: {{source: trial.csv}}}}\n"
        f"models:\n  m: {{{', '.join(keys.values())}}}\nreport: [{{table: notes}}]\n"
    )
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    arguments = [str(tmp_path / "spec.yaml"), "--formats", "html", "--no-cache"]
    assert main(["build", *arguments, "--out", str(tmp_path / "out")]) in (2, 3, 4)
    assert "error[" in capsys.readouterr().err


@pytest.mark.parametrize("target", CASES)
@pytest.mark.filterwarnings("ignore")
def test_nothing_breaks(fuzz, tmp_path, target):
    """The first cases of a target end as a command may end."""
    made = fuzz["targets"].TARGETS[target](tmp_path)
    for number in range(CASES[target]):
        end = fuzz["cases"].run(made, fuzz["cases"].Case(target, number), 60)
        assert not end.startswith("BROKEN"), f"--target {target} --only {number}: {end}"
