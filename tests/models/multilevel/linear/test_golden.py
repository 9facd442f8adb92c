"""Textbook models agree with lme4, lmerTest and nlme, each within the tolerance of its file."""

from __future__ import annotations

import numpy as np
import pytest

ESTIMATE, VARIANCE, LIKELIHOOD = 1e-4, 1e-3, 1e-3

SLEEP = {"formula": "Reaction ~ Days", "groups": "Subject"}
SLEEPSTUDY = {
    "ri": {},
    "corr": {"re_formula": "1 + Days"},
    "indep": {"re_formula": "1", "vc_formula": {"Days": "0 + Days"}},
}
PASTES = {
    "nested": {"groups": "batch", "re_formula": "1", "vc_formula": {"cask": "0 + C(cask)"}},
    "nested, unique ids": {
        "groups": "batch", "re_formula": "1", "vc_formula": {"cask": "0 + sample"},
    },
    "crossed": {"vc_formula": {"batch": "0 + C(batch)", "cask": "0 + C(sample)"}},
}  # fmt: skip
OATS = {
    "formula": "Q('yield') ~ Variety + C(nitro)", "groups": "Block", "re_formula": "1",
    "vc_formula": {"plot": "0 + C(Variety)"}, "cov_type": "conventional",
}  # fmt: skip
OATS_NAMES = {
    "Intercept": "Intercept",
    "Variety[T.Marvellous]": "VarietyMarvellous",
    "Variety[T.Victory]": "VarietyVictory",
    "C(nitro)[T.0.2]": "nitroF0.2",
    "C(nitro)[T.0.4]": "nitroF0.4",
    "C(nitro)[T.0.6]": "nitroF0.6",
}


def varcomp(expected, group, one="(Intercept)", other=None):
    """A variance or covariance of lme4's table."""
    return next(
        row["vcov"]
        for row in expected["varcomp"]
        if (row["grp"], row["var1"], row["var2"]) == (group, one, other)
    )


@pytest.fixture(scope="module")
def public(golden):
    return golden("public_R")


@pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("model", SLEEPSTUDY)
def test_sleepstudy(fitted, textbook, public, near, part, model, reml):
    """Random intercepts, correlated and independent slopes: everything that lme4 gives."""
    expected = public["sleepstudy"][f"{model}_{'REML' if reml else 'ML'}"]
    result = fitted(
        textbook("sleepstudy"), **SLEEP, **SLEEPSTUDY[model], reml=reml, cov_type="conventional"
    )
    assert part(result.coef, "estimate") == near(expected["coef"], ESTIMATE)
    assert part(result.coef, "se") == near(expected["se"], ESTIMATE)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=LIKELIHOOD)
    assert result.stats["scale"] == near(expected["sigma"] ** 2, VARIANCE)
    assert result.stats["parameters"] == expected["logLik_df"]
    assert result.stats.get("aic") == (None if reml else near(expected["AIC"], 1e-6))
    assert result.stats.get("bic") == (None if reml else near(expected["BIC"], 1e-6))
    assert result.variance["Subject"].var == near(varcomp(expected, "Subject"), VARIANCE)
    assert result.vcov[0] == near(tuple(expected["vcov_fixed"]["matrix"][0]), VARIANCE)
    if model == "corr":
        both = varcomp(expected, "Subject", other="Days")
        assert result.covariance["Subject,Days"] == near(both, VARIANCE)
    for each in expected["blups"]["Subject"]:
        effects = result.random_effects[each["level"]]
        for name, value in each["est"].items():
            effect = effects[{"Intercept": "Subject"}.get(name, name)]
            assert effect.estimate == pytest.approx(value, rel=1e-3, abs=1e-3)
            assert effect.se == near(each["cond_sd"][name], 1e-3)


@pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("spelling", PASTES)
def test_pastes(fitted, textbook, public, near, spelling, reml):
    """Casks within batches are the same model however they are written."""
    expected = public["pastes"]["REML" if reml else "ML"]
    result = fitted(textbook("pastes"), formula="strength ~ 1", reml=reml, **PASTES[spelling])
    assert result.variance["batch"].var == near(varcomp(expected, "batch"), VARIANCE)
    assert result.variance["cask"].var == near(varcomp(expected, "cask:batch"), VARIANCE)
    assert result.stats["scale"] == near(expected["sigma"] ** 2, VARIANCE)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=LIKELIHOOD)
    batches = {each["level"]: each["est"]["Intercept"] for each in expected["blups"]["batch"]}
    found = {name: held["batch"].estimate for name, held in result.random_effects.items()
             if "batch" in held}  # fmt: skip
    assert found == pytest.approx(batches, abs=1e-3)


