"""Binary and count regression under their own names, against R and the case study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def cars(stored):
    return stored("mtcars.csv")


def numbers(result, what):
    return {name: getattr(coef, what) for name, coef in result.coef.items()}


@pytest.mark.parametrize(
    ("kind", "formula", "name"),
    [
        ("logit", "am ~ wt", "logit_am"),
        ("probit", "am ~ wt", "probit_am"),
        ("poisson", "carb ~ hp + wt", "poisson_carb"),
    ],
)
def test_cars_as_r(kind, formula, name, cars, golden, fit):
    """Estimates, likelihood and HC0 of glm. For the probit R's errors are from the expected
    information, which differs from the observed one away from canonical links.
    """
    known = golden("public_R")["mtcars"][name]
    result = fit(kind, cars, formula=formula)
    assert numbers(result, "estimate") == pytest.approx(known["coef"], rel=1e-6)
    if kind != "probit":
        assert numbers(result, "se") == pytest.approx(known["se"], rel=1e-5)
        robust = fit(kind, cars, formula=formula, cov_type="HC0")
        assert numbers(robust, "se") == pytest.approx(known["HC0"], rel=1e-5)
    assert result.stats["llf"] == pytest.approx(known["logLik"], rel=1e-9)
    assert result.stats["aic"] == pytest.approx(known["AIC"], rel=1e-9)
    assert result.stats["bic"] == pytest.approx(known["BIC"], rel=1e-9)


def test_breaks_of_yarn_as_r(shared, golden, fit):
    """Poisson regression with an interaction: rate ratios on the log scale."""
    table = pd.read_csv(shared / "golden" / "data" / "warpbreaks.csv")
    table["tension"] = table.tension.map({"L": "1L", "M": "2M", "H": "3H"})
    known = golden("public_R")["warpbreaks"]["poisson"]
    result = fit("poisson", table, formula="breaks ~ wool * tension")
    assert list(numbers(result, "estimate").values()) == pytest.approx(
        list(known["coef"].values()), rel=1e-6
    )
    assert list(numbers(result, "se").values()) == pytest.approx(
        list(known["se"].values()), rel=1e-5
    )
    assert result.method.scale == "rate_ratio"


def test_smoking_in_the_case_study(smokers, golden, fit):
    """The logit of 5,093 people: estimates, errors, likelihood and McFadden's R²."""
    known = golden("nhanes_core_statsmodels")["2015_2016"]["Logit"]
    formula = "smq ~ RIAGENDRx + C(DMDEDUC2x) + RIDAGEYR"
    result = fit("logit", smokers.table, formula=formula)
    renamed = {name.replace("C(", "").replace(")[", "["): v for name, v in known["coef"].items()}
    found = {n.replace("C(", "").replace(")[", "["): c for n, c in result.coef.items()}
    assert {name: coef.estimate for name, coef in found.items()} == pytest.approx(renamed, rel=1e-8)
    assert sorted(coef.se for coef in found.values()) == pytest.approx(
        sorted(known["se"].values()), rel=1e-7
    )
    for name in ("llf", "aic", "bic"):
        assert result.stats[name] == pytest.approx(known[name], rel=1e-9)
    # statsmodels stops the fit without covariates a little early; the share itself is its maximum.
    assert result.stats["prsquared"] == pytest.approx(known["prsquared"], rel=1e-8)
    share = result.events / result.n
    alone = result.n * (share * np.log(share) + (1 - share) * np.log(1 - share))
    assert result.stats["prsquared"] == pytest.approx(1 - known["llf"] / alone, rel=1e-10)
    assert result.n == 5093
