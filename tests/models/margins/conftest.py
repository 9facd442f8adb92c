"""Fits to compute from: a function that fits a kind, and one that asks of a fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS
from reportgen.run.queues import worker


@pytest.fixture(scope="session")
def framed() -> Callable[..., Frame]:
    """A frame of a table; keywords give the order of levels."""

    def make(table: pd.DataFrame, **levels: list[str]) -> Frame:
        variables = {
            name: Variable(name, name, levels={each: each for each in order}, categorical=True)
            for name, order in levels.items()
        }
        return Frame(table, Facts("d", len(table), len(table), "0" * 64, variables=variables))

    return make


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """A kind run over a frame as the run does it; with `start`, computed from that fit."""

    def make(kind: str, frame: Frame, start: Result | None = None, **options: Any) -> Result:
        return worker.fit(kind, MODELS.load(kind).Options(**options), frame, start, False)

    return make


@pytest.fixture(scope="session")
def warpbreaks(shared, framed) -> Frame:
    """Breaks of yarn by wool and tension (Tukey 1977), levels in R's order."""
    table = pd.read_csv(shared / "golden" / "data" / "warpbreaks.csv")
    return framed(table, tension=["L", "M", "H"], wool=["A", "B"])
