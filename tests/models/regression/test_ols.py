"""Least squares against R: estimates, every kind of standard error, intervals, statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from reportgen.core.errors import DataError, FitError

# R's names of coefficients → ours.
CARS = {"Intercept": "Intercept", "wt": "wt", "hp": "hp", "cylf6": "C(cyl)[T.6]",
        "cylf8": "C(cyl)[T.8]"}  # fmt: skip
CROSSED = {
    "Intercept": "Intercept", "wt": "wt", "cylf6": "C(cyl)[T.6]", "cylf8": "C(cyl)[T.8]",
    "wt:cylf6": "wt:C(cyl)[T.6]", "wt:cylf8": "wt:C(cyl)[T.8]",
}  # fmt: skip
WARP = {
    "Intercept": "Intercept", "woolB": "wool[T.B]",
    "tensionM": "C(tension, Treatment(\"L\"))[T.M]",
    "tensionH": "C(tension, Treatment(\"L\"))[T.H]",
    "woolB:tensionM": "wool[T.B]:C(tension, Treatment(\"L\"))[T.M]",
    "woolB:tensionH": "wool[T.B]:C(tension, Treatment(\"L\"))[T.H]",
}  # fmt: skip
CASES = {
    "lm": ("mtcars", "mpg ~ wt + hp + C(cyl)", CARS),
    "lm_interaction": ("mtcars", "mpg ~ wt * C(cyl)", CROSSED),
}
ROBUST = ("HC0", "HC1", "HC2", "HC3")


def near(value):
    return pytest.approx(value, rel=1e-9)


def errors(result, names):
    return {r: result.coef[ours].se for r, ours in names.items()}


@pytest.fixture(scope="module", params=[*CASES, "warpbreaks"])
def case(request, golden, shared):
    """(table, formula, names, R's numbers)"""
    if request.param == "warpbreaks":
        table = pd.read_csv(shared / "golden" / "data" / "warpbreaks.csv")
        formula = 'breaks ~ wool * C(tension, Treatment("L"))'
        return table, formula, WARP, golden("public_R")["warpbreaks"]["lm"]
    data, formula, names = CASES[request.param]
    table = pd.read_csv(shared / "golden" / "data" / f"{data}.csv")
    return table, formula, names, golden("public_R")[data][request.param]


def test_estimates_and_model_based_errors(case, fit):
    """Coefficients, standard errors, t, p and intervals by t with n - p degrees of freedom."""
    table, formula, names, r = case
    result = fit("ols", table, formula=formula)
    found = {mine: result.coef[ours] for mine, ours in names.items()}
    assert {name: coef.estimate for name, coef in found.items()} == near(r["coef"])
    assert {name: coef.se for name, coef in found.items()} == near(r["se"])
    assert {name: coef.statistic for name, coef in found.items()} == near(r["stat"])
    assert {name: coef.p for name, coef in found.items()} == near(r["p"])
    assert {coef.df for coef in found.values()} == {r["df_resid"]}
    for name, limits in zip(r["confint"]["names"], r["confint"]["matrix"], strict=True):
        assert [found[name].low, found[name].high] == near(limits)


def test_statistics_of_the_model(case, fit):
    """R², adjusted R² and the log-likelihood are R's; AIC counts the variance one less."""
    table, formula, _, r = case
    stats = fit("ols", table, formula=formula).stats
    assert stats["rsquared"] == near(r["r2"])
    assert stats["rsquared_adj"] == near(r["r2_adj"])
    assert stats["scale"] == near(r["sigma"] ** 2)
    assert stats["llf"] == near(r["logLik"])
    assert stats["aic"] == near(r["AIC"] - 2)
    assert stats["bic"] == near(r["BIC"] - np.log(len(table)))


@pytest.mark.parametrize("kind", ROBUST)
def test_heteroscedasticity_consistent_errors(kind, case, fit):
    """HC0 to HC3 are those of R's sandwich."""
    table, formula, names, r = case
    result = fit("ols", table, formula=formula, cov_type=kind)
    assert errors(result, names) == near(r[kind])
    assert np.sqrt(np.diag(result.vcov)) == near([coef.se for coef in result.coef.values()])


NHANES = "BPXSY1 ~ RIDAGEYR + RIAGENDRx + BMXBMI + C(RIDRETH1)"


@pytest.fixture(scope="module")
def people(nhanes_csv):
    table = pd.read_csv(nhanes_csv)
    columns = ["BPXSY1", "RIDAGEYR", "RIAGENDR", "BMXBMI", "RIDRETH1", "SDMVSTRA", "SDMVPSU",
               "SMQ020", "DMDEDUC2"]  # fmt: skip
    table = table[columns].dropna()
    table["group"] = 10 * table.SDMVSTRA + table.SDMVPSU
    table["RIAGENDRx"] = table.RIAGENDR.map({1: "Male", 2: "Female"})
    return table


def test_clusters_of_the_case_study(people, fit, golden):
    """Cluster-robust as R's vcovCL (HC1) without its second factor G/(G - 1), and statsmodels';
    t with 29 degrees of freedom.
    """
    result = fit("ols", people, formula=NHANES, cov_type="cluster", groups="group")
    core = golden("nhanes_core_statsmodels")["2015_2016"]["ols"]
    assert {name: coef.se for name, coef in result.coef.items()} == near(core["cluster"])
    plain = golden("nhanes_gee_extras_R")["2015_2016"]["lm_vcovCL_HC1_cadj"]
    assert {name: coef.se for name, coef in result.coef.items()} == near(plain)
    assert {coef.df for coef in result.coef.values()} == {29.0}
    assert [note.code for note in result.notes] == ["few-clusters"]


@pytest.mark.parametrize("kind", ROBUST)
def test_unequal_spread_in_the_case_study(kind, people, fit, golden):
    """HC0 to HC3 on 5,102 people."""
    result = fit("ols", people, formula=NHANES, cov_type=kind)
    core = golden("nhanes_core_statsmodels")["2015_2016"]["ols"]
    assert {name: coef.se for name, coef in result.coef.items()} == near(core[kind])


@pytest.fixture(scope="module")
def weighted():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.normal(size=60), "w": 0.2 + rng.random(60)})
    table["site"] = np.repeat(np.arange(12), 5)
    table["y"] = 1 + 0.5 * table.x + rng.normal(size=60) / np.sqrt(table.w)
    return table


