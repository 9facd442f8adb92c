"""Generalised estimating equations against statsmodels, R's gee and geepack, and by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.genmod import cov_struct
from statsmodels.genmod.generalized_estimating_equations import GEE

from reportgen.core.errors import DataError, FitError
from reportgen.models.marginal.gee import Gee

FORMULA = "resp ~ age + smoke + age:smoke"
CLUSTERS, SIZE = 25, 8


def numbers(result, key="estimate"):
    return [getattr(coef, key) for coef in result.coef.values()]


@pytest.fixture(scope="module")
def table():
    """200 rows in 25 clusters: outcomes for every family, units within clusters, visits."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(CLUSTERS), SIZE)
    x = rng.normal(size=g.size)
    shared, own = rng.normal(size=CLUSTERS)[g], rng.normal(size=g.size)
    eta = 0.4 + 0.3 * x + 0.4 * shared
    unit = np.tile(np.repeat([0, 1], SIZE // 2), CLUSTERS) + 2 * g
    return pd.DataFrame({
        "g": g, "x": x, "visit": np.tile(np.arange(SIZE), CLUSTERS), "unit": unit,
        "gaussian": eta + own, "binomial": (eta + own > 0.4).astype(float),
        "poisson": rng.poisson(np.exp(eta)).astype(float),
        "gamma": rng.gamma(2.0, np.exp(eta) / 2), "inverse_gaussian": rng.wald(np.exp(eta), 3.0),
        "negative_binomial": rng.negative_binomial(2, 1 / (1 + np.exp(eta) / 2)).astype(float),
        "tweedie": rng.poisson(np.exp(eta)) * rng.gamma(2.0, 1.0, g.size),
        "w": rng.uniform(0.5, 2.0, g.size), "wg": rng.uniform(0.5, 2.0, CLUSTERS)[g],
        "t": rng.uniform(1, 3, g.size),
    })  # fmt: skip


STRUCTURES = {
    "independence": cov_struct.Independence,
    "exchangeable": cov_struct.Exchangeable,
    "autoregressive": lambda: cov_struct.Autoregressive(grid=True),
    "unstructured": cov_struct.Unstructured,
    "stationary": lambda: cov_struct.Stationary(max_lag=2, grid=False),
}


@pytest.mark.parametrize("structure", list(STRUCTURES))
@pytest.mark.parametrize("cov_type", ["robust", "naive", "bias_reduced"])
def test_structures_are_those_of_statsmodels(fit, ohio, structure, cov_type):
    """On complete visits every structure gives statsmodels' estimates and all its covariances."""
    model = GEE.from_formula(
        FORMULA, "id", ohio.table, time=ohio.table["age"] + 2, family=sm.families.Binomial(),
        cov_struct=STRUCTURES[structure](),
    )  # fmt: skip
    expected = model.fit(ctol=1e-10, maxiter=200, cov_type=cov_type)
    result = fit(
        "gee", ohio.table, formula=FORMULA, groups="id", family="binomial", cov_struct=structure,
        time="age", max_lag=2, cov_type=cov_type,
    )  # fmt: skip
    assert list(result.coef) == list(expected.params.index)
    assert numbers(result) == pytest.approx(list(expected.params), rel=1e-8)
    assert numbers(result, "se") == pytest.approx(list(expected.bse), rel=1e-8)
    assert np.array(result.vcov) == pytest.approx(expected.cov_params().to_numpy(), rel=1e-7)


@pytest.mark.parametrize(
    ("structure", "key"), [("independence", "independence"), ("exchangeable", "exchangeable")]
)
def test_the_textbook_data_are_as_in_r(fit, ohio, golden, structure, key):
    """R's `gee` divides as statsmodels does: 1e-6. geepack divides by n: 1e-3 and 1e-4."""
    result = fit(
        "gee", ohio.table, formula=FORMULA, groups="id", family="binomial", cov_struct=structure
    )
    reference = golden("public_R")["ohio"]
    gee, geepack = reference[f"geepkg_{key}"], reference[f"geepack_{key}"]
    assert numbers(result) == pytest.approx(list(gee["coef"].values()), rel=1e-6)
    assert numbers(result, "se") == pytest.approx(list(gee["se_robust"].values()), rel=1e-6)
    assert numbers(result) == pytest.approx(list(geepack["coef"].values()), rel=1e-3)
    assert numbers(result, "se") == pytest.approx(list(geepack["se"].values()), rel=1e-4)
    if structure == "exchangeable":
        assert result.icc == pytest.approx(gee["working_corr"][0][1], rel=1e-6)


def test_bias_reduced_least_squares_is_the_cluster_jackknife(fit, golden, complete):
    """Under independence Mancl and DeRouen's covariance is Σ of the squared changes when a cluster
    is left out; R's cluster HC3 is (G - 1) / G of it.
    """
    result = fit(
        "gee", complete, formula="BPXSY1 ~ RIDAGEYR + RIAGENDRx + BMXBMI + C(RIDRETH1)",
        groups="group", cov_struct="independence", cov_type="bias_reduced",
    )  # fmt: skip
    expected = golden("nhanes_gee_extras_R")["2015_2016"]["lm_vcovCL_HC3"]
    for name, se in expected.items():
        assert result.coef[name].se == pytest.approx(se * (30 / 29) ** 0.5, rel=1e-9), name
    assert {coef.df for coef in result.coef.values()} == {30 - 8}


@pytest.mark.parametrize("family", [
    "gaussian", "binomial", "poisson", "gamma", "inverse_gaussian", "negative_binomial", "tweedie",
])  # fmt: skip
def test_families_are_those_of_statsmodels(fit, table, family):
    """Every family by its usual link (log where that can leave the range) is statsmodels'."""
    made = {
        "gaussian": sm.families.Gaussian(), "binomial": sm.families.Binomial(),
        "poisson": sm.families.Poisson(), "gamma": sm.families.Gamma(sm.families.links.Log()),
        "inverse_gaussian": sm.families.InverseGaussian(sm.families.links.Log()),
        "negative_binomial": sm.families.NegativeBinomial(alpha=0.5),
        "tweedie": sm.families.Tweedie(var_power=1.5),
    }  # fmt: skip
    keys = {
        "gamma": {"link": "log"}, "inverse_gaussian": {"link": "log"},
        "negative_binomial": {"alpha": 0.5}, "tweedie": {"var_power": 1.5},
    }.get(family, {})  # fmt: skip
    expected = GEE.from_formula(
        f"{family} ~ x", "g", table, family=made[family], cov_struct=cov_struct.Exchangeable()
    ).fit(ctol=1e-10, maxiter=300)
    result = fit("gee", table, formula=f"{family} ~ x", groups="g", family=family, **keys)
    assert numbers(result) == pytest.approx(list(expected.params), rel=1e-7)
    assert numbers(result, "se") == pytest.approx(list(expected.bse), rel=1e-7)
    assert result.icc == pytest.approx(float(expected.cov_struct.dep_params), rel=1e-6)
    assert result.stats["scale"] == pytest.approx(float(expected.scale), rel=1e-7)


def test_offset_and_exposure_are_those_of_statsmodels(fit, table):
    """An offset is added to the linear predictor, an exposure by its logarithm."""
    expected = GEE.from_formula(
        "poisson ~ x", "g", table, family=sm.families.Poisson(), exposure=table["t"],
        offset=table["w"], cov_struct=cov_struct.Exchangeable(),
    ).fit(maxiter=300)  # fmt: skip
    result = fit(
        "gee", table, formula="poisson ~ x", groups="g", family="poisson", exposure="t", offset="w"
    )
    assert numbers(result) == pytest.approx(list(expected.params), rel=1e-7)
    assert numbers(result, "se") == pytest.approx(list(expected.bse), rel=1e-7)


def test_nested_correlations_are_those_of_statsmodels(fit, table):
    """With ids that do not repeat, the nested structure is statsmodels'."""
    expected = GEE(
        table["gaussian"], sm.add_constant(table["x"]), groups=table["g"],
        cov_struct=cov_struct.Nested(), dep_data=table[["unit"]],
    ).fit(ctol=1e-10, maxiter=200)  # fmt: skip
    result = fit(
        "gee", table, formula="gaussian ~ x", groups="g", cov_struct="nested", dep_data=("unit",)
    )
    assert numbers(result) == pytest.approx(list(expected.params), rel=1e-7)
    assert numbers(result, "se") == pytest.approx(list(expected.bse), rel=1e-6)
    shares = np.cumsum(expected.cov_struct.vcomp_coeff) / expected.cov_struct.scale
    assert list(result.working.values.values()) == pytest.approx(list(shares), rel=1e-6)


def test_nested_ids_that_repeat_are_units_of_their_own(fit, table):
    """Ids 0 and 1 in every cluster are other units in each, and the report says so."""
    keys = {"formula": "gaussian ~ x", "groups": "g", "cov_struct": "nested"}
    unique = fit("gee", table, dep_data=("unit",), **keys)
    repeated = fit("gee", table.assign(unit=table["unit"] % 2), dep_data=("unit",), **keys)
    assert numbers(repeated) == pytest.approx(numbers(unique), rel=1e-12)
    assert "ids-repeat" in {note.code for note in repeated.notes}
    assert "ids-repeat" not in {note.code for note in unique.notes}


def test_weights_under_independence_are_those_of_statsmodels(fit, table):
    """Where rows are taken as independent every convention of weights gives one robust fit."""
    expected = GEE.from_formula("gaussian ~ x", "g", table, weights=table["w"]).fit()
    result = fit(
        "gee", table, formula="gaussian ~ x", groups="g", weights="w", cov_struct="independence"
    )
    assert numbers(result) == pytest.approx(list(expected.params), rel=1e-8)
    assert numbers(result, "se") == pytest.approx(list(expected.bse), rel=1e-8)
    assert result.stats["scale"] == pytest.approx(float(expected.scale), rel=1e-8)


def dense(table, weights, rho):
    """β and its robust covariance for a known ρ, written with whole matrices: V = W^-½ R W^-½."""
    bread, score, parts = np.zeros((2, 2)), np.zeros(2), []
    for _, rows in table.groupby("g"):
        X = np.column_stack([np.ones(len(rows)), rows["x"]])
        R = np.full((len(rows), len(rows)), rho) + (1 - rho) * np.eye(len(rows))
        root = np.diag(rows[weights] ** -0.5)
        inverse = np.linalg.inv(root @ R @ root)
        bread += X.T @ inverse @ X
        score += X.T @ inverse @ rows["gaussian"].to_numpy()
        parts.append((X, inverse, rows["gaussian"].to_numpy()))
    beta = np.linalg.solve(bread, score)
    meat = [X.T @ inverse @ (y - X @ beta) for X, inverse, y in parts]
    return beta, np.linalg.solve(bread, np.linalg.solve(bread, sum(np.outer(u, u) for u in meat)).T)


@pytest.mark.parametrize("weights", ["w", "wg"])
def test_weights_are_inverse_variances(fit, table, weights):
    """V = A^½ W^-½ R W^-½ A^½, as in geepack and SAS, held against whole matrices."""
    result = fit("gee", table, formula="gaussian ~ x", groups="g", weights=weights)
    beta, covariance = dense(table, weights, result.icc)
    assert numbers(result) == pytest.approx(list(beta), rel=1e-9)
    assert np.array(result.vcov) == pytest.approx(covariance, rel=1e-9)


def test_the_correlation_of_weighted_rows_takes_their_own_weights(fit, table):
    """ρ is the moment of √w·r of the rows themselves (statsmodels takes other rows' weights)."""
    result = fit("gee", table, formula="gaussian ~ x", groups="g", weights="wg")
    w = table["wg"] / table["wg"].mean()
    b0, b1 = numbers(result)
    e = np.sqrt(w) * (table["gaussian"] - b0 - b1 * table["x"])
    sums = e.groupby(table["g"]).sum() ** 2 - (e**2).groupby(table["g"]).sum()
    pairs, n = CLUSTERS * SIZE * (SIZE - 1) / 2, CLUSTERS * SIZE
    expected = sums.sum() / 2 / (pairs - 2) / ((e**2).sum() / (n - 2))
    assert result.icc == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("structure", "key", "qicu", "cic"),
    [
        ("independence", "independence", 1e-9, 1e-6),
        ("exchangeable", "exchangeable", 1e-6, 1e-3),  # geepack's Ω is of a refit by independence
        ("autoregressive", "ar1", 1e-3, 5e-2),  # and its ρ by another estimator
    ],
)
def test_criteria_are_geepacks(fit, ohio, golden, structure, key, qicu, cic):
    """QICu and the trace of the textbook data; geepack divides the trace by φ as estimated, though
    its quasi-likelihood is at φ = 1.
    """
    result = fit(
        "gee", ohio.table, formula=FORMULA, groups="id", family="binomial", time="age",
        cov_struct=structure,
    )  # fmt: skip
    reference = golden("public_R")["ohio"][f"geepack_{key}_scalefix"]
    expected, scale, stats = reference["QIC"], reference["scale"], result.stats
    assert stats["qicu"] == pytest.approx(expected["QICu"], rel=qicu)
    assert stats["cic"] == pytest.approx(expected["CIC"] * scale, rel=cic)
    assert stats["qic"] == pytest.approx(stats["qicu"] - 2 * 4 + 2 * stats["cic"])
    assert {"aic", "bic", "llf"}.isdisjoint(stats)


def test_the_criteria_of_a_normal_outcome_stand_at_its_scale(fit, table):
    """At its own scale QICu is n - p + 2p whatever the fit: a constant that compares nothing, so
    tables put the models that they compare at one scale.
    """
    result = fit("gee", table, formula="gaussian ~ x", groups="g", cov_struct="independence")
    n, p = len(table), 2
    assert result.stats["qicu"] == pytest.approx(n - p + 2 * p)
    assert -2 * result.stats["quasi"] == pytest.approx(result.stats["scale"] * (n - p))


# ── times ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def gaps(table):
    """Visits with gaps: a third of the rows left out."""
    return table[np.random.default_rng(8).random(len(table)) > 0.34]


def test_gaps_in_time_are_distances(fit, gaps):
    """With gaps ρ is a fixed point of statsmodels' own estimator over all pairs, and the working
    correlation is ρ to the power of the distance (in statsmodels: of the positions).
    """
    result = fit(
        "gee", gaps, formula="gaussian ~ x", groups="g", cov_struct="autoregressive", time="visit"
    )
    rho = result.working.values["1"]
    model = GEE.from_formula(
        "gaussian ~ x", "g", gaps, time=gaps["visit"],
        cov_struct=cov_struct.Autoregressive(grid=False),
    )  # fmt: skip
    model.scaletype, model.ddof_scale = None, 2
    model.update_cached_means(np.array(numbers(result)))
    model.cov_struct.dep_params = rho
    model.cov_struct.update(numbers(result))
    assert 0.05 < rho < 0.9
    assert rho == pytest.approx(float(model.cov_struct.dep_params), abs=1e-6)
    bread, score = np.zeros((2, 2)), np.zeros(2)
    for _, rows in gaps.groupby("g"):
        X = np.column_stack([np.ones(len(rows)), rows["x"]])
        R = rho ** np.abs(np.subtract.outer(rows["visit"].to_numpy(), rows["visit"].to_numpy()))
        bread += X.T @ np.linalg.solve(R, X)
        score += X.T @ np.linalg.solve(R, rows["gaussian"].to_numpy())
    assert numbers(result) == pytest.approx(list(np.linalg.solve(bread, score)), rel=1e-8)
    assert "irregular-times" in {note.code for note in result.notes}


@pytest.mark.parametrize("structure", ["autoregressive", "stationary", "unstructured"])
def test_the_order_of_rows_plays_no_part(fit, table, structure):
    """Shuffled rows give the same fit: rows are sorted by cluster and time."""
    keys = {"formula": "gaussian ~ x", "groups": "g", "cov_struct": structure, "time": "visit"}
    sorted_ = fit("gee", table, **keys)
    shuffled = fit("gee", table.sample(frac=1, random_state=2), **keys)
    assert numbers(shuffled) == pytest.approx(numbers(sorted_), rel=1e-10)
    assert numbers(shuffled, "se") == pytest.approx(numbers(sorted_, "se"), rel=1e-10)


def test_observations_come_in_the_order_of_the_data(table):
    """Fitted means are those of the rows as they stand in the data, however they were sorted."""
    from reportgen.core.types import Facts, Frame

    mixed = table.sample(frac=1, random_state=2)
    frame = Frame(mixed, Facts("d", len(mixed), len(mixed), "0" * 64))
    live = Gee().fit(Gee.Options(formula="gaussian ~ x", groups="g"), frame)
    fitted = Gee().augment(live)["fitted"]
    b0, b1 = live.estimate.solution.beta
    assert list(fitted) == pytest.approx(list(b0 + b1 * mixed["x"]), rel=1e-12)


def test_equal_gaps_of_any_length_are_a_grid(fit, table):
    """Visits at 0, 10, 20 … are as regular as 0, 1, 2 …; ρ belongs to a distance of 10."""
    keys = {"formula": "gaussian ~ x", "groups": "g", "cov_struct": "autoregressive"}
    ones = fit("gee", table, time="visit", **keys)
    tens = fit("gee", table.assign(visit=10 * table["visit"]), time="visit", **keys)
    assert tens.working.values == {"10": pytest.approx(ones.working.values["1"])}


def test_unstructured_takes_any_labels_of_times(fit, table):
    """Times are labels: text, or numbers with gaps, give the matrix of their pairs."""
    keys = {"formula": "gaussian ~ x", "groups": "g", "cov_struct": "unstructured"}
    few = table[table["visit"] < 3]
    named = few.assign(visit=few["visit"].map({0: "a", 1: "b", 2: "c"}))
    result = fit("gee", named, time="visit", **keys)
    assert list(result.working.values) == ["a,b", "a,c", "b,c"]
    assert result.working.matrix[0][1] == result.working.values["a,b"]
    assert numbers(result) == pytest.approx(numbers(fit("gee", few, time="visit", **keys)))


@pytest.mark.parametrize(
    ("structure", "change", "code"),
    [
        ("autoregressive", lambda t: t.assign(visit=0), "repeated-time"),
        ("autoregressive", lambda t: t.assign(visit=t["visit"].astype(str)), "time-type"),
        ("stationary", lambda t: t.assign(visit=t["visit"] + 0.5), "time-whole"),
    ],
)
def test_times_that_are_none_are_wrong_data(fit, table, structure, change, code):
    """Rows whose order is not known, or whose distances are no numbers, are told, not guessed."""
    with pytest.raises(DataError) as caught:
        fit(
            "gee", change(table), formula="gaussian ~ x", groups="g", cov_struct=structure,
            time="visit",
        )  # fmt: skip
    assert caught.value.problems[0].code == code


def test_too_few_clusters_for_an_unstructured_correlation(fit, table):
    """Pathology 79: where two times meet in no more clusters than there are coefficients, the
    moments divide by nothing; raw statsmodels stops with a foreign error.
    """
    thin = table[(table["visit"] != 3) | (table["g"] < 2)]
    with pytest.raises(FitError, match="where more than 2 are needed"):
        fit(
            "gee", thin, formula="gaussian ~ x", groups="g", cov_struct="unstructured",
            time="visit",
        )  # fmt: skip


# ── pathologies ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def plain():
    """200 rows of y on x in 20 clusters without any correlation."""
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(20), 10)
    x = rng.normal(size=200)
    return pd.DataFrame({
        "g": g.astype(float), "x": x, "y": 0.9 + 0.5 * x + rng.normal(size=200),
        "c": rng.choice(["a", "b", "c"], 200),
    })  # fmt: skip


