"""The case study on the two other waves of NHANES: other data, the same page of YAML.

Regressions are held against statsmodels called by hand, mixed models against the highest REML
log-likelihood that R's nlme 3.1-162 (`lme`) or statsmodels 0.15.0 reached from their defaults.
"""

from __future__ import annotations

import json

import pytest

from reportgen.cli import main

COLUMNS = [
    "BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA",
    "SDMVPSU",
]  # fmt: skip
SBP = "BPXSY1 ~ RIDAGEYR + RIAGENDRx + BMXBMI + C(RIDRETH1)"
SMOKED = "smq ~ RIDAGEYR + RIAGENDRx + C(DMDEDUC2x)"

# Rows in the file, complete rows, clusters and their sizes, as R counts them.
PEOPLE = {"2003-2004": (5041, 3813, 30, 68, 218), "2011-2012": (5615, 4802, 31, 59, 216)}

# Log-likelihood, then variances and, where there is one, the covariance.
MIXED = {
    "2003-2004": {
        "sbp_mixed": (-16405.3897869, {"group": 5.8716893}),
        "slope_only": (-16458.6834251, {"age_cen": 0.0047308594}),
        "slope_independent": (-16410.7980925, {"group": 12.584402, "age_cen": 0.0053149883}),
        # nlme stops 0.016 lower; this is statsmodels' optimum.
        "slope_correlated": (-16405.2317007, {}),
    },
    "2011-2012": {
        "sbp_mixed": (-20191.3293075, {"group": 6.7822155}),
        # statsmodels stops 179 lower, and says that it converged.
        "slope_only": (-20247.0139085, {"age_cen": 0.0044089688}),
        "slope_independent": (-20192.2781769, {"group": 9.9586736, "age_cen": 0.004778995}),
        "slope_correlated": (-20186.8113807, {"group": 9.9540718, "age_cen": 0.0050132652}),
    },
}


class Wave:
    """One wave: its name, its report and its results."""

    def __init__(self, name, folder):
        self.name = name
        self.html = (folder / "report.html").read_text(encoding="utf-8")
        self.results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        self.models = self.results["models"]


@pytest.fixture(scope="module", params=PEOPLE)
def wave(request, shared, tmp_path_factory):
    """The reference spec as it stands, built with the parameters of another wave."""
    out = tmp_path_factory.mktemp(request.param)
    file = f"nhanes_{request.param.replace('-', '_')}.csv"
    code = main(
        [
            *("build", str(shared / "design" / "nhanes.yaml"), "--formats", "html"),
            *("--data-dir", str(shared / "data"), "--out", str(out)),
            *("--set", f"file={file}", "--set", f"wave={request.param}"),
        ]
    )
    assert code == 0
    return Wave(request.param, out / "nhanes")


@pytest.fixture(scope="module")
def people(wave, shared):
    """The wave's complete cases, prepared with pandas alone."""
    import pandas as pd

    table = pd.read_csv(shared / "data" / f"nhanes_{wave.name.replace('-', '_')}.csv")
    table = table[COLUMNS].dropna()
    education = {1: "lt9", 2: "x9_11", 3: "HS", 4: "SomeCollege", 5: "College"}
    return table.assign(
        group=10 * table["SDMVSTRA"] + table["SDMVPSU"],
        smq=table["SMQ020"].map({1: 1, 2: 0}),
        RIAGENDRx=table["RIAGENDR"].map({1: "Male", 2: "Female"}),
        DMDEDUC2x=table["DMDEDUC2"].map(education),
    )


def agrees(model, fit, relative):
    for name, coef in model["coef"].items():
        assert coef["estimate"] == pytest.approx(fit.params[name], rel=relative), name
        assert coef["se"] == pytest.approx(fit.bse[name], rel=relative), name


def test_the_people_analysed(wave, keeps_contract):
    """Rows, clusters and the title are those of the wave; the record keeps its contract."""
    dataset, model = wave.results["datasets"]["nhanes"], wave.models["sbp_gee"]
    size = model["group_size"]
    assert (dataset["rows_read"], dataset["n"], model["n_groups"], size["min"], size["max"]) == (
        PEOPLE[wave.name]
    )
    assert f"A case study with NHANES {wave.name.replace('-', '–')}" in wave.html
    keeps_contract(wave.results)


def test_linear_models(wave, people):
    """Least squares to nine digits, GEE to six."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    agrees(wave.models["sbp_ols"], smf.ols(SBP, people).fit(), 1e-9)
    gee = smf.gee(SBP, "group", people, cov_struct=sm.cov_struct.Exchangeable()).fit()
    agrees(wave.models["sbp_gee"], gee, 1e-6)
    assert wave.models["sbp_gee"]["icc"] == pytest.approx(gee.cov_struct.dep_params, rel=1e-6)


def test_logistic_models(wave, people):
    """GLM to eight digits, GEE to six."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    smoked, binomial = people.dropna(), sm.families.Binomial()
    glm = smf.glm(SMOKED, smoked, family=binomial).fit(tol=1e-12)
    agrees(wave.models["smoke_glm"], glm, 1e-8)
    structure = sm.cov_struct.Exchangeable()
    gee = smf.gee(SMOKED, "group", smoked, family=binomial, cov_struct=structure)
    agrees(wave.models["smoke_gee"], gee.fit(start_params=glm.params), 1e-6)


def test_mixed_models(wave):
    """Each mixed model stands at the highest likelihood that any program found, none below it."""
    for name, (llf, variances) in MIXED[wave.name].items():
        model = wave.models[name]
        assert model["stats"]["llf"] == pytest.approx(llf, abs=1e-3), name
        for component, variance in variances.items():
            assert model["variance"][component]["var"] == pytest.approx(variance, rel=1e-3), name


def test_nothing_looks_clean_that_is_not(wave):
    """What weakens a fit is a warning on it and a sentence in the report; no number is missing."""
    assert {model["status"] for model in wave.models.values()} <= {"ok", "warning"}
    for name in ("sbp_gee", "smoke_gee", "icc_age"):
        assert "few-clusters" in {note["code"] for note in wave.models[name]["notes"]}
    codes = {note["code"] for note in wave.models["slope_only"]["notes"]}
    assert "no-random-intercept" in codes
    for model in wave.models.values():
        warned = [note for note in model["notes"] if note["level"] != "info"]
        assert (model["status"] == "warning") == bool(warned)
        assert all(coef["se"] and coef["se"] > 0 for coef in model["coef"].values())
    noise = [model["icc"] for name, model in wave.models.items() if name.startswith("icc_noise[")]
    assert max(map(abs, noise)) < 0.01


def test_a_search_that_went_wrong_is_said(wave):
    """Where statsmodels' own search stops 179 too low, the report says whose optimum it shows."""
    told = {
        name
        for name, model in wave.models.items()
        if "better-optimum" in {note["code"] for note in model["notes"]}
    }
    assert ("slope_only" in told) == (wave.name == "2011-2012")
    assert ("highest likelihood" in wave.html) == bool(told)