@pytest.mark.parametrize("kind", ["nonrobust", *ROBUST, "cluster"])
def test_weighted_least_squares(kind, weighted, fit):
    """Every covariance of weighted least squares is statsmodels'."""
    options = {"groups": "site"} if kind == "cluster" else {}
    result = fit("wls", weighted, formula="y ~ x", weights="w", cov_type=kind, **options)
    clusters = {"groups": weighted.site} if kind == "cluster" else None
    model = smf.wls("y ~ x", weighted, weights=weighted.w)
    reference = model.fit(cov_type=kind, cov_kwds=clusters, use_t=True)
    assert [coef.estimate for coef in result.coef.values()] == near(list(reference.params))
    assert [coef.se for coef in result.coef.values()] == near(list(reference.bse))
    assert [coef.p for coef in result.coef.values()] == near(list(reference.pvalues))
    assert result.stats["llf"] == near(reference.llf)
    assert result.stats["rsquared"] == near(reference.rsquared)


def test_units_play_no_part(weighted, fit):
    """A covariate in units of 1e-8 or 1e12 gives the same t and p."""
    plain = fit("ols", weighted, formula="y ~ x").coef["x"]
    for unit in (1e-8, 1e12):
        scaled = weighted.assign(x=weighted.x * unit)
        found = fit("ols", scaled, formula="y ~ x")
        assert found.notes == ()
        assert found.coef["x"].estimate == near(plain.estimate / unit)
        assert found.coef["x"].p == near(plain.p)


def test_terms_that_repeat_each_other_are_withheld(weighted, fit):
    """What is twice another has no estimate, nor has the other; the intercept keeps its own."""
    table = weighted.assign(x2=2 * weighted.x, z=np.sin(np.arange(60)))
    result = fit("ols", table, formula="y ~ x + x2 + z")
    assert (result.coef["x"].estimate, result.coef["x2"].estimate) == (None, None)
    (note,) = result.notes
    assert (note.code, note.coefs) == ("rank-deficient", ("x", "x2"))
    reference = fit("ols", table, formula="y ~ x + z")
    assert result.coef["z"].estimate == near(reference.coef["z"].estimate)
    assert result.coef["z"].se == near(reference.coef["z"].se)
    assert "x" not in result.wald
    assert result.wald["z"].p == near(reference.wald["z"].p)


def test_nothing_that_can_be_told_apart_is_a_failed_fit(weighted, fit):
    """Where no term has an estimate of its own there is nothing to show."""
    with pytest.raises(FitError, match="`x2` is determined by the other terms"):
        fit("ols", weighted.assign(x2=2 * weighted.x), formula="y ~ x + x2")


