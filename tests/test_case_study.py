"""The published case study, built from its page of YAML and held against numbers from elsewhere.

Published figures are those of the notebook everyone has met; `golden` ones come from statsmodels
and R, each compared within the tolerance that its own file states.
"""

from __future__ import annotations

import json

import pytest

from reportgen.cli import main


@pytest.fixture(scope="session")
def built(shared, tmp_path_factory):
    """The reference spec, built once as a user would build it."""
    out = tmp_path_factory.mktemp("case-study")
    spec = shared / "design" / "nhanes.yaml"
    code = main(["build", str(spec), "--data-dir", str(shared / "data"), "--out", str(out)])
    assert code == 0
    return out / "nhanes"


@pytest.fixture(scope="session")
def results(built):
    return json.loads((built / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(results):
    return results["models"]


@pytest.fixture(scope="session")
def core(golden):
    return golden("nhanes_core_statsmodels")["2015_2016"]


def near(expected, relative):
    return pytest.approx(expected, rel=relative, abs=1e-12)


def coefs(model, key):
    return {name: coef[key] for name, coef in model["coef"].items()}


def test_the_people_analysed(results, models):
    """5,735 rows are read and 5,102 are complete, in 30 clusters of 106 to 226."""
    dataset = results["datasets"]["nhanes"]
    assert (dataset["rows_read"], dataset["n"]) == (5735, 5102)
    model = models["sbp_gee"]
    assert (model["n"], model["n_groups"]) == (5102, 30)
    assert (model["group_size"]["min"], model["group_size"]["max"]) == (106, 226)
    assert round(model["group_size"]["mean"], 2) == 170.07
    assert models["smoke_gee"]["n"] == 5093


@pytest.mark.parametrize(
    ("outcome", "published"),
    [
        ("BPXSY1", 0.030),
        ("RIDAGEYR", 0.035),
        ("BMXBMI", 0.039),
        ("smq", 0.026),
        ("SDMVSTRA", 0.959),
    ],
)
def test_intraclass_correlations(models, core, outcome, published):
    """The intercept-only GEE correlations are the published ones, and statsmodels' to 1e-6."""
    icc = models[f"icc[{outcome}]"]["icc"]
    assert round(icc, 3) == published
    assert icc == near(core["icc"][outcome]["alpha"], 1e-6)


def test_conditional_intraclass_correlations(models, core):
    """Given age 0.019, given all covariates 0.013."""
    assert round(models["icc_age"]["icc"], 3) == 0.019
    assert round(models["sbp_gee"]["icc"], 3) == 0.013
    assert models["sbp_gee"]["icc"] == near(core["cond_icc"]["+C(RIDRETH1)"]["alpha"], 1e-6)


def test_noise_has_no_intraclass_correlation(models):
    """Ten columns of pure noise: every estimate stays within 0.01 of zero."""
    noise = [model["icc"] for name, model in models.items() if name.startswith("icc_noise[")]
    assert len(noise) == 10
    assert max(map(abs, noise)) < 0.01


def test_least_squares(models, core):
    """Ordinary least squares to nine digits; body mass index as published."""
    model = models["sbp_ols"]
    assert coefs(model, "estimate") == near(core["ols"]["coef"], 1e-9)
    assert coefs(model, "se") == near(core["ols"]["se"], 1e-9)
    bmi = model["coef"]["BMXBMI"]
    assert (round(bmi["estimate"], 6), round(bmi["se"], 6)) == (0.278015, 0.033285)


def test_gee(models, core):
    """GEE estimates and robust standard errors to six digits; body mass index as published."""
    model = models["sbp_gee"]
    assert coefs(model, "estimate") == near(core["gee_linear_exch"]["coef"], 1e-6)
    assert coefs(model, "se") == near(core["gee_linear_exch"]["se_robust"], 1e-6)
    bmi = model["coef"]["BMXBMI"]
    assert (round(bmi["estimate"], 6), round(bmi["se"], 6)) == (0.280205, 0.038553)


def test_logistic_models(models, core):
    """GLM and GEE logistic regression, the second begun at the estimates of the first."""
    glm, gee = models["smoke_glm"], models["smoke_gee"]
    assert coefs(glm, "estimate") == near(core["glm_logit"]["coef"], 1e-8)
    assert coefs(glm, "se") == near(core["glm_logit"]["se"], 1e-6)
    assert coefs(gee, "estimate") == near(core["gee_logit_exch"]["coef"], 1e-6)
    assert coefs(gee, "se") == near(core["gee_logit_exch"]["se_robust"], 1e-6)


def test_random_intercept(models, core):
    """Variance 3.615 beside residual 256.695, and thirty predicted effects to six decimals."""
    model = models["sbp_mixed"]
    group = model["variance"]["group"]
    assert (round(group["var"], 3), round(model["stats"]["scale"], 3)) == (3.615, 256.695)
    assert round(model["icc"], 3) == 0.014
    assert group["se"] == pytest.approx(1.37, abs=0.01)
    effects = {
        name: effect["group"]["estimate"] for name, effect in model["random_effects"].items()
    }
    assert len(effects) == 30
    assert (round(effects["1191"], 6), round(effects["1332"], 6)) == (-1.630976, 1.491389)
    assert coefs(model, "estimate") == near(core["lmm_ri_REML"]["coef"], 1e-4)
    assert coefs(model, "se") == near(core["lmm_ri_REML"]["se"], 1e-4)


def test_random_slopes(models):
    """The three slope models as published, correlation computed from full precision."""
    only, both = models["slope_only"], models["slope_correlated"]
    assert round(only["variance"]["age_cen"]["var"], 3) == 0.004
    assert round(only["stats"]["llf"], 3) == -21469.924
    assert round(both["variance"]["group"]["var"], 3) == 8.655
    assert round(both["variance"]["age_cen"]["var"], 3) == 0.004
    assert round(both["stats"]["llf"], 3) == -21413.619
    assert round(both["correlation"]["group,age_cen"], 2) == 0.63


def test_independent_slopes(models, core):
    """Independent intercepts and slopes need `re_formula`; then they agree with statsmodels."""
    model, reference = models["slope_independent"], core["lmm_indep_REML"]
    assert model["stats"]["llf"] == pytest.approx(reference["llf"], abs=1e-3)
    assert set(model["variance"]) == {"group", "age_cen"}


@pytest.mark.parametrize("name", ["slope_only", "slope_independent", "slope_correlated"])
def test_the_boundary_warning_is_said_in_words(models, built, name):
    """Each slope model carries the published warning; the report says it and what it means."""
    texts = [note["text"] for note in models[name]["notes"] if note["code"].startswith("boundary")]
    assert texts
    assert "boundary" in (built / "report.html").read_text(encoding="utf-8")


def test_a_missing_random_intercept_is_said(models, built):
    """`slope_only` calls itself independent but has no random intercept; the report says so."""
    codes = {note["code"] for note in models["slope_only"]["notes"]}
    assert "no-random-intercept" in codes
    assert "random intercept" in (built / "report.html").read_text(encoding="utf-8")


def test_multilevel_logistic_regression(models, golden):
    """Maximum likelihood, which the case study lacked: glmer's numbers with quadrature."""
    expected = golden("nhanes_multilevel_R")["2015_2016"]["glmer_nAGQ10"]
    model = models["smoke_mixed"]
    assert coefs(model, "estimate") == near(expected["coef"], 2e-4)
    assert coefs(model, "se") == near(expected["se"], 2e-3)
    assert model["stats"]["llf"] == pytest.approx(expected["logLik"], abs=1e-3)


def test_every_model_has_numbers_and_no_nan(results):
    """25 models, none failed; the file is strict JSON, with null for what is not defined."""
    assert len(results["models"]) == 25
    assert {model["status"] for model in results["models"].values()} <= {"ok", "warning"}
    json.loads(json.dumps(results, allow_nan=False))


def test_the_claim_holds(results):
    """The standard error for age grows by at least a third when clustering is respected."""
    assert [claim["holds"] for claim in results["claims"]] == [True]


def test_prose_takes_its_numbers_from_the_store(built):
    """What the sentences say is what results.json says, rounded by the rules of tables."""
    text = " ".join((built / "report.html").read_text(encoding="utf-8").split())
    for sentence in (
        "5,102 participants with complete data fall into 30 masked variance units of 106 to 226",
        "drops to 0.019, and given all covariates to 0.013",
        "differ by 2.69 mmHg on average; the ICC is 0.014",
    ):
        assert sentence in text
