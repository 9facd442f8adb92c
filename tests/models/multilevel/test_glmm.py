"""`glmm` against lme4's glmer and glmmTMB, and the things these do not say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import expit, gammaln, logit
from scipy.stats import norm

from reportgen.blocks.nested import likelihood_ratio
from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Model
from reportgen.models import MODELS
from tests.models.conftest import fitted, framed

SMOKING = "smq ~ {age} + RIAGENDRx + C(DMDEDUC2x)"
PERIODS = {f"C(period)[T.{k}]": f"period{k}" for k in (2, 3, 4)}


def assert_agrees(result, expected, names=None):
    """Estimates to 2e-4, standard errors and standard deviations to 2e-3, as golden/README says."""
    names = names or {}
    for name, coef in result.coef.items():
        own = names.get(name, name)
        assert coef.estimate == pytest.approx(expected["coef"][own], rel=2e-4), name
        if "se" in expected:
            assert coef.se == pytest.approx(expected["se"][own], rel=2e-3), name
    for row in expected.get("varcomp", ()):
        if row["var2"] is None and row["var1"] != "(Intercept)":
            assert result.variance[row["var1"]].sd == pytest.approx(row["sdcor"], rel=2e-3)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("glmer_nAGQ1", {"method": "laplace"}),
        ("glmmTMB", {"method": "laplace"}),
        ("glmer_nAGQ10", {"method": "agq", "nodes": 10}),
        ("glmer_nAGQ25", {"method": "agq", "nodes": 25}),
        ("glmer_nAGQ25", {}),
    ],
)
def test_smoking(smokers, golden, name, options):
    """Laplace and quadrature: estimates, standard errors, likelihood, modes and their errors."""
    expected = golden("nhanes_multilevel_R")["2015_2016"][name]
    result = fitted(
        "glmm", smokers, formula=SMOKING.format(age="RIDAGEYR"), groups="group",
        family="binomial", **options,
    )  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    assert result.stats["aic"] == pytest.approx(expected["AIC"], abs=2e-3)
    assert result.stats["bic"] == pytest.approx(expected["BIC"], abs=2e-3)
    if name != "glmmTMB":
        sd = expected["varcomp"][0]["sdcor"]
        assert result.variance["group"].sd == pytest.approx(sd, rel=2e-3)
        for mode in expected["blups"]["group"]:
            own = result.random_effects[mode["level"]]["group"]
            assert own.estimate == pytest.approx(mode["est"]["Intercept"], rel=1e-3, abs=1e-4)
            assert own.se == pytest.approx(mode["cond_sd"]["Intercept"], rel=2e-3)
        matrix = np.array(expected["vcov_fixed"]["matrix"])
        assert np.array(result.vcov) == pytest.approx(matrix, rel=6e-3, abs=1e-6)


def test_no_covariates(smokers, golden):
    """An intercept and a variance alone, as glmer has them; its clusters' effects too."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["null_nAGQ1"]
    result = fitted("glmm", smokers, formula="smq ~ 1", groups="group", family="binomial",
                    method="laplace")  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    sd = expected["varcomp"][0]["sdcor"]
    assert result.variance["group"].sd == pytest.approx(sd, rel=2e-3)
    for mode in expected["blups"]["group"]:
        own = result.random_effects[mode["level"]]["group"]
        assert own.estimate == pytest.approx(mode["est"]["Intercept"], rel=1e-3, abs=1e-4)


def test_age_in_decades(smokers, golden):
    """The same model in other units, and glmer's numbers for it."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["ri_age10"]
    result = fitted("glmm", smokers, formula=SMOKING.format(age="age10"), groups="group",
                    family="binomial", method="laplace")  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)


def test_what_follows_from_the_variance(smokers, golden):
    """The latent ICC, the median odds ratio and both R² are those of R's performance package."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["derived_nAGQ1"]
    result = fitted(
        "glmm", smokers, formula=SMOKING.format(age="RIDAGEYR"), groups="group",
        family="binomial", method="laplace",
    )  # fmt: skip
    assert result.icc == pytest.approx(expected["latent_icc"], rel=2e-3)
    assert result.stats["median_odds_ratio"] == pytest.approx(expected["MOR"], rel=1e-3)
    r2 = expected["r2_nakagawa"]
    assert result.stats["r2_marginal"] == pytest.approx(r2["R2_marginal"], rel=1e-3)
    assert result.stats["r2_conditional"] == pytest.approx(r2["R2_conditional"], rel=1e-3)


