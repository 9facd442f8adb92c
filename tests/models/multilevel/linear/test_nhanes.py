"""The mixed models of three waves of NHANES against statsmodels, lme4, glmmTMB and nlme."""

from __future__ import annotations

import pytest

COVARIATES = "RIAGENDRx + BMXBMI + C(RIDRETH1)"
AGE, CENTRED = f"BPXSY1 ~ RIDAGEYR + {COVARIATES}", f"BPXSY1 ~ age_cen + {COVARIATES}"
MODELS = {
    "ri": {"formula": AGE},
    "ri_F2": {"formula": CENTRED},
    "slope_only": {"formula": CENTRED, "vc_formula": {"age_cen": "0 + age_cen"}},
    "indep": {"formula": CENTRED, "re_formula": "1", "vc_formula": {"age_cen": "0 + age_cen"}},
    "corr": {"formula": CENTRED, "re_formula": "1 + age_cen"},
}
PUBLISHED = [
    (model, method)
    for model in MODELS
    for method in ("REML", "ML")
    if (model, method) != ("slope_only", "ML")
]

# R 4.2.2, nlme 3.1-162, `lme` with msTol 1e-12: log-likelihood, variances, residual variance. Of
# correlated slopes in 2003–2004 it stops 0.04 (REML) and 0.07 (ML) below the optimum.
NLME = {
    ("2003_2004", "REML", "ri"): (-16405.389787, [5.871690347], 317.2306511),
    ("2003_2004", "REML", "slope_only"): (-16458.683425, [0.00473086793], 327.9340978),
    ("2003_2004", "REML", "corr"): (-16405.268266, None, None),
    ("2003_2004", "ML", "indep"): (-16411.107884, [11.96838076, 0.004858842359], 314.9250845),
    ("2003_2004", "ML", "corr"): (-16405.326416, None, None),
    ("2011_2012", "REML", "ri"): (-20191.329308, [6.782215536], 260.3107191),
    ("2011_2012", "REML", "slope_only"): (-20247.013909, [0.004408970377], 268.112733),
    ("2011_2012", "REML", "corr"): (-20186.811651, None, None),
    ("2011_2012", "ML", "ri"): (-20188.559124, [6.44955022], 259.9404882),
    ("2015_2016", "REML", "corr"): (-21413.619254, [8.654865449, 0.004158370136], 255.4450974),
    ("2015_2016", "ML", "slope_only"): (-21465.819507, [0.003848287032], 263.3650448),
}


@pytest.mark.parametrize(("model", "method"), PUBLISHED)
def test_the_published_wave_is_what_statsmodels_says(
    fitted, nhanes, golden, near, part, model, method
):
    """Estimates, standard errors, variances, likelihood and predictions of its default fit."""
    expected = golden("nhanes_core_statsmodels")["2015_2016"][f"lmm_{model}_{method}"]
    result = fitted(nhanes, groups="group", reml=method == "REML", **MODELS[model])
    assert part(result.coef, "estimate") == near(expected["coef"], 1e-6)
    assert part(result.coef, "se") == near(expected["se"], 1e-5)
    assert result.stats["llf"] == pytest.approx(expected["llf"], abs=1e-6)
    assert result.stats["scale"] == near(expected["scale"], 1e-6)
    diagonal = [row[place] for place, row in enumerate(expected["cov_re"])]
    variances = [each.var for each in result.variance.values()]
    assert variances == near([*diagonal, *expected["vcomp"]], 1e-5)
    first = expected["blups"]["1191"]
    for name, value in first["est"].items():
        effect = result.random_effects["1191"][name.split("[")[0]]
        assert effect.estimate == near(value, 1e-4)
        assert effect.se == near(first["cond_sd"][name], 1e-4)