def test_a_level_of_one_row(weighted, fit):
    """The row of a level that no other has is met exactly: robust errors see no spread there."""
    table = weighted.assign(c=["only", *["a", "b"] * 29, "a"])
    formula = "y ~ x + C(c)"
    plain = fit("ols", table, formula=formula)
    assert [(note.code, note.coefs) for note in plain.notes] == [("leverage", ("C(c)[T.only]",))]
    reference = smf.ols(formula, table).fit()
    assert plain.coef["C(c)[T.only]"].se == near(reference.bse["C(c)[T.only]"])
    for kind in ROBUST:
        robust = fit("ols", table, formula=formula, cov_type=kind)
        assert [note.code for note in robust.notes] == ["leverage-robust"]
        assert robust.coef["C(c)[T.only]"].estimate is not None
        assert robust.coef["C(c)[T.only]"].se is None
        rest = fit("ols", table[table.c != "only"], formula=formula, cov_type=kind)
        factor = 60 / 56 / (59 / 56) if kind == "HC1" else 1
        assert robust.coef["x"].se == near(rest.coef["x"].se * np.sqrt(factor))


def test_a_level_of_one_cluster(weighted, fit):
    """A level that one cluster alone has: its cluster-robust error is withheld."""
    table = weighted.assign(c=np.where(weighted.site == 0, "solo", np.tile(["a", "b"], 30)))
    result = fit("ols", table, formula="y ~ x + C(c)", cov_type="cluster", groups="site")
    notes = {note.code: note.coefs for note in result.notes}
    assert notes["one-cluster-level"] == ("C(c)[T.solo]",)
    assert result.coef["C(c)[T.solo]"].estimate is not None
    assert result.coef["C(c)[T.solo]"].se is None
    assert result.coef["x"].se is not None


def test_one_cluster_is_none(weighted, fit):
    """Cluster-robust errors of one cluster, or of one row each, are refused."""
    with pytest.raises(DataError, match="has one value"):
        fit("ols", weighted.assign(site=1), formula="y ~ x", cov_type="cluster", groups="site")
    alone = weighted.assign(site=range(60))
    with pytest.raises(DataError, match="every row is a cluster of its own"):
        fit("ols", alone, formula="y ~ x", cov_type="cluster", groups="site")


def test_an_influential_cluster_is_named(weighted, fit):
    """A cluster that alone makes a slope is told, by its name and the coefficient it moves."""
    table = weighted.copy()
    table.loc[table.site == 3, "x"] += 40
    table.loc[table.site == 3, "y"] += 30
    result = fit("ols", table, formula="y ~ x", cov_type="cluster", groups="site")
    note = next(note for note in result.notes if note.code == "influential-clusters")
    assert note.level == "info"
    assert "`3`" in note.text
    assert "x" in note.coefs


def test_leaving_out_a_cluster_is_exact(weighted):
    """What a cluster's absence does to the estimates is what fitting without it shows."""
    from reportgen.models.engines.regressions.leastsquares import solve
    from reportgen.models.engines.sandwich import without

    X = np.column_stack([np.ones(60), weighted.x, weighted.x**2])
    y, w, codes = weighted.y.to_numpy(), weighted.w.to_numpy(), weighted.site.to_numpy()
    whole = solve(y, X, w)
    for cluster, shift in enumerate(without(codes, whole.influence)):
        rest = codes != cluster
        if np.square(whole.influence.q[~rest]).sum() > 0.2:
            assert whole.b - shift == pytest.approx(solve(y[rest], X[rest], w[rest]).b, rel=1e-9)


def test_as_many_coefficients_as_rows(fit):
    """A fit that meets every row has estimates and nothing to measure their error by."""
    table = pd.DataFrame({"y": [1.0, 2.0, 4.0], "c": ["a", "b", "c"]})
    result = fit("ols", table, formula="y ~ C(c)")
    assert [note.code for note in result.notes] == ["no-residual-df"]
    assert [coef.estimate for coef in result.coef.values()] == pytest.approx([1, 1, 3])
    assert {coef.se for coef in result.coef.values()} == {None}
    assert result.stats["rsquared_adj"] is None


def test_a_copy_of_the_outcome(weighted, fit):
    """What determines the outcome exactly has a coefficient and no standard error."""
    result = fit("ols", weighted.assign(q=3 * weighted.y + 1), formula="y ~ q")
    assert [note.code for note in result.notes] == ["perfect-fit"]
    assert result.coef["q"].estimate == pytest.approx(1 / 3)
    assert result.coef["q"].se is None
    assert result.wald == {}