def found(result):
    return {note.code: note.level for note in result.notes}


@pytest.mark.parametrize(("groups", "code"), [(np.zeros, "one-cluster"), (np.arange, "singletons")])
def test_clusters_that_are_none(fit, plain, groups, code):
    """Pathologies 71 and 72: one cluster (raw: SE 1e-17), every row a cluster of its own."""
    with pytest.raises(DataError) as caught:
        fit("gee", plain.assign(g=groups(len(plain))), formula="y ~ x", groups="g")
    assert caught.value.problems[0].code == code


def test_rows_without_a_cluster(fit, plain):
    """Pathologies 70 and 78: a row whose cluster is missing has no place, and is told."""
    holes = plain.assign(g=plain["g"].where(plain.index > 30))
    with pytest.raises(DataError) as caught:
        fit("gee", holes, formula="y ~ x", groups="g")
    assert caught.value.problems[0].code == "missing-clusters"


def test_four_clusters(fit, plain):
    """Pathology 73: few clusters are a warning that names the correction; with it, t with G - p."""
    four = plain.assign(g=np.repeat(np.arange(4), 50))
    robust = fit("gee", four, formula="y ~ x", groups="g")
    text = next(note.text for note in robust.notes if note.code == "few-clusters")
    assert "`cov_type: bias_reduced`" in text
    assert {coef.df for coef in robust.coef.values()} == {None}
    reduced = fit("gee", four, formula="y ~ x", groups="g", cov_type="bias_reduced")
    assert {coef.df for coef in reduced.coef.values()} == {2.0}
    assert all(a > b for a, b in zip(numbers(reduced, "se"), numbers(robust, "se"), strict=True))