@pytest.mark.parametrize(("model", "method"), PUBLISHED)
def test_the_optimum_is_lme4s(fitted, nhanes, golden, near, part, model, method):
    """Without statsmodels, conventional errors: lme4's estimates, errors and covariances."""
    expected = golden("nhanes_core_R")["2015_2016"][f"lmm_{model}_{method}"]
    result = fitted(
        nhanes, groups="group", reml=method == "REML", engine="fast", cov_type="conventional",
        **MODELS[model],
    )  # fmt: skip
    for name, coef in result.coef.items():
        assert coef.estimate == pytest.approx(expected["coef"][name], rel=1e-4, abs=1e-4 * coef.se)
    assert part(result.coef, "se") == near(expected["se"], 1e-4)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    names = {"(Intercept)": "group"}
    for row in expected["varcomp"]:
        if row["grp"] == "Residual":
            assert result.stats["scale"] == near(row["vcov"], 1e-3)
        elif row["var2"] is None:
            own = result.variance[names.get(row["var1"], row["var1"])]
            assert own.var == near(row["vcov"], 1e-3)
        else:
            assert result.covariance["group,age_cen"] == near(row["vcov"], 1e-3)
            assert result.correlation["group,age_cen"] == near(row["sdcor"], 1e-3)


@pytest.mark.parametrize(("wave_", "method", "model"), NLME)
def test_every_wave_reaches_the_optimum_of_nlme(fitted, wave, near, wave_, method, model):
    """The same optimum as another program from other starts, or a higher one."""
    llf, variances, scale = NLME[wave_, method, model]
    result = fitted(
        wave(wave_), groups="group", reml=method == "REML", engine="fast", **MODELS[model]
    )
    assert result.stats["gradient"] < 1e-4
    if variances is None:
        assert result.stats["llf"] > llf
        return
    assert result.stats["llf"] == pytest.approx(llf, abs=2e-6)
    assert [each.var for each in result.variance.values()] == near(variances, 1e-5)
    assert result.stats["scale"] == near(scale, 1e-6)


def test_a_wave_on_the_boundary_says_so(fitted, wave):
    """Correlated slopes of 2003–2004 by maximum likelihood: the correlation is 1, with no error."""
    result = fitted(wave("2003_2004"), groups="group", reml=False, engine="fast", **MODELS["corr"])
    (note,) = [note for note in result.notes if note.code == "boundary"]
    assert "the correlation of `group` and `age_cen` is estimated as +1" in note.text
    assert result.correlation["group,age_cen"] == pytest.approx(1, abs=1e-9)
    assert "correlation:group,age_cen" not in result.spread
    assert {each.se for each in result.variance.values()} == {None}
    assert result.method.se == "conventional"


def test_errors_of_variances_are_glmmtmbs(fitted, nhanes, golden):
    """1.364 and 5.10 on their own scale, where statsmodels' summary prints 0.085."""
    expected = golden("nhanes_core_R")["2015_2016"]["lmm_ri_REML"]["glmmTMB"]
    result = fitted(nhanes, groups="group", engine="fast", **MODELS["ri"])
    assert result.variance["group"].se == pytest.approx(expected["se_var_group"], rel=1e-4)
    assert result.spread["scale"].se == pytest.approx(expected["se_var_resid"], rel=1e-4)


def test_satterthwaite(fitted, nhanes, golden, near, part):
    """lmerTest's degrees of freedom and p, from 1,526 to 5,091."""
    expected = golden("nhanes_core_R")["2015_2016"]["lmm_ri_REML"]
    result = fitted(
        nhanes, groups="group", engine="fast", cov_type="conventional", df="satterthwaite",
        **MODELS["ri"],
    )  # fmt: skip
    assert part(result.coef, "df") == near(expected["satterthwaite_df"], 1e-5)
    found, known = part(result.coef, "p"), expected["satterthwaite_p"]
    assert {name: found[name] for name in found if known[name]} == near(
        {name: p for name, p in known.items() if p}, 1e-3
    )


def test_joint_satterthwaite(fitted, nhanes, golden, near):
    """lmerTest's F test of race/ethnicity, on 4 and 2,700 degrees of freedom."""
    rows = golden("nhanes_lrt_R")["2015_2016"]["satterthwaite_type3"]
    expected = next(row for row in rows if row["term"] == "race")
    result = fitted(
        nhanes, groups="group", engine="fast", cov_type="conventional", df="satterthwaite",
        **MODELS["ri"],
    )  # fmt: skip
    test = result.wald["C(RIDRETH1)"]
    assert (test.df, test.df_resid) == (expected["NumDF"], near(expected["DenDF"], 1e-4))
    assert test.statistic == near(expected["F value"], 1e-4)
    assert test.p == near(expected["Pr(>F)"], 1e-3)