def test_conditional_errors_of_nested_effects(fitted, textbook, public, near):
    """lme4's conditional standard deviations of the first batch and its first cask."""
    blups = public["pastes"]["REML"]["blups"]
    result = fitted(textbook("pastes"), formula="strength ~ 1", **PASTES["nested"])
    first = result.random_effects["A"]
    cask = next(each for each in blups["cask:batch"] if each["level"] == "a:A")
    batch = next(each for each in blups["batch"] if each["level"] == "A")
    assert first["cask[a]"].estimate == pytest.approx(cask["est"]["Intercept"], abs=1e-3)
    assert first["cask[a]"].se == near(cask["cond_sd"]["Intercept"], 1e-3)
    assert first["batch"].se == near(batch["cond_sd"]["Intercept"], 1e-3)


def test_oats(fitted, textbook, public, near, part):
    """A split plot: varieties within blocks, with Satterthwaite's degrees of freedom."""
    expected = public["oats"]["REML"]
    result = fitted(textbook("oats"), **OATS, df="satterthwaite", engine="fast")
    names = {OATS_NAMES[name]: coef for name, coef in result.coef.items()}
    assert part(names, "estimate") == near(expected["coef"], ESTIMATE)
    assert part(names, "se") == near(expected["se"], ESTIMATE)
    assert part(names, "df") == near(expected["satterthwaite_df"], 1e-4)
    assert part(names, "p") == near(expected["satterthwaite_p"], 1e-3)
    assert result.variance["Block"].var == near(varcomp(expected, "Block"), VARIANCE)
    assert result.variance["plot"].var == near(varcomp(expected, "Variety:Block"), VARIANCE)


def test_joint_tests_of_oats(fitted, textbook, public, near):
    """F tests of a balanced design, where Satterthwaite's are those of Kenward and Roger."""
    result = fitted(textbook("oats"), **OATS, df="satterthwaite", engine="fast")
    for name, term in (("Variety", "Variety"), ("nitroF", "C(nitro)")):
        expected = next(row for row in public["oats"]["anova_KR"] if row["term"] == name)
        test = result.wald[term]
        assert (test.df, test.df_resid) == (expected["NumDF"], near(expected["DenDF"], 1e-4))
        assert test.statistic == near(expected["F value"], 1e-4)
        assert test.p == near(expected["Pr(>F)"], 1e-3)


def test_between_and_within_are_the_degrees_of_freedom_of_nlme(fitted, textbook, public, part):
    """As `lme` counts them, but for the intercept, which it takes to be known from all rows."""
    expected = public["oats"]["lme"]["df"]
    result = fitted(textbook("oats"), **OATS, df="between_within")
    found = {OATS_NAMES[name]: coef.df for name, coef in result.coef.items()}
    assert found == expected | {"Intercept": 5}
    sleep = fitted(textbook("sleepstudy"), **SLEEP, re_formula="1 + Days", df="between_within")
    expected = public["sleepstudy"]["nlme_corr"]["df"]
    assert part(sleep.coef, "df") == expected | {"Intercept": 17}


def test_t_tests_of_nlme(fitted, textbook, public, near):
    """t and p of the terms that `lme` and we give the same degrees of freedom."""
    expected = public["oats"]["lme"]
    result = fitted(textbook("oats"), **OATS, df="between_within")
    for name, coef in result.coef.items():
        if name != "Intercept":
            assert coef.statistic == near(expected["t"][OATS_NAMES[name]], 1e-4)
            assert coef.p == near(expected["p"][OATS_NAMES[name]], 1e-3)