@pytest.mark.parametrize(
    ("df", "cov_type", "expected"),
    [("normal", "bias_reduced", None), ("residual", "robust", 18.0), ("clusters", "robust", 19.0)],
)
def test_degrees_of_freedom_are_those_asked_for(fit, plain, df, cov_type, expected):
    """`df` decides, whatever the covariance: p and intervals by t or by the normal distribution."""
    from scipy.stats import norm, t

    result = fit("gee", plain, formula="y ~ x", groups="g", df=df, cov_type=cov_type)
    coef = result.coef["x"]
    law = norm if expected is None else t(expected)
    assert coef.df == expected
    assert coef.p == pytest.approx(2 * law.sf(abs(coef.statistic)))
    assert coef.high == pytest.approx(coef.estimate + law.ppf(0.975) * coef.se)


def test_more_coefficients_than_clusters(fit, plain):
    """Four clusters and five coefficients: said, and without degrees of freedom there is no p."""
    four = plain.assign(g=np.repeat(np.arange(4), 50))
    formula = "y ~ x + C(c) + I(x ** 2)"
    result = fit("gee", four, formula=formula, groups="g", cov_type="bias_reduced")
    assert found(result)["clusters-coefficients"] == "warning"
    assert numbers(result, "p") == [None] * 5
    assert None not in numbers(result, "se")


