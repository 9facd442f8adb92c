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
