"""Frames for mixed models, the textbook data, and the case study's rows, each read once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame, Variable
from reportgen.models.multilevel.mixedlm import Mixedlm

KIND = Mixedlm()


def frame_of(table: pd.DataFrame) -> Frame:
    """A table as the data wing hands it over."""
    variables = {str(name): Variable(str(name), str(name)) for name in table}
    return Frame(table, Facts("data", len(table), len(table), "0" * 64, variables=variables))


@pytest.fixture(scope="session")
def live():
    """A live fit of a table: `live(table, formula=…, groups=…)`."""

    def fit(table, **options):
        return KIND.fit(Mixedlm.Options(**options), frame_of(table))

    return fit


@pytest.fixture(scope="session")
def fitted(live):
    """The Result of a fit of a table; the same fit of the same table is made once."""

    known = {}

    def fit(table, **options):
        key = (id(table), repr(sorted(options.items())))
        if key not in known:
            known[key] = (table, KIND.tidy(live(table, **options)))
        return known[key][1]

    return fit


@pytest.fixture(scope="session")
def textbook(shared):
    """A data set of an R package by its name."""

    @cache
    def read(name):
        return pd.read_csv(shared / "golden" / "data" / f"{name}.csv", dtype={"Subject": str})

    return read


@pytest.fixture(scope="session")
def wave(shared):
    """The complete rows of a wave of NHANES with the case study's recodes."""

    @cache
    def read(name):
        raw = pd.read_csv(shared / "data" / f"nhanes_{name}.csv")
        columns = ["BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020"]
        table = raw[[*columns, "SDMVSTRA", "SDMVPSU"]].dropna()
        table["group"] = (10 * table["SDMVSTRA"] + table["SDMVPSU"]).astype(int)
        table["RIAGENDRx"] = table["RIAGENDR"].map({1: "Male", 2: "Female"})
        means = table.groupby("group")["RIDAGEYR"].transform("mean")
        return table.assign(age_cen=table["RIDAGEYR"] - means)

    return read


@pytest.fixture(scope="session")
def nhanes(wave):
    return wave("2015_2016")


@pytest.fixture(scope="session")
def clustered():
    """200 rows in 20 clusters with a random intercept and slope, made with a seed."""

    def make(seed=5, between=0.6, slope=0.4, n=200, clusters=20):
        rng = np.random.default_rng(seed)
        g = np.repeat(np.arange(clusters), n // clusters)
        x = rng.normal(size=n)
        shift, tilt = rng.normal(0, between, clusters)[g], rng.normal(0, slope, clusters)[g]
        y = 1 + (0.5 + tilt) * x + shift + rng.normal(size=n)
        return pd.DataFrame({"y": y, "x": x, "g": g})

    return make


@pytest.fixture(scope="session")
def near():
    """Within a relative tolerance."""

    def within(expected, relative):
        return pytest.approx(expected, rel=relative, abs=1e-12)

    return within


@pytest.fixture(scope="session")
def part():
    """The same number for every coefficient: `part(result.coef, "se")`."""

    def take(coefs, key):
        return {name: getattr(coef, key) for name, coef in coefs.items()}

    return take