def test_a_negative_working_correlation_is_said(fit, plain):
    """Pathology 74: members of a cluster less alike than others."""
    means = plain.groupby("g")["y"].transform("mean")
    result = fit("gee", plain.assign(y=plain["y"] - means), formula="y ~ x", groups="g")
    assert -1 / 9 - 0.01 < result.icc < 0
    assert found(result)["negative-correlation"] == "info"


def test_autoregressive_without_time_is_a_problem_of_the_spec():
    """Pathology 75: raw statsmodels returns a correlation of zero."""
    options = Gee.Options(formula="y ~ x", groups="g", cov_struct="autoregressive")
    assert [problem.code for problem in Gee().check(options)] == ["missing-time"]


def test_convergence_is_tested_by_the_equations_themselves(plain):
    """Pathology 76: one iteration says `converged=True` in statsmodels; here the next step, in
    standard errors, must be nothing, and a point that is no solution has one that is something.
    """
    from reportgen.core.types import Facts, Frame

    event = plain.assign(y=(plain["y"] > 0.9).astype(float))
    frame = Frame(event, Facts("d", 200, 200, "0" * 64))
    live = Gee().fit(Gee.Options(formula="y ~ x", groups="g", family="binomial"), frame)
    solution, equations = live.estimate.solution, live.estimate.equations
    assert solution.step < 1e-9
    beta = solution.beta + np.array([0.0, 0.05])
    moved = equations.solution(equations.at(beta), solution.association)
    assert moved.step > 0.1


def test_rows_not_sorted_by_cluster(fit, plain):
    """Pathology 77: the order of rows changes nothing."""
    mixed = plain.sample(frac=1, random_state=1)
    assert numbers(fit("gee", mixed, formula="y ~ x", groups="g")) == pytest.approx(
        numbers(fit("gee", plain, formula="y ~ x", groups="g")), rel=1e-12
    )


@pytest.mark.parametrize("cov_type", ["robust", "bias_reduced"])
def test_a_category_of_one_cluster(fit, plain, cov_type):
    """Pathology 93: only one cluster tells of a level, so no robust standard error is given for
    it, and the others are as they would be without that cluster.
    """
    solo = plain.assign(c=plain["c"].where(plain["g"] != 3, "solo"))
    result = fit(
        "gee", solo, formula="y ~ C(c)", groups="g", cov_type=cov_type, cov_struct="independence"
    )
    without = fit(
        "gee", solo[solo["g"] != 3], formula="y ~ C(c)", groups="g", cov_type=cov_type,
        cov_struct="independence",
    )  # fmt: skip
    assert result.coef["C(c)[T.solo]"].se is None
    assert result.coef["C(c)[T.solo]"].p is None
    assert [c for note in result.notes for c in note.coefs] == ["C(c)[T.solo]"]
    for name, coef in without.coef.items():
        assert result.coef[name].se == pytest.approx(coef.se, rel=1e-8), name


def test_a_level_without_events(fit, plain):
    """Pathology 4: raw statsmodels gives -837 with a standard error of 0. Its coefficient is
    withheld, and the others are those of the rows that are left.
    """
    event = plain.assign(y=((plain["y"] > 0.9) & (plain["c"] != "c")).astype(float))
    keys = {"formula": "y ~ C(c) + x", "groups": "g", "family": "binomial"}
    result, rest = fit("gee", event, **keys), fit("gee", event[event["c"] != "c"], **keys)
    assert result.coef["C(c)[T.c]"].estimate is None
    assert result.coef["C(c)[T.c]"].se is None
    assert found(result)["separation"] == "warning"
    for name, coef in rest.coef.items():
        assert result.coef[name].estimate == pytest.approx(coef.estimate), name
        assert result.coef[name].se == pytest.approx(coef.se), name


def test_a_term_that_others_determine(fit, plain):
    """Pathology 38: raw statsmodels shares a slope out between x and 2x; both are withheld."""
    result = fit("gee", plain.assign(x2=2 * plain["x"]), formula="y ~ x + x2 + C(c)", groups="g")
    without = fit("gee", plain, formula="y ~ x + C(c)", groups="g")
    assert found(result)["rank-deficient"] == "warning"
    assert [result.coef[name].estimate for name in ("x", "x2")] == [None, None]
    assert result.coef["C(c)[T.b]"].se == pytest.approx(without.coef["C(c)[T.b]"].se)


