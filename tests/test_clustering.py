"""`table: clustering` on the case study: the published standard errors, and what hangs on them."""

from __future__ import annotations

import csv
import json

import pytest

from reportgen.cli import main

SPEC = """\
reportgen: 1
title: Clustering
datasets:
  nhanes:
    source: nhanes_2015_2016.csv
    columns: {BPXSY1: Systolic blood pressure (mmHg), RIDAGEYR: Age (years), RIAGENDR: Sex,
              RIDRETH1: Race/ethnicity, DMDEDUC2: Education, BMXBMI: Body mass index (kg/m²),
              SMQ020: Smoked, SDMVSTRA: Stratum, SDMVPSU: Unit}
    sample: [{complete: all}]
    recodes:
      group: 10 * SDMVSTRA + SDMVPSU
      smq: {map: SMQ020, values: {1: 1, 2: 0, 7: missing, 9: missing}, label: Ever smoker}
      sex: {map: RIAGENDR, values: {1: Male, 2: Female}, label: Sex}
models:
  sbp: {kind: ols, formula: BPXSY1 ~ RIDAGEYR + sex + BMXBMI + C(RIDRETH1)}
  sbp_gee: {kind: gee, like: sbp, groups: group}
  smoke: {kind: gee, groups: group, family: binomial, formula: smq ~ RIDAGEYR + sex + BMXBMI}
report:
  - {table: clustering, models: [sbp, sbp_gee], re_formula: 1 + RIDAGEYR}
  - {table: clustering, models: smoke, exponentiate: true}
output: {formats: [html, csv]}
"""
AGE = {
    "OLS": 0.0129, "Cluster-robust": 0.0192, "GEE": 0.0185, "GEE, bias-reduced": 0.0194,
    "Random intercept": 0.0130, "Random slope": 0.0178,
}  # fmt: skip


@pytest.fixture(scope="module")
def built(shared, tmp_path_factory):
    out = tmp_path_factory.mktemp("clustering")
    spec = out / "clustering.yaml"
    spec.write_text(SPEC.replace("[html, csv]", "[html]"), encoding="utf-8")
    assert main(["build", str(spec), "--data-dir", str(shared / "data"), "--out", str(out)]) == 0
    return out / "clustering"


def table(built, number):
    """The table as CSV: a row by its panel and term, its cells by their columns."""
    (file,) = (built / "tables").glob(f"{number:02}-*.csv")
    with file.open(encoding="utf-8") as lines:
        head, *rows = list(csv.reader(lines))
    return {(row[0], row[1]): dict(zip(head[2:], row[2:], strict=True)) for row in rows}


def test_the_standard_errors_of_age(built):
    """A random intercept does not mend what a slope that varies by cluster does; each other way
    of respecting clusters makes the standard error of age half as large again.
    """
    row = table(built, 1)["Standard error", "Age (years)"]
    assert {name: round(float(value), 4) for name, value in row.items()} == AGE


def test_ratios_and_design_effects(built):
    """Each is against least squares; the design effect is the square of the ratio."""
    rows = table(built, 1)
    ratio = rows["Ratio of standard errors", "Age (years)"]
    effect = rows["Design effect", "Age (years)"]
    errors = rows["Standard error", "Age (years)"]
    for name in AGE:
        expected = float(errors[name]) / float(errors["OLS"])
        assert float(ratio[name]) == pytest.approx(expected)
        assert float(effect[name]) == pytest.approx(expected**2)


def test_the_varying_slope_is_said_in_words(built):
    """The note names age, and no other term, as one that a random slope would tell more of."""
    page = (built / "report.html").read_text(encoding="utf-8")
    assert "Age (years): a random intercept leaves the standard error far below" in page


def test_a_conclusion_changes(built):
    """Body mass index and smoking: told from nothing by the GLM (1.009, p 0.040) alone."""
    rows = table(built, 2)
    p = {name: float(v) for name, v in rows["p", "Body mass index (kg/m²)"].items()}
    assert p["GLM"] == pytest.approx(0.040, abs=1e-3)
    assert p["GEE"] == pytest.approx(0.279, abs=1e-3)  # statsmodels: 1.006, 0.995 to 1.018
    estimate = rows["Exponential of the estimate", "Body mass index (kg/m²)"]
    assert [round(float(estimate[name]), 3) for name in ("GLM", "GEE")] == [1.009, 1.006]
    page = (built / "report.html").read_text(encoding="utf-8")
    assert "Conclusions hang on how clusters are respected for Body mass index (kg/m²)." in page
    assert "told from no effect at the 95% level by GLM" in page


def test_the_fits_of_a_table_are_no_models_of_the_spec(built, keeps_contract):
    """results.json holds what the author asked for: three models."""
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))
    keeps_contract(results)
    assert list(results["models"]) == ["sbp", "sbp_gee", "smoke"]