@pytest.mark.parametrize("name", ["slope_corr", "slope_corr_glmmTMB"])
def test_correlated_slopes(smokers, golden, name):
    """A random slope of age, correlated with the intercept, by Laplace unless asked."""
    expected = golden("nhanes_multilevel_R")["2015_2016"][name]
    result = fitted(
        "glmm", smokers, formula=SMOKING.format(age="age10"), groups="group",
        family="binomial", re_formula="1 + age10",
    )  # fmt: skip
    assert result.method.estimator == "laplace"
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    if name == "slope_corr":
        correlation = expected["varcomp"][2]["sdcor"]
        assert result.correlation["group,age10"] == pytest.approx(correlation, rel=2e-3)
        for mode in expected["blups"]["group"]:
            own = result.random_effects[mode["level"]]
            assert own["group"].estimate == pytest.approx(mode["est"]["Intercept"], abs=1e-3)
            assert own["age10"].estimate == pytest.approx(mode["est"]["age10"], abs=2e-4)
            assert own["age10"].se == pytest.approx(mode["cond_sd"]["age10"], rel=5e-3)


def test_independent_slopes(smokers, golden):
    """A slope independent of the intercept, as a variance component."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["slope_indep"]
    result = fitted(
        "glmm", smokers, formula=SMOKING.format(age="age10"), groups="group",
        family="binomial", re_formula="1", vc_formula={"age10": "0 + age10"},
    )  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)


def test_units_nested_in_strata(smokers, golden):
    """Two levels of clusters: a component of units within each stratum."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["nested_strata_psu"]
    result = fitted(
        "glmm", smokers, formula=SMOKING.format(age="age10"), groups="SDMVSTRA",
        family="binomial", re_formula="1", vc_formula={"unit": "0 + C(SDMVPSU)"},
    )  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    sds = {row["grp"]: row["sdcor"] for row in expected["varcomp"]}
    assert result.variance["SDMVSTRA"].sd == pytest.approx(sds["stratum"], rel=2e-3)
    assert result.variance["unit"].sd == pytest.approx(sds["group:stratum"], rel=2e-3)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("hh_glmer_nAGQ1", {"method": "laplace"}),
        ("hh_glmmTMB", {"method": "laplace"}),
        ("hh_glmer_nAGQ25", {"nodes": 25}),
    ],
)
def test_counts(nhanes, golden, name, options):
    """Poisson. With more nodes than one glmer leaves out the constant of the saturated model."""
    expected = golden("nhanes_multilevel_R")["poisson"][name]
    result = fitted(
        "glmm", nhanes, formula="others ~ age10 + RIAGENDRx", groups="group", family="poisson",
        **options,
    )  # fmt: skip
    assert_agrees(result, expected)
    y = nhanes.table["others"].to_numpy()
    saturated = np.sum(np.where(y > 0, y * np.log(np.maximum(y, 1)), 0) - y - gammaln(y + 1))
    left_out = saturated if "25" in name else 0
    assert result.stats["llf"] == pytest.approx(expected["logLik"] + left_out, abs=1e-3)


def test_drinks(nhanes, golden):
    """Poisson, of those who answered: glmer and glmmTMB."""
    table = nhanes.table[nhanes.table["ALQ130"] < 777]
    result = fitted("glmm", framed(table), formula="ALQ130 ~ age10 + RIAGENDRx", groups="group",
                    family="poisson", method="laplace")  # fmt: skip
    for name in ("alq_glmer_nAGQ1", "alq_glmmTMB"):
        expected = golden("nhanes_multilevel_R")["poisson"][name]
        assert_agrees(result, expected)
        assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    variance = expected["varcov"]["group"][0][0]
    assert result.variance["group"].var == pytest.approx(variance, rel=2e-3)


