"""Marginal means and contrasts are those of R's emmeans, within the tolerances of the files."""

from __future__ import annotations

import pandas as pd
import pytest


def near(expected, relative=1e-9):
    return pytest.approx(expected, rel=relative, abs=1e-9)


@pytest.fixture(scope="module")
def linear(run, warpbreaks):
    return run("ols", warpbreaks, formula="breaks ~ wool * tension")


def test_means_within_each_level_of_another_factor(golden, run, warpbreaks, linear):
    """`emmeans(lm, ~ tension | wool)`: estimate, SE, degrees of freedom, limits."""
    expected = golden("public_R")["warpbreaks"]["emm_tension_by_wool"]
    found = run("predictions", warpbreaks, linear, of=("tension",), by=("wool",)).margins
    assert len(found) == len(expected) == 6
    for margin, row in zip(found, expected, strict=True):
        assert margin.at == {"wool": row["wool"], "tension": row["tension"]}
        assert margin.value.estimate == near(row["emmean"])
        assert margin.value.se == near(row["SE"])
        assert margin.value.df == row["df"]
        assert (margin.value.low, margin.value.high) == near((row["lower.CL"], row["upper.CL"]))
        assert margin.value.p is None


def test_means_averaged_over_another_factor(golden, run, warpbreaks, linear):
    """`emmeans(lm, ~ wool)` averages over tension with equal weights."""
    expected = golden("public_R")["warpbreaks"]["emm_wool_marginal"]
    found = run("predictions", warpbreaks, linear, of=("wool",)).margins
    for margin, row in zip(found, expected, strict=True):
        assert (margin.value.estimate, margin.value.se) == near((row["emmean"], row["SE"]))


def test_pairs_with_tukeys_adjustment(golden, run, warpbreaks, linear):
    """`pairs(emm, adjust = "tukey")`: a family of three within each wool, intervals as well."""
    expected = golden("public_R")["warpbreaks"]["pairs_tension_by_wool_tukey"]
    found = run(
        "contrasts", warpbreaks, linear, of=("tension",), by=("wool",), adjust="tukey"
    ).margins
    assert len(found) == len(expected) == 6
    for margin, row in zip(found, expected, strict=True):
        (compared,) = margin.compared
        assert f"{compared.first['tension']} - {compared.second['tension']}" == row["contrast"]
        value = margin.value
        assert (value.estimate, value.se) == near((row["estimate"], row["SE"]))
        assert value.statistic == near(row["t.ratio"])
        assert value.p == pytest.approx(row["p.value"], abs=1e-5)
        assert (value.low, value.high) == near((row["lower.CL"], row["upper.CL"]), 1e-5)


def test_differences_of_differences(golden, run, warpbreaks, linear):
    """`contrast(emm, interaction = "pairwise")`."""
    expected = golden("public_R")["warpbreaks"]["interaction_contrast"]
    found = run(
        "contrasts", warpbreaks, linear, of=("wool", "tension"), method="interaction"
    ).margins
    assert len(found) == len(expected) == 3
    for margin, row in zip(found, expected, strict=True):
        names = [" - ".join([*each.first.values(), *each.second.values()])
                 for each in margin.compared]  # fmt: skip
        assert names == [row["wool_pairwise"], row["tension_pairwise"]]
        assert (margin.value.estimate, margin.value.p) == near((row["estimate"], row["p.value"]))


def test_terms_against_each_other_coded_to_sum_to_zero(golden, run, warpbreaks):
    """`joint_tests` (type III) are the Wald tests of terms coded as deviations from the mean."""
    fit = run("ols", warpbreaks, formula="breaks ~ C(wool, Sum) * C(tension, Sum)")
    expected = golden("public_R")["warpbreaks"]["joint_tests"]
    found = [test for name, test in fit.wald.items() if name != "Intercept"]
    for test, row in zip(found, expected, strict=True):
        assert (test.df, test.df_resid) == (row["df1"], row["df2"])
        assert test.statistic == pytest.approx(row["F.ratio"], abs=5e-4)  # printed with 3 decimals
        assert test.p == near(row["p.value"], 1e-8)