def test_a_predictor_that_separates_the_outcome(fit, plain):
    """No estimate is finite, and none is shown."""
    with pytest.raises(FitError) as caught:
        fit(
            "gee", plain.assign(y=(plain["x"] > 0).astype(float)), formula="y ~ x", groups="g",
            family="binomial",
        )  # fmt: skip
    assert caught.value.problems[0].code == "separation"


def test_ids_that_begin_again(fit, plain):
    """Ids 0 to 4 in four sites, one site after the other: the report asks whether they repeat."""
    again = plain.assign(g=np.tile(np.repeat(np.arange(5), 10), 4))
    assert found(fit("gee", again, formula="y ~ x", groups="g"))["ids-repeat"] == "info"
    assert "ids-repeat" not in found(fit("gee", plain, formula="y ~ x", groups="g"))
    mixed = plain.sample(frac=1, random_state=1)
    assert "ids-repeat" not in found(fit("gee", mixed, formula="y ~ x", groups="g"))


def test_an_influential_cluster_is_told(fit, plain):
    """A cluster of other numbers moves the slope by more than a standard error."""
    odd = plain.assign(y=plain["y"] + 15 * plain["x"] * (plain["g"] == 7))
    assert "influential-clusters" in found(fit("gee", odd, formula="y ~ x", groups="g"))


def test_the_statsmodels_engine_is_checked_by_our_equations(fit, ohio):
    """`engine: statsmodels` gives the same numbers, and says which engine it was."""
    keys = {"formula": FORMULA, "groups": "id", "family": "binomial"}
    ours, theirs = (
        fit("gee", ohio.table, engine="fast", **keys),
        fit("gee", ohio.table, engine="statsmodels", **keys),
    )
    assert numbers(theirs) == pytest.approx(numbers(ours), rel=1e-7)
    assert numbers(theirs, "se") == pytest.approx(numbers(ours, "se"), rel=1e-7)
    assert (ours.method.engine, theirs.method.engine) == ("fast", "statsmodels")


def test_the_statsmodels_engine_refuses_other_equations(fit, table):
    """Weights mean something else in statsmodels: asked for together they are refused."""
    with pytest.raises(FitError, match="other equations"):
        fit("gee", table, formula="gaussian ~ x", groups="g", weights="w", engine="statsmodels")


def test_a_result_survives_as_plain_data(fit, ohio):
    """The working correlation is JSON data, and has no NaN."""
    from reportgen.core.digest import canonical, plain

    result = fit(
        "gee", ohio.table, formula=FORMULA, groups="id", family="binomial", time="age",
        cov_struct="unstructured",
    )  # fmt: skip
    assert json.loads(canonical(result)) == plain(result)
    assert np.array(result.working.matrix) == pytest.approx(np.array(result.working.matrix).T)