def test_overdispersed_counts(nhanes, golden):
    """Negative binomial, dispersion estimated with the rest, as glmmTMB's nbinom2."""
    expected = golden("nhanes_multilevel_R")["poisson"]["hh_nbinom2_glmmTMB"]
    result = fitted(
        "glmm", nhanes, formula="others ~ age10 + RIAGENDRx", groups="group",
        family="negative_binomial", method="laplace",
    )  # fmt: skip
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    assert 1 / result.stats["alpha"] == pytest.approx(expected["sigma"], rel=1e-4)


def test_shares_of_trials(cbpp, golden):
    """Grouped outcomes: shares and the trials behind them. glmer's nAGQ 9 lacks a constant."""
    for nodes in (1, 9, 25):
        expected = golden("public_R")["cbpp"][f"nAGQ{nodes}"]
        given = {"method": "laplace"} if nodes == 1 else {"nodes": nodes}
        result = fitted(
            "glmm", cbpp, formula="share ~ C(period)", groups="herd", family="binomial",
            var_weights="size", **given,
        )  # fmt: skip
        assert_agrees(result, expected, PERIODS)
        sd = expected["varcomp"][0]["sdcor"]
        assert result.variance["herd"].sd == pytest.approx(sd, rel=2e-3)
        for mode in expected["blups"]["herd"]:
            own = result.random_effects[mode["level"]]["herd"]
            assert own.estimate == pytest.approx(mode["est"]["Intercept"], rel=1e-3)
            assert own.se == pytest.approx(mode["cond_sd"]["Intercept"], rel=2e-3)
        if nodes == 1:
            assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
            assert result.stats["bic"] == pytest.approx(expected["BIC"], abs=1e-3)
    assert result.events == 99
    assert [note.code for note in result.notes] == ["grouped", "influential-clusters"]


def test_shares_are_rows_of_trials(cbpp):
    """Shares, repeated rows and one row a trial are the same data and give the same estimates."""
    table = cbpp.table
    events = table.assign(y=1.0, w=table["incidence"])
    others = table.assign(y=0.0, w=table["size"] - table["incidence"])
    both = pd.concat([events, others])
    both = both[both["w"] > 0].reset_index(drop=True)
    known = {"groups": "herd", "family": "binomial"}
    shares = fitted("glmm", cbpp, formula="share ~ C(period)", var_weights="size", **known)
    copies = fitted("glmm", framed(both), formula="y ~ C(period)", freq_weights="w", **known)
    single = fitted("glmm", framed(both.loc[both.index.repeat(both["w"])]),
                    formula="y ~ C(period)", **known)  # fmt: skip
    for name, coef in shares.coef.items():
        for other in (copies, single):
            assert other.coef[name].estimate == pytest.approx(coef.estimate, rel=1e-8)
            assert other.coef[name].se == pytest.approx(coef.se, rel=1e-6)
    assert copies.stats["llf"] == pytest.approx(single.stats["llf"], abs=1e-8)


def test_children_by_quadrature(ohio, golden):
    """Four yes/no outcomes a child: quadrature by default, and glmer's numbers with 25 nodes."""
    expected = golden("public_R")["ohio"]["glmer_nAGQ25"]
    known = {"formula": "resp ~ age * smoke", "groups": "id", "family": "binomial"}
    result = fitted("glmm", ohio, nodes=25, **known)
    assert_agrees(result, expected)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    assert result.variance["id"].var == pytest.approx(expected["varcomp"][0]["vcov"], rel=2e-3)
    assert fitted("glmm", ohio, **known).method.estimator == "agq"


def test_laplace_says_where_it_is_coarse(ohio, smokers, golden):
    """On four outcomes a child Laplace finds a variance of 5.50 for 4.69, and the finding says
    so; on clusters of 170 people there is none.
    """
    known = {"groups": "id", "family": "binomial", "method": "laplace"}
    result = fitted("glmm", ohio, formula="resp ~ age * smoke", **known)
    assert_agrees(result, golden("public_R")["ohio"]["glmer_nAGQ1"])
    expected = golden("public_R")["ohio"]["glmmTMB"]
    assert_agrees(result, expected)
    assert result.variance["id"].var == pytest.approx(expected["var"], rel=2e-3)
    assert result.stats["llf"] == pytest.approx(expected["logLik"], abs=1e-3)
    assert "approximation" in {note.code for note in result.notes}
    fine = fitted("glmm", smokers, formula=SMOKING.format(age="RIDAGEYR"),
                  **(known | {"groups": "group"}))  # fmt: skip
    assert fine.notes == ()


