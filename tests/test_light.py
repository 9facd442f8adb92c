"""What must stay light: importing a heavy library costs more than the whole command."""

import os
import subprocess
import sys

import pytest

from reportgen.cli import main

HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "scipy.stats",
    "statsmodels",
    "patsy",
    "matplotlib",
    "weasyprint",
    "fontTools",
)

PROBE = """
import sys
from reportgen.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print("loaded:", *[name for name in {heavy!r} if name in sys.modules])
"""


def loaded(root, *arguments):
    code = PROBE.format(arguments=list(arguments), heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].removeprefix("loaded:").split()


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["validate", "specs/grunfeld.yaml"], ["kinds"], ["schema"]],
    ids=" ".join,
)
def test_commands_that_fit_nothing_load_nothing_heavy(root, arguments):
    """Help, validation and the lists of kinds start without the scientific libraries."""
    assert loaded(root, *arguments) == []


def test_every_kind_loads_light(root):
    """To check a spec every kind of every register may be loaded; none brings a heavy library."""
    code = (
        "import sys\n"
        "from reportgen.cli.kinds import REGISTERS\n"
        "[register.load(name) for register in REGISTERS.values() for name in register]\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_linear_algebra_runs_by_one_thread_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.setenv("MKL_NUM_THREADS", "1")
    main(["kinds", "sources"])
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "4"


FAST = """\
reportgen: 1
title: Fast
datasets:
  trial: {source: trial.csv, columns: [y, x, event, site]}
defaults: {data: trial, groups: site}
models:
  line: {kind: ols, formula: y ~ x}
  odds: {kind: glm, family: binomial, formula: event ~ x}
  marginal: {kind: gee, formula: y ~ x}
  shares: {kind: gee, family: binomial, formula: event ~ x}
  multilevel: {kind: mixedlm, formula: y ~ x}
  odds_between: {kind: glmm, family: binomial, formula: event ~ x}
report:
  - table: compare
    models: [line, odds, marginal, shares, multilevel, odds_between]
  - table: fit
    models: multilevel
output: {formats: [html]}
"""


def test_a_build_with_fast_engines_loads_no_statsmodels(root, tmp_path):
    """Least squares, logistic, marginal and multilevel models, up to the page."""
    rows = [
        f"{(site * 7 + k * 5) % 13 + k / 3},{(k * 11 + site) % 9},{(k * k + site) % 3 // 2},{site}"
        for site in range(45)
        for k in range(6)
    ]
    (tmp_path / "trial.csv").write_text("\n".join(["y,x,event,site", *rows]) + "\n")
    (tmp_path / "fast.yaml").write_text(FAST)
    found = loaded(
        root, "build", str(tmp_path / "fast.yaml"), "--out", str(tmp_path), "--engine", "fast",
        "--no-cache",
    )  # fmt: skip
    assert "numpy" in found
    assert "statsmodels" not in found
    assert "scipy.stats" not in found
