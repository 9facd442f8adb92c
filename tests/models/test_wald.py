"""Tests of whole terms agree with statsmodels' own, and are withheld where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from reportgen.core.types import Coef, Facts, Frame, Result, Term, Wald
from reportgen.models import MODELS
from reportgen.models.wald import with_wald


@pytest.fixture(scope="module")
def frame() -> Frame:
    rng = np.random.default_rng(11)
    site = np.repeat(np.arange(30), 10)
    x = rng.normal(size=site.size)
    arm = rng.choice(list("abc"), size=site.size)
    shift = rng.normal(0, 0.7, 30)[site]
    y = 1 + 0.4 * x + 0.3 * (arm == "c") + shift + rng.normal(size=site.size)
    event = (rng.random(site.size) < 1 / (1 + np.exp(-0.6 * x - shift))).astype(float)
    table = pd.DataFrame({"site": site, "x": x, "arm": arm, "y": y, "event": event})
    return Frame(table, Facts("trial", len(table), len(table), "0" * 64))


CASES = {
    "ols": {"formula": "y ~ x + arm"},
    "ols, clusters": {"formula": "y ~ x + arm", "cov_type": "cluster", "groups": "site"},
    "glm": {"formula": "event ~ x + arm", "family": "binomial"},
    "gee": {"formula": "y ~ x + arm", "groups": "site"},
}


def reference(case, table):
    """The same fit by statsmodels' formulas."""
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial

    formula = CASES[case]["formula"]
    if case == "ols":
        return smf.ols(formula, table).fit()
    if case == "ols, clusters":
        clusters = {"groups": table["site"]}
        return smf.ols(formula, table).fit(cov_type="cluster", cov_kwds=clusters, use_t=True)
    if case == "glm":
        return smf.glm(formula, table, family=Binomial()).fit(tol=1e-14)
    model = smf.gee(formula, "site", table, cov_struct=Exchangeable())
    return model.fit(maxiter=200, ctol=1e-10)


@pytest.mark.parametrize("case", CASES)
def test_terms_are_tested_as_statsmodels_tests_them(case, frame):
    """F or χ², degrees of freedom and p of each term, against the library's `wald_test`."""
    kind = MODELS.load(case.split(",")[0])
    result = with_wald(kind.tidy(kind.fit(kind.Options(**CASES[case]), frame)))
    fitted = reference(case, frame.table)
    names = fitted.model.exog_names
    for term in result.terms:
        contrast = np.eye(len(names))[[names.index(name) for name in term.coefs]]
        test, df = result.wald[term.name], next(iter(result.coef.values())).df
        expected = fitted.wald_test(contrast, use_f=df is not None, scalar=True)
        assert test.statistic == pytest.approx(float(expected.statistic), rel=1e-8)
        assert test.p == pytest.approx(float(expected.pvalue), rel=1e-8)
        assert (test.df, test.df_resid) == (len(term.coefs), df)


def test_race_in_the_case_study(golden, nhanes_csv):
    """χ² of race under GEE as geepack's; its scale, and so its estimates, differ by 1e-3."""
    table = pd.read_csv(nhanes_csv)
    columns = ["BPXSY1", "RIDAGEYR", "RIAGENDR", "BMXBMI", "RIDRETH1", "SDMVSTRA", "SDMVPSU",
               "SMQ020", "DMDEDUC2"]  # fmt: skip
    table = table[columns].dropna()
    table["group"] = 10 * table.SDMVSTRA + table.SDMVPSU
    table["sex"] = table.RIAGENDR.map({1: "Male", 2: "Female"})
    frame = Frame(table, Facts("nhanes", len(table), len(table), "0" * 64))
    kind = MODELS.load("gee")
    formula = "BPXSY1 ~ RIDAGEYR + sex + BMXBMI + C(RIDRETH1)"
    result = with_wald(kind.tidy(kind.fit(kind.Options(formula=formula, groups="group"), frame)))
    expected = golden("nhanes_gee_extras_R")["2015_2016"]["wald_RIDRETH1"]
    test = result.wald["C(RIDRETH1)"]
    assert result.n == 5102
    assert test.df == expected["df"]
    assert test.statistic == pytest.approx(expected["chisq"], rel=2e-3)
    assert test.df_resid is None


def made(vcov, df=None, **known) -> Result:
    """A result of two coefficients, 1 and 2, that belong to one term."""
    coef = {"a": Coef(1.0, 1.0, df=df), "b": Coef(2.0, 1.0, df=df)}
    term = Term("t", ("t",), ("a", "b"), "other")
    return Result("fake", "ok", coef=coef, terms=(term,), vcov=vcov, **known)


def test_a_singular_covariance_gives_no_test():
    """More coefficients than clusters: a number would come out, and mean nothing."""
    assert with_wald(made(((1.0, 1.0), (1.0, 1.0)))).wald == {}


def test_without_a_covariance_there_is_no_test():
    """A kind that gives no covariance is left as it is."""
    assert with_wald(made(())).wald == {}


def test_independent_estimates_add_their_squares():
    """b'V⁻¹b of uncorrelated estimates with variance 1 is 1² + 2²; F is half of it."""
    chi = with_wald(made(((1.0, 0.0), (0.0, 1.0)))).wald["t"]
    assert (chi.statistic, chi.df, chi.df_resid) == (pytest.approx(5.0), 2, None)
    f = with_wald(made(((1.0, 0.0), (0.0, 1.0)), df=7.0)).wald["t"]
    assert (f.statistic, f.df, f.df_resid) == (pytest.approx(2.5), 2, 7.0)


def test_the_smallest_degrees_of_freedom_rule():
    """Coefficients with degrees of freedom of their own are tested with the fewest."""
    result = made(((1.0, 0.0), (0.0, 1.0)))
    coef = {"a": replace(result.coef["a"], df=9.0), "b": replace(result.coef["b"], df=4.0)}
    assert with_wald(replace(result, coef=coef)).wald["t"].df_resid == 4.0


def test_a_test_of_the_kinds_own_is_kept():
    """A kind that knows a better test (Satterthwaite's, Rubin's) has the last word."""
    own = Wald(3.0, 2, 5.0, 0.1)
    assert with_wald(made(((1.0, 0.0), (0.0, 1.0)), wald={"t": own})).wald["t"] == own