def test_quadrature_of_two_effects(simulated):
    """Two random effects by quadrature: more nodes do not move what nine by nine give."""
    known = {
        "formula": "count ~ x", "groups": "site", "family": "poisson", "re_formula": "1 + x",
        "method": "agq",
    }  # fmt: skip
    coarse, fine = fitted("glmm", simulated, **known), fitted("glmm", simulated, nodes=15, **known)
    assert coarse.method.details == {"nodes": 9}
    assert coarse.stats["llf"] == pytest.approx(fine.stats["llf"], abs=1e-4)
    for name, coef in fine.coef.items():
        assert coarse.coef[name].estimate == pytest.approx(coef.estimate, abs=1e-3 * coef.se)


def test_quadrature_says_where_it_is_coarse(ohio):
    """Two nodes for two effects on four outcomes a child: finer ones would move the estimates."""
    result = fitted(
        "glmm", ohio, formula="resp ~ age", groups="id", family="binomial",
        re_formula="1 + age", method="agq", nodes=2,
    )  # fmt: skip
    assert "approximation" in {note.code for note in result.notes}


@pytest.mark.parametrize("link", ["probit", "cloglog"])
def test_other_links(simulated, link):
    """A probit slope is about 1/1.7 of a logistic one (Amemiya 1981); neither is an odds ratio."""
    known = {"formula": "event ~ x", "groups": "site", "family": "binomial"}
    logit, other = fitted("glmm", simulated, **known), fitted("glmm", simulated, link=link, **known)
    ratio = other.coef["x"].estimate / logit.coef["x"].estimate
    assert ratio == pytest.approx({"probit": 0.6, "cloglog": 0.72}[link], abs=0.06)
    assert other.method.scale is None
    assert 0 < other.icc < 1
    assert "median_odds_ratio" not in other.stats


def test_exposure_is_an_offset_on_the_log_scale(simulated):
    """Person-years: `exposure: years` is `offset` with its logarithm."""
    table = simulated.table.assign(logyears=np.log(simulated.table["years"]))
    known = {"formula": "count ~ x", "groups": "site", "family": "poisson"}
    by_exposure = fitted("glmm", framed(table), exposure="years", **known)
    by_offset = fitted("glmm", framed(table), offset="logyears", **known)
    assert by_exposure.coef == by_offset.coef


def test_one_scale_or_another(simulated):
    """Multiplying a covariate by 1000 divides its estimate and leaves the likelihood alone."""
    table = simulated.table.assign(z=1000 * simulated.table["x"])
    known = {"groups": "site", "family": "binomial", "method": "laplace"}
    one = fitted("glmm", framed(table), formula="event ~ x", re_formula="1 + x", **known)
    other = fitted("glmm", framed(table), formula="event ~ z", re_formula="1 + z", **known)
    assert other.stats["llf"] == pytest.approx(one.stats["llf"], abs=1e-7)
    assert 1000 * other.coef["z"].estimate == pytest.approx(one.coef["x"].estimate, rel=1e-5)
    assert 1000 * other.variance["z"].sd == pytest.approx(one.variance["x"].sd, rel=1e-4)


def test_a_start_moves_nothing(smokers):
    """Begun at the estimates of logistic regression the fit ends where it ends without."""
    options = {"formula": "smq ~ RIDAGEYR + RIAGENDRx", "family": "binomial"}
    begin = fitted("glm", smokers, **options)
    kind = MODELS.load("glmm")
    given = kind.Options(groups="group", **options)
    own, begun = (kind.tidy(kind.fit(given, smokers, start)) for start in (None, begin))
    for name, coef in own.coef.items():
        assert begun.coef[name].estimate == pytest.approx(coef.estimate, rel=1e-7)


