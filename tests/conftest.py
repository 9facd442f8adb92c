"""Where the tests find the real data, and the small frames that many of them share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("REPORTGEN_SHARED") or ROOT.parent / "shared")


@cache
def _golden(name: str) -> Any:
    return json.loads((SHARED / "golden" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference numbers; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set REPORTGEN_SHARED to the folder with data/ and golden/")
    return SHARED


@pytest.fixture(scope="session")
def golden(shared: Path) -> Callable[[str], Any]:
    """A file of reference numbers by its name: `golden("nist")`."""
    return _golden


@pytest.fixture(scope="session")
def nhanes_csv(shared: Path) -> Path:
    """The NHANES wave of the case study."""
    return shared / "data" / "nhanes_2015_2016.csv"


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT
