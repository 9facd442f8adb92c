"""Frames of the models' tests: small simulated ones, and the data behind the reference numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS


def framed(table: pd.DataFrame, **variables: Variable) -> Frame:
    """A prepared frame of a table."""
    known = {name: Variable(name, name) for name in table} | variables
    return Frame(table, Facts("data", len(table), len(table), "0" * 64, variables=known))


def fitted(kind: str, frame: Frame, **options) -> Result:
    """The Result of one model."""
    model = MODELS.load(kind)
    return model.tidy(model.fit(model.Options(**options), frame))


@pytest.fixture(scope="session")
def complete(nhanes) -> pd.DataFrame:
    """The 5,102 complete cases of the case study."""
    columns = [
        "BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA",
        "SDMVPSU",
    ]  # fmt: skip
    return nhanes.table.dropna(subset=columns)


@pytest.fixture(scope="session")
def nhanes(shared) -> Frame:
    """NHANES 2015-2016 as in the reference numbers: age in decades from 50, clusters by unit."""
    table = pd.read_csv(shared / "data" / "nhanes_2015_2016.csv")
    table["group"] = 10 * table.SDMVSTRA + table.SDMVPSU
    table["smq"] = table.SMQ020.map({1: 1.0, 2: 0.0})
    table["age10"] = (table.RIDAGEYR - 50) / 10
    table["RIAGENDRx"] = table.RIAGENDR.map({1: "Male", 2: "Female"})
    schools = {1: "lt9", 2: "x9_11", 3: "HS", 4: "SomeCollege", 5: "College"}
    table["DMDEDUC2x"] = table.DMDEDUC2.map(schools)
    table["others"] = table.DMDHHSIZ - 1
    return framed(table)


@pytest.fixture(scope="session")
def smokers(nhanes) -> Frame:
    """The complete cases of the smoking models."""
    columns = ["BPXSY1", "RIDRETH1", "BMXBMI", "smq", "DMDEDUC2x", "RIDAGEYR", "RIAGENDR"]
    return framed(nhanes.table.dropna(subset=columns))


@pytest.fixture(scope="session")
def cbpp(shared) -> Frame:
    """Contagious bovine pleuropneumonia: a herd's new cases in each of four periods."""
    table = pd.read_csv(shared / "golden" / "data" / "cbpp.csv")
    table["share"] = table["incidence"] / table["size"]
    return framed(table)


@pytest.fixture(scope="session")
def ohio(shared) -> Frame:
    """Wheeze in 537 children, four years each."""
    return framed(pd.read_csv(shared / "golden" / "data" / "ohio.csv"))


@pytest.fixture(scope="session")
def simulated() -> Frame:
    """Clusters of 30 with a yes/no outcome, counts, and covariates; seeded."""
    rng = np.random.default_rng(11)
    site = np.repeat(np.arange(30), 15)
    x = rng.normal(size=site.size)
    shift = rng.normal(0, 0.8, 30)[site]
    table = pd.DataFrame({"site": site, "x": x, "arm": rng.choice(["a", "b"], size=site.size)})
    table["event"] = (rng.random(site.size) < 1 / (1 + np.exp(-0.6 * x - shift))).astype(float)
    table["count"] = rng.poisson(np.exp(0.4 + 0.3 * x + shift / 2)).astype(float)
    table["years"] = rng.uniform(0.5, 3, site.size)
    return framed(table)