def test_rates_on_the_scale_of_the_outcome(golden, run, warpbreaks):
    """`emmeans(glm, type = "response")`: SE by the delta method, limits taken back from the log."""
    fit = run("glm", warpbreaks, formula="breaks ~ wool * tension", family="poisson")
    expected = golden("public_R")["warpbreaks"]["emm_poisson_response"]
    found = run("predictions", warpbreaks, fit, of=("tension",), by=("wool",)).margins
    for margin, row in zip(found, expected, strict=True):
        assert margin.value.estimate == near(row["rate"], 1e-8)
        assert margin.value.se == near(row["SE"], 1e-5)
        assert margin.value.low == near(row["asymp.LCL"], 1e-6)
        assert margin.value.high == near(row["asymp.UCL"], 1e-6)
        assert margin.value.df is None


def test_numbers_stand_at_their_means(golden, run, shared, framed):
    """`emmeans(lm(mpg ~ wt + hp + cyl), ~ cyl)`, and its Tukey comparisons."""
    frame = framed(pd.read_csv(shared / "golden" / "data" / "mtcars.csv"))
    fit = run("ols", frame, formula="mpg ~ wt + hp + C(cyl)")
    known = golden("public_R")["mtcars"]
    for margin, row in zip(
        run("predictions", frame, fit, of=("cyl",)).margins, known["emm_cyl"], strict=True
    ):
        assert (margin.value.estimate, margin.value.se) == near((row["emmean"], row["SE"]))
    pairs = run("contrasts", frame, fit, of=("cyl",), adjust="tukey").margins
    for margin, row in zip(pairs, known["pairs_tukey"], strict=True):
        assert (margin.value.estimate, margin.value.se) == near((row["estimate"], row["SE"]))
        assert margin.value.p == pytest.approx(row["p.value"], abs=1e-5)


def test_race_in_the_case_study(golden, run, framed, nhanes_csv):
    """Marginal means of a random-intercept model of NHANES, as lme4 and emmeans give them."""
    table = pd.read_csv(nhanes_csv)
    columns = ["BPXSY1", "RIDAGEYR", "RIAGENDR", "BMXBMI", "RIDRETH1", "SDMVSTRA", "SDMVPSU",
               "SMQ020", "DMDEDUC2"]  # fmt: skip
    table = table[columns].dropna()
    table["group"] = 10 * table.SDMVSTRA + table.SDMVPSU
    table["sex"] = table.RIAGENDR.map({1: "Male", 2: "Female"})
    frame = framed(table)
    fit = run(
        "mixedlm", frame, formula="BPXSY1 ~ RIDAGEYR + sex + BMXBMI + C(RIDRETH1)",
        groups="group", cov_type="conventional",
    )  # fmt: skip
    known = golden("nhanes_lrt_R")["2015_2016"]
    means = run("predictions", frame, fit, of=("RIDRETH1",)).margins
    for margin, row in zip(means, known["emm_race_satt"], strict=True):
        assert margin.at == {"RIDRETH1": row["race"]}
        assert (margin.value.estimate, margin.value.se) == near((row["emmean"], row["SE"]), 1e-4)
        assert margin.value.low == near(row["asymp.LCL"], 1e-4)
    pairs = run("contrasts", frame, fit, of=("RIDRETH1",), adjust="tukey").margins
    assert len(pairs) == 10
    for margin, row in zip(pairs, known["emm_race_pairs_tukey_asymp"], strict=True):
        assert margin.value.estimate == pytest.approx(row["estimate"], rel=1e-4, abs=1e-4)
        assert margin.value.se == near(row["SE"], 1e-4)
        assert margin.value.p == pytest.approx(row["p.value"], abs=1e-4)