def test_the_variance_against_none(smokers, golden):
    """A likelihood-ratio test against logistic regression, with half the tail of χ²(1)."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["LRT_re"]
    options = {"formula": SMOKING.format(age="RIDAGEYR"), "family": "binomial"}
    results = {
        "glm": fitted("glm", smokers, **options),
        "glmm": fitted("glmm", smokers, groups="group", method="laplace", **options),
    }
    models = [Model(name, name, name, "data", result) for name, result in results.items()]
    test = likelihood_ratio(*models)
    assert test.statistic == pytest.approx(expected["LRT"], abs=2e-3)
    assert test.p == pytest.approx(expected["p_half"], rel=2e-3)


# ── population-averaged ──────────────────────────────────────────────────────────────────────


def test_probit_averages_in_closed_form(simulated):
    """β / √(1 + σ²): the mean of a probit over normal effects is a probit."""
    known = {"formula": "event ~ x", "groups": "site", "family": "binomial", "link": "probit"}
    own = fitted("glmm", simulated, **known)
    averaged = fitted("glmm", simulated, target="population", **known)
    shrink = (1 + own.variance["site"].var) ** -0.5
    for name, coef in own.coef.items():
        assert averaged.coef[name].estimate == pytest.approx(shrink * coef.estimate, rel=1e-6)
    assert averaged.variance == own.variance
    assert (averaged.method.target, averaged.method.se) == ("population", "delta")


def test_counts_average_in_closed_form(simulated):
    """A log link moves the intercept by σ²/2 and nothing else."""
    known = {"formula": "count ~ x", "groups": "site", "family": "poisson"}
    own = fitted("glmm", simulated, **known)
    averaged = fitted("glmm", simulated, target="population", **known)
    moved = own.coef["Intercept"].estimate + own.variance["site"].var / 2
    assert averaged.coef["Intercept"].estimate == pytest.approx(moved, rel=1e-6)
    assert averaged.coef["x"].estimate == pytest.approx(own.coef["x"].estimate, rel=1e-6)
    assert averaged.coef["x"].se == pytest.approx(own.coef["x"].se, rel=1e-4)


def test_logits_average_towards_zero(ohio, golden):
    """By Zeger, Liang and Albert (1988) about β / √(1 + 0.346 σ²); and near to GEE."""
    known = {"formula": "resp ~ age * smoke", "groups": "id", "family": "binomial"}
    own = fitted("glmm", ohio, **known)
    averaged = fitted("glmm", ohio, target="population", **known)
    shrink = (1 + (16 * 3**0.5 / (15 * np.pi)) ** 2 * own.variance["id"].var) ** -0.5
    gee = golden("public_R")["ohio"]["geepack_exchangeable"]
    for name, coef in averaged.coef.items():
        assert coef.estimate == pytest.approx(shrink * own.coef[name].estimate, rel=0.1)
        assert coef.estimate == pytest.approx(gee["coef"][name], abs=0.5 * coef.se)
        assert coef.se < own.coef[name].se


def test_averages_are_integrals(ohio):
    """With one yes/no covariate the averages are the logits of two integrals, as scipy has them."""
    known = {"formula": "resp ~ smoke", "groups": "id", "family": "binomial"}
    own = fitted("glmm", ohio, **known)
    averaged = fitted("glmm", ohio, target="population", **known)
    sd = own.variance["id"].sd
    fixed = [own.coef["Intercept"].estimate, own.coef["smoke"].estimate]

    def share(eta):
        return quad(lambda u: expit(eta + sd * u) * norm.pdf(u), -12, 12)[0]

    low, high = logit(share(fixed[0])), logit(share(sum(fixed)))
    assert averaged.coef["Intercept"].estimate == pytest.approx(low, rel=1e-6)
    assert averaged.coef["smoke"].estimate == pytest.approx(high - low, rel=1e-6)


def test_the_delta_method_of_averages(ohio):
    """Their standard errors are the spread of averages over draws of (β, σ)."""
    from reportgen.models.engines.effects.glmm_optimum import Optimum
    from reportgen.models.engines.effects.marginal import averaged

    kind = MODELS.load("glmm")
    options = kind.Options(formula="resp ~ smoke", groups="id", family="binomial")
    optimum = kind.fit(options, ohio).optimum
    covariance = averaged(optimum)[1]
    rng = np.random.default_rng(5)
    drawn = [
        averaged(Optimum(optimum.likelihood, phi, 0, 0, optimum.information, optimum.free))[0]
        for phi in rng.multivariate_normal(optimum.phi, optimum.covariance, size=120)
    ]
    spread = np.std(drawn, axis=0)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(spread, rel=0.2)


# ── findings ─────────────────────────────────────────────────────────────────────────────────


def codes(result):
    return {note.code for note in result.notes}


def test_no_variance_is_printed_as_zero(simulated):
    """Clusters that are alike: the variance is 0, has no standard error, and the fit says so; the
    coefficients are those of logistic regression.
    """
    rng = np.random.default_rng(1)
    table = simulated.table.assign(event=np.tile([0.0, 1.0, 1.0], 150))
    table["x"] = rng.normal(size=len(table))
    known = {"formula": "event ~ x", "family": "binomial"}
    result = fitted("glmm", framed(table), groups="site", **known)
    plain = fitted("glm", framed(table), **known)
    assert result.variance["site"].var == 0
    assert result.variance["site"].se is None
    assert result.icc == 0
    assert "boundary" in codes(result)
    assert "`site` is estimated as zero" in result.notes[-1].text
    for name, coef in plain.coef.items():
        assert result.coef[name].estimate == pytest.approx(coef.estimate, rel=1e-6)
        assert result.coef[name].se == pytest.approx(coef.se, rel=1e-5)
    assert result.stats["llf"] == pytest.approx(plain.stats["llf"], abs=1e-8)


def test_a_slope_without_variance():
    """Clusters with one and the same slope: its variance is 0 or its correlation ±1, in words."""
    site, x = np.repeat(np.arange(20), 20), np.tile(np.repeat([-1.0, 1.0], 10), 20)
    events = np.where(site % 2, np.where(x < 0, 3, 5), np.where(x < 0, 5, 7))
    event = (np.tile(np.arange(10), 40) < events).astype(float)
    frame = framed(pd.DataFrame({"site": site, "x": x, "event": event}))
    known = {"formula": "event ~ x", "groups": "site", "family": "binomial", "method": "laplace"}
    result = fitted("glmm", frame, re_formula="1 + x", **known)
    single = fitted("glmm", frame, **known)
    assert "boundary" in codes(result)
    assert result.stats["llf"] == pytest.approx(single.stats["llf"], abs=1e-2)
    assert result.stats["llf"] >= single.stats["llf"] - 1e-7
    assert all(coef.se for coef in result.coef.values())
    assert all(component.se is None for component in result.variance.values())


def test_separated_levels(simulated):
    """A level in which nobody has the event has no finite coefficient: it is withheld, and the
    others are what the rows without that level give.
    """
    table = simulated.table.copy()
    table.loc[table["arm"] == "b", "event"] = 0.0
    known = {"groups": "site", "family": "binomial"}
    result = fitted("glmm", framed(table), formula="event ~ x + C(arm)", **known)
    rest = fitted("glmm", framed(table[table["arm"] == "a"]), formula="event ~ x", **known)
    (note,) = [note for note in result.notes if note.code == "separation"]
    assert note.coefs == ("C(arm)[T.b]",)
    assert result.coef["C(arm)[T.b]"].estimate is None
    for name in ("Intercept", "x"):
        assert result.coef[name].estimate == pytest.approx(rest.coef[name].estimate, rel=1e-7)
        assert result.coef[name].se == pytest.approx(rest.coef[name].se, rel=1e-6)
    assert result.variance["site"].var == pytest.approx(rest.variance["site"].var, rel=1e-6)
    assert result.stats["llf"] == pytest.approx(rest.stats["llf"], abs=1e-8)
    assert set(result.stats) & {"aic", "bic", "r2_marginal"} == set()
    assert result.n == len(table)


@pytest.mark.parametrize("link", ["probit", "cloglog"])
@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_separated_under_other_links(simulated, link, outcome):
    """Links whose predictors stay small, however certain the outcome, are looked at as well."""
    table = simulated.table.copy()
    table.loc[table["arm"] == "b", "event"] = outcome
    result = fitted("glmm", framed(table), formula="event ~ x + C(arm)", groups="site",
                    family="binomial", link=link)  # fmt: skip
    assert "separation" in codes(result)
    assert result.coef["C(arm)[T.b]"].estimate is None
    assert result.coef["x"].se is not None


def test_the_limit_is_that_of_the_whole_likelihood(simulated):
    """What is left when separated rows are set aside is where all rows lead: with the coefficient
    held at -25 the others of the whole are the same.
    """
    table = simulated.table.copy()
    table.loc[table["arm"] == "b", "event"] = 0.0
    table["held"] = np.where(table["arm"] == "b", -25.0, 0.0)
    known = {"groups": "site", "family": "binomial"}
    result = fitted("glmm", framed(table), formula="event ~ x + C(arm)", **known)
    held = fitted("glmm", framed(table), formula="event ~ x", offset="held", **known)
    for name in ("Intercept", "x"):
        assert result.coef[name].estimate == pytest.approx(held.coef[name].estimate, rel=1e-5)
        assert result.coef[name].se == pytest.approx(held.coef[name].se, rel=1e-5)


def test_a_rare_level_is_separated_too(smokers):
    """Three of five thousand people without an event: a small part of the likelihood, all the
    same without a finite estimate.
    """
    table = smokers.table.copy()
    rare = np.flatnonzero(table["smq"] == 0)[:3]
    table["rare"] = np.where(np.isin(np.arange(len(table)), rare), "yes", "no")
    result = fitted("glmm", framed(table), formula="smq ~ RIDAGEYR + C(rare)", groups="group",
                    family="binomial")  # fmt: skip
    assert result.coef["C(rare)[T.yes]"].estimate is None
    assert result.coef["RIDAGEYR"].se is not None
    assert "separation" in codes(result)


def test_rows_that_separation_predicts(simulated):
    """Their fitted mean is their outcome, and they leave no residual."""
    table = simulated.table.copy()
    table.loc[table["arm"] == "b", "event"] = 0.0
    kind = MODELS.load("glmm")
    options = kind.Options(formula="event ~ x + C(arm)", groups="site", family="binomial")
    seen = kind.augment(kind.fit(options, framed(table)))
    gone = (table["arm"] == "b").to_numpy()
    assert (np.array(seen["fitted"])[gone] == 0).all()
    assert (np.array(seen["residual"])[gone] == 0).all()
    assert (np.array(seen["fitted"])[~gone] > 0).all()


def test_tied_terms_are_withheld(simulated):
    """A covariate written twice has no estimate of its own; the rest of the model has."""
    table = simulated.table.assign(twice=2 * simulated.table["x"], z=simulated.table["years"])
    result = fitted("glmm", framed(table), formula="event ~ z + x + twice", groups="site",
                    family="binomial")  # fmt: skip
    assert result.coef["x"].estimate is None
    assert result.coef["twice"].estimate is None
    assert result.coef["z"].se is not None


def test_clusters_as_fixed_effects(simulated):
    """Fixed effects that contain the clusters leave nothing between them."""
    with pytest.raises(FitError) as caught:
        fitted("glmm", simulated, formula="count ~ x + C(site)", groups="site", family="poisson")
    assert caught.value.problems[0].code == "groups-as-fixed-effects"


def test_components_bring_no_intercept(simulated):
    """`vc_formula` alone: a slope that varies, and an intercept that does not, in words."""
    result = fitted("glmm", simulated, formula="count ~ x", groups="site", family="poisson",
                    vc_formula={"x": "0 + x"}, method="laplace")  # fmt: skip
    assert "no-random-intercept" in codes(result)


def test_separated_by_a_line(simulated):
    """A covariate that tells every event apart."""
    table = simulated.table.assign(event=(simulated.table["x"] > 0.1).astype(float))
    with pytest.raises(FitError) as caught:
        fitted("glmm", framed(table), formula="event ~ x", groups="site", family="binomial")
    assert caught.value.problems[0].code == "separation"


def test_a_level_without_counts(simulated):
    """Poisson: a level with zeros alone has no finite coefficient."""
    table = simulated.table.copy()
    table.loc[table["arm"] == "b", "count"] = 0.0
    result = fitted(
        "glmm", framed(table), formula="count ~ x + C(arm)", groups="site", family="poisson"
    )
    assert result.coef["C(arm)[T.b]"].estimate is None
    assert result.coef["x"].se is not None
    assert "separation" in codes(result)


def test_clusters_that_never_differ_within(simulated):
    """All or none in every cluster: the variance has no finite estimate."""
    table = simulated.table.assign(event=(simulated.table["site"] % 2).astype(float))
    with pytest.raises(FitError) as caught:
        fitted("glmm", framed(table), formula="event ~ x", groups="site", family="binomial")
    assert caught.value.problems[0].code == "constant-clusters"


def test_counts_that_vary_no_more(simulated):
    """A dispersion of zero is on the boundary: the Poisson model, and a finding."""
    known = {"formula": "count ~ x", "groups": "site", "method": "laplace"}
    poisson = fitted("glmm", simulated, family="poisson", **known)
    table = simulated.table.assign(count=np.round(np.exp(0.5 + 0.3 * simulated.table["x"])))
    result = fitted("glmm", framed(table), family="negative_binomial", **known)
    assert result.stats["alpha"] == 0
    assert "no-overdispersion" in codes(result)
    wide = fitted("glmm", simulated, family="negative_binomial", **known)
    assert wide.stats["llf"] >= poisson.stats["llf"] - 1e-6


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"formula": "years ~ x", "family": "binomial"}, "outcome-range"),
        ({"formula": "share ~ x", "family": "binomial"}, "shares"),
        ({"formula": "share ~ x", "family": "binomial", "var_weights": "years"}, "not-whole"),
        ({"formula": "years ~ x", "family": "negative_binomial"}, "not-counts"),
        ({"formula": "event ~ x", "family": "binomial", "freq_weights": "years"}, "not-whole"),
    ],
)
def test_outcomes_that_cannot_be(simulated, options, code):
    """Shares without trials, trials and counts that are not whole: refused, with the way out."""
    table = simulated.table.assign(share=0.3)
    table.loc[::2, "share"] = 0.6
    with pytest.raises(DataError) as caught:
        fitted("glmm", framed(table), groups="site", **options)
    assert caught.value.problems[0].code == code


def test_few_clusters(simulated):
    """Six clusters: the variance between them is estimated too small, and the report says so."""
    table = simulated.table.assign(site=simulated.table["site"] % 6)
    result = fitted("glmm", framed(table), formula="event ~ x", groups="site", family="binomial")
    assert "few-levels" in codes(result)


def test_counts_that_are_not_whole(simulated):
    """Poisson regression of fractions runs, with a warning."""
    result = fitted(
        "glmm", simulated, formula="years ~ x", groups="site", family="poisson", method="laplace"
    )
    assert "not-counts" in codes(result)


def test_too_many_points(simulated):
    """Quadrature over many effects is refused with the number of its points."""
    with pytest.raises(FitError) as caught:
        fitted(
            "glmm", simulated, formula="event ~ x", groups="site", family="binomial",
            re_formula="1 + x", method="agq", nodes=60,
        )  # fmt: skip
    assert caught.value.problems[0].code == "quadrature"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"family": "poisson", "link": "logit"}, "link"),
        ({"family": "binomial", "exposure": "years"}, "exposure"),
        ({"family": "poisson", "var_weights": "years"}, "var-weights"),
        ({"family": "binomial", "nodes": 1}, "nodes"),
    ],
)
def test_options_that_contradict_each_other(options, code):
    """Known before any data are read."""
    kind = MODELS.load("glmm")
    problems = list(kind.check(kind.Options(formula="y ~ x", groups="g", **options)))
    assert [problem.code for problem in problems] == [code]


def test_each_row_may_have_an_effect(cbpp):
    """Shares with an effect of the observation: clusters of one row, but of many trials."""
    table = cbpp.table.assign(row=np.arange(56))
    result = fitted("glmm", framed(table), formula="share ~ C(period)", groups="row",
                    family="binomial", var_weights="size")  # fmt: skip
    assert result.n_groups == 56
    assert result.variance["row"].var > 0