def test_profile_intervals(fitted, nhanes, golden):
    """lme4's interval of the standard deviations, which it profiles by maximum likelihood."""
    expected = golden("nhanes_lrt_R")["2015_2016"]["profile_ci_REMLfit"]["ci"]["matrix"]
    result = fitted(
        nhanes, groups="group", reml=False, intervals="profile", engine="fast", **MODELS["ri"]
    )
    group, scale = result.variance["group"], result.spread["scale"]
    assert (group.low**0.5, group.high**0.5) == pytest.approx(expected[0], rel=1e-4)
    assert (scale.low**0.5, scale.high**0.5) == pytest.approx(expected[1], rel=1e-4)


@pytest.mark.parametrize("model", ["ri", "corr"])
def test_nakagawa(fitted, nhanes, golden, near, model):
    """R² and the adjusted intraclass correlation of R's performance and insight."""
    known = golden("nhanes_lrt_R")["2015_2016"]
    result = fitted(nhanes, groups="group", engine="fast", **MODELS[model])
    assert result.stats["r2_marginal"] == near(known[f"r2_nakagawa_{model}"]["marginal"], 1e-4)
    conditional = known[f"r2_nakagawa_{model}"]["conditional"]
    assert result.stats["r2_conditional"] == near(conditional, 1e-4)
    assert result.stats["icc_adjusted"] == near(known[f"icc_{model}"]["adjusted"], 1e-3)


def test_the_intraclass_correlation_of_slopes_goes_along_the_covariate(fitted, nhanes):
    """zᵀΣz over zᵀΣz + σ² with z = (1, age): at the mean what the intercepts give."""
    result = fitted(nhanes, groups="group", **MODELS["corr"])
    assert result.icc is None
    points = result.icc_at["age_cen"]
    mean = next(point for point in points if point.place == "mean")
    group, slope = (result.variance[name].var for name in ("group", "age_cen"))
    both, rest = result.covariance["group,age_cen"], result.stats["scale"]
    assert mean.icc == pytest.approx(group / (group + rest), rel=1e-9)
    assert mean.low < mean.icc < mean.high
    for point in points:
        between = group + 2 * both * point.x + slope * point.x**2
        assert point.icc == pytest.approx(between / (between + rest), rel=1e-9)
    xs = [point.x for point in points]
    assert xs == sorted(xs)
    assert [point.place for point in points if point.place] == ["below", "mean", "above"]
    sd = nhanes["age_cen"].std()
    above = next(point for point in points if point.place == "above")
    assert above.x == pytest.approx(nhanes["age_cen"].mean() + sd)


def test_a_random_intercept_against_none(fitted, nhanes, golden):
    """R's restricted likelihood ratio against least squares, for which lme4 has no fit."""
    expected = golden("nhanes_lrt_R")["2015_2016"]["REML_int_vs_none"]["LRT"]
    stats = fitted(nhanes, groups="group", engine="fast", **MODELS["ri_F2"]).stats
    assert 2 * (stats["llf"] - stats["llf_null"]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "few", "many"),
    [
        ("REML_indepslope_vs_int", "ri_F2", "indep"),
        ("REML_corrslope_vs_int", "ri_F2", "corr"),
        ("REML_corr_vs_indep", "indep", "corr"),
        ("ML_corrslope_vs_int", "ri_F2", "corr"),
    ],
)
def test_likelihood_ratios(fitted, nhanes, golden, name, few, many):
    """Statistic and p of R, the latter from the mixture that Stram and Lee give."""
    from reportgen.blocks.nested import likelihood_ratio
    from reportgen.core.types import Model

    expected = golden("nhanes_lrt_R")["2015_2016"][name]
    results = [
        fitted(
            nhanes, groups="group", engine="fast", reml=not name.startswith("ML"), **MODELS[each]
        )
        for each in (few, many)
    ]
    one, other = (Model(str(i), str(i), "", "d", result) for i, result in enumerate(results))
    test = likelihood_ratio(one, other)
    assert test.statistic == pytest.approx(expected["LRT"], abs=1e-3)
    assert test.p == pytest.approx(expected.get("p_chibar", expected.get("p")), rel=1e-3)