@pytest.mark.parametrize(
    ("data", "name", "options"),
    [
        ("sleepstudy", "ri_REML", SLEEP),
        ("sleepstudy", "corr_REML", SLEEP | SLEEPSTUDY["corr"]),
        ("dyestuff", "REML", {"formula": "Yield ~ 1", "groups": "Batch"}),
        ("pastes", "REML", {"formula": "strength ~ 1", **PASTES["nested"]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_satterthwaite(fitted, textbook, public, near, part, data, name, options):
    """Degrees of freedom and p of lmerTest."""
    expected = public[data][name]
    result = fitted(
        textbook(data), **options, cov_type="conventional", df="satterthwaite", engine="fast"
    )
    assert part(result.coef, "df") == near(expected["satterthwaite_df"], 1e-5)
    assert part(result.coef, "p") == near(expected["satterthwaite_p"], 1e-3)


@pytest.mark.parametrize("model", ["ri", "corr"])
def test_nakagawa(fitted, textbook, public, near, model):
    """Marginal and conditional R² and the adjusted ICC, from R's performance package."""
    expected = public["sleepstudy"][f"r2_{model}"]
    result = fitted(textbook("sleepstudy"), **SLEEP, **SLEEPSTUDY[model])
    assert result.stats["r2_marginal"] == near(expected["R2_marginal"], 1e-4)
    assert result.stats["r2_conditional"] == near(expected["R2_conditional"], 1e-4)
    assert result.stats["icc_adjusted"] == near(public["sleepstudy"][f"icc_{model}"], 1e-4)


PROFILES = [
    ("sleepstudy", "profile_ci_ri", SLEEP, {".sig01": "Subject", ".sigma": "scale"}),
    (
        "sleepstudy", "profile_ci_corr", SLEEP | SLEEPSTUDY["corr"],
        {
            ".sig01": "Subject", ".sig02": "correlation:Subject,Days", ".sig03": "Days",
            ".sigma": "scale",
        },
    ),
    (
        "dyestuff", "profile_ci_ML", {"formula": "Yield ~ 1", "groups": "Batch"},
        {".sig01": "Batch", ".sigma": "scale"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "options", "names"), PROFILES, ids=lambda v: str(v)[:15])
def test_profile_intervals(fitted, textbook, public, data, name, options, names):
    """lme4's `confint`, which profiles the full likelihood: its spline is good to four digits."""
    expected = public[data][name]
    result = fitted(textbook(data), **options, reml=False, intervals="profile")
    known = {**result.variance, **result.spread}
    for row, limits in zip(expected["names"], expected["matrix"], strict=True):
        if row in names:
            found = np.array([known[names[row]].low, known[names[row]].high])
            found = found if "correlation" in names[row] else np.sqrt(found)
            assert found == pytest.approx(limits, rel=3e-4)


def test_wald_intervals(fitted, textbook, public):
    """nlme's intervals of standard deviations, whose second derivatives are numerical."""
    expected = public["sleepstudy"]["nlme_corr"]["intervals"]
    result = fitted(textbook("sleepstudy"), **SLEEP, re_formula="1 + Days")
    limits = dict(
        zip(expected["re"]["Subject"]["names"], expected["re"]["Subject"]["matrix"], strict=True)
    )
    for name, theirs in (("Subject", "sd((Intercept))"), ("Days", "sd(Days)")):
        low, _, high = limits[theirs]
        own = result.variance[name]
        assert (own.low**0.5, own.high**0.5) == pytest.approx((low, high), rel=6e-3)
    low, _, high = expected["sigma"]
    scale = result.spread["scale"]
    assert (scale.low**0.5, scale.high**0.5) == pytest.approx((low, high), rel=1e-3)


def test_a_balanced_crossed_design_has_its_textbook_estimates(fitted):
    """Every row by every column once: REML is the analysis of variance, in closed form."""
    import pandas as pd

    rng = np.random.default_rng(3)
    a, b = 12, 8
    rows, columns = np.divmod(np.arange(a * b), b)
    y = 10 + rng.normal(0, 2, a)[rows] + rng.normal(0, 1, b)[columns] + rng.normal(size=a * b)
    grid = y.reshape(a, b)
    row, column = grid.mean(axis=1), grid.mean(axis=0)
    rest = grid - row[:, None] - column + grid.mean()
    mse = np.sum(rest**2) / ((a - 1) * (b - 1))
    msa, msb = b * row.var(ddof=1), a * column.var(ddof=1)
    table = pd.DataFrame({"y": y, "plate": rows, "sample": columns})
    vc = {"plate": "0 + C(plate)", "sample": "0 + C(sample)"}
    result = fitted(table, formula="y ~ 1", vc_formula=vc, engine="fast")
    assert result.stats["scale"] == pytest.approx(mse, rel=1e-6)
    assert result.variance["plate"].var == pytest.approx((msa - mse) / b, rel=1e-6)
    assert result.variance["sample"].var == pytest.approx((msb - mse) / a, rel=1e-6)
    se = np.sqrt((msa + msb - mse) / (a * b))
    assert result.coef["Intercept"].se == pytest.approx(se, rel=1e-3)
