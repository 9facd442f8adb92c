"""What raw statsmodels answers with a number, or with an error of its own, is told in words.

The inputs are those that were collected for MixedLM: one cluster, no variance, aliased effects,
other units, missing values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError, ReportgenError
from reportgen.models.multilevel import mixedlm_findings as findings

SLOPES = {"formula": "y ~ x", "groups": "g", "re_formula": "1 + x"}
INTERCEPT = {"formula": "y ~ x", "groups": "g"}


def codes(result):
    return {note.code for note in result.notes}


def refused(fitted, table, **options):
    """The problem of a fit that is refused."""
    with pytest.raises(ReportgenError) as caught:
        fitted(table, **options)
    (problem,) = caught.value.problems
    return type(caught.value), problem


@pytest.fixture
def flat(clustered):
    """Rows whose clusters do not differ: the variance between them is zero."""
    table = clustered(seed=1, between=0.0, slope=0.0)
    residual = table["y"] - table.groupby("g")["y"].transform("mean")
    return table.assign(y=residual + 0.5 * table["x"])


def test_one_cluster(fitted, clustered):
    """Raw: a variance of 1 with an error of 1.98e7."""
    kind, problem = refused(fitted, clustered().assign(g=1), **INTERCEPT)
    assert (kind, problem.code) == (DataError, "one-cluster")


def test_every_row_a_cluster(fitted, clustered):
    """Raw: a variance of 1, its error not a number."""
    table = clustered()
    kind, problem = refused(fitted, table.assign(g=range(len(table))), **INTERCEPT)
    assert (kind, problem.code) == (DataError, "singletons")


def test_every_row_a_level_of_a_component(fitted, clustered):
    """The same for a component within clusters: it is the residual by another name."""
    table = clustered().assign(id=lambda rows: range(len(rows)))
    _, problem = refused(fitted, table, **INTERCEPT, vc_formula={"id": "0 + C(id)"})
    assert (problem.code, problem.path) == ("singletons", ("vc_formula", "id"))


@pytest.mark.parametrize("engine", ["auto", "fast"])
def test_no_variance_between_clusters(fitted, flat, engine):
    """Raw: 1e-10, not converged, an error that is not a number. Here: zero, said, without error."""
    result = fitted(flat, **INTERCEPT, engine=engine)
    group = result.variance["g"]
    assert (group.var, group.sd, group.se, group.low, group.high) == (0, 0, None, None, None)
    (note,) = [note for note in result.notes if note.code == "boundary"]
    assert "the variance of `g` is estimated as zero" in note.text
    assert result.status == "warning"
    assert result.icc == 0
    assert {effect["g"].se for effect in result.random_effects.values()} == {None}
    assert {effect["g"].estimate for effect in result.random_effects.values()} == {0}


def test_a_slope_alone_has_no_share_of_the_variance(fitted, clustered):
    """It differs from row to row, so there is a share along the covariate and not one of all."""
    result = fitted(clustered(), formula="y ~ x", groups="g", re_formula="0 + x", engine="fast")
    assert result.icc is None
    assert "icc" not in result.spread
    assert result.icc_at["x"]


@pytest.mark.parametrize("options", [INTERCEPT, SLOPES])
def test_clusters_tell_what_their_rows_tell(live, clustered, options):
    """Score and information of each, by which a cluster's influence is found, and all together."""
    fit = live(clustered(), **options, engine="fast")
    scores, information = findings._by_sums(fit.point, fit.design, fit.clusters)
    by_rows = findings._by_rows(fit.point, fit.design, fit.clusters)
    assert scores == pytest.approx(by_rows[0], abs=1e-9)
    assert information == pytest.approx(by_rows[1], rel=1e-9, abs=1e-9)
    assert information.sum(axis=0) == pytest.approx(np.linalg.inv(fit.point.C) / fit.point.scale)


def test_a_singular_fit_is_least_squares(fitted, flat):
    """With a variance of zero the coefficients, errors and likelihood are those of `ols`."""
    from statsmodels.api import OLS, add_constant

    result = fitted(flat, **INTERCEPT, reml=False, cov_type="observed")
    least = OLS(flat["y"], add_constant(flat["x"])).fit()
    assert result.method.se == "conventional"
    assert result.stats["llf"] == pytest.approx(least.llf, rel=1e-9)
    assert result.coef["x"].estimate == pytest.approx(least.params["x"], rel=1e-8)
    shrunk = np.sqrt(least.df_resid / least.nobs)
    assert result.coef["x"].se == pytest.approx(least.bse["x"] * shrunk, rel=1e-6)
    assert result.stats["llf_null"] == pytest.approx(least.llf, rel=1e-12)


def test_the_profile_of_a_zero_variance_has_an_upper_limit(fitted, flat):
    """On the boundary the likelihood still says how large the variance may be."""
    result = fitted(flat, **INTERCEPT, intervals="profile")
    group = result.variance["g"]
    assert group.low == 0
    assert 0.001 < group.high < 0.2
    assert group.se is None


def test_satterthwaite_on_the_boundary_takes_zero_as_known(fitted, flat):
    """Without the variance between clusters what is left is least squares: n - p."""
    result = fitted(flat, **INTERCEPT, df="satterthwaite")
    assert result.coef["x"].df == pytest.approx(len(flat) - 2, rel=1e-9)


def test_a_variance_near_zero_is_the_highest_point(fitted, clustered):
    """Raw: not converged, with a gradient of 3.8. Here the score at the solution is zero."""
    rng = np.random.default_rng(12)
    table = clustered().assign(y=lambda rows: 1 + 0.5 * rows["x"] + rng.normal(size=len(rows)))
    result = fitted(table, **INTERCEPT)
    assert result.stats["gradient"] < 1e-2
    assert all(np.isfinite([coef.estimate, coef.se]).all() for coef in result.coef.values())


def test_a_slope_the_data_do_not_bear(fitted, clustered):
    """A correlation of ±1 is said, and no variance then has an error."""
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(10), 10)
    x = rng.normal(size=100)
    y = 1 + 0.5 * x + (rng.normal(size=10)[g]) * (1 + 0.6 * x) + rng.normal(size=100)
    result = fitted(pd.DataFrame({"y": y, "x": x, "g": g}), **SLOPES)
    (note,) = [note for note in result.notes if note.code == "boundary"]
    assert "the correlation of `g` and `x` is estimated as +1" in note.text
    assert result.correlation["g,x"] == pytest.approx(1, abs=1e-9)
    assert {each.se for each in result.variance.values()} == {None}
    assert result.spread.keys() == {"scale"}
    assert result.icc_at["x"][0].low is None


def test_a_constant_outcome(fitted, clustered):
    """Raw: coefficients without errors and a variance of 1."""
    kind, problem = refused(fitted, clustered().assign(y=3.0), **INTERCEPT)
    assert (kind, problem.code) == (FitError, "constant-outcome")


def test_missing_clusters_and_covariates(fitted, clustered):
    """A row without a cluster is an error in the data; one without a covariate is left out."""
    table = clustered()
    gone = table.assign(g=table["g"].where(table.index > 3))
    kind, problem = refused(fitted, gone, **INTERCEPT)
    assert (kind, problem.code) == (DataError, "missing-clusters")
    result = fitted(table.assign(x=table["x"].where(table.index > 3)), **INTERCEPT)
    assert (result.n, result.missing) == (196, {"x": 4})


@pytest.mark.parametrize("unit", [1e9, 1e-6])
@pytest.mark.parametrize("engine", ["auto", "fast"])
def test_the_unit_of_the_outcome_plays_no_part(fitted, clustered, unit, engine):
    """Raw: not converged, or a warning of a boundary, by the unit alone."""
    table = clustered()
    plain = fitted(table, **SLOPES, engine="fast")
    scaled = fitted(table.assign(y=table["y"] * unit), **SLOPES, engine=engine)
    assert scaled.icc_at["x"][0].icc == pytest.approx(plain.icc_at["x"][0].icc, rel=1e-3)
    assert scaled.variance["g"].var == pytest.approx(plain.variance["g"].var * unit**2, rel=1e-3)
    assert scaled.coef["x"].statistic == pytest.approx(plain.coef["x"].statistic, rel=1e-3)
    assert "boundary" not in codes(scaled)


@pytest.mark.parametrize("move", [lambda x: 1e-6 * x, lambda x: 1e6 * x, lambda x: x + 2000])
def test_the_unit_and_origin_of_a_covariate_play_no_part(fitted, clustered, move):
    """Slopes of years counted from 0 are those of years counted from 2000."""
    table = clustered()
    options = SLOPES | {"reml": False, "engine": "fast"}
    plain, moved = fitted(table, **options), fitted(table.assign(x=move(table["x"])), **options)
    unit = float(move(1.0) - move(0.0))
    assert moved.stats["llf"] == pytest.approx(plain.stats["llf"], abs=1e-6)
    assert moved.variance["x"].var * unit**2 == pytest.approx(plain.variance["x"].var, rel=1e-4)
    assert moved.variance["x"].se * unit**2 == pytest.approx(plain.variance["x"].se, rel=1e-4)
    assert codes(moved) == codes(plain)


def test_effects_that_the_fixed_effects_determine(fitted, clustered):
    """Clusters as fixed and as random effects: raw gives the starting value as a variance."""
    kind, problem = refused(fitted, clustered(), formula="y ~ C(g) + x", groups="g")
    assert (kind, problem.code) == (FitError, "determined-effects")


def test_effects_that_determine_each_other(fitted, clustered):
    """A slope twice, and one variance under two names."""
    table = clustered().assign(z=lambda rows: 2 * rows["x"] + 1, h=lambda rows: rows["g"])
    _, problem = refused(fitted, table, **INTERCEPT | {"re_formula": "1 + x + z"})
    assert problem.code == "aliased-effects"
    twice = {"a": "0 + C(g)", "b": "0 + C(h)"}
    _, problem = refused(fitted, table, formula="y ~ x", vc_formula=twice)
    assert problem.code == "not-identified"


def test_as_many_effects_as_rows(fitted, clustered):
    """Two rows a cluster, an intercept and a slope each: nothing is left for the residual."""
    table = clustered(n=40, clusters=20)
    kind, problem = refused(fitted, table, **SLOPES)
    assert (kind, problem.code) == (FitError, "too-many-effects")


def test_collinear_covariates(fitted, clustered):
    """Raw: an error of linear algebra. Here the column is named."""
    table = clustered().assign(z=lambda rows: 2 * rows["x"])
    kind, problem = refused(fitted, table, formula="y ~ x + z", groups="g")
    assert kind is FitError
    assert "`z`" in problem.message or "`x`" in problem.message


def test_few_and_single_clusters_are_told(fitted, clustered):
    """Five clusters say little of a variance; a cluster of one nothing of what is within."""
    few = fitted(clustered(n=100, clusters=5), **INTERCEPT)
    assert "few-levels" in codes(few)
    table = clustered()
    single = fitted(table[(table["g"] > 2) | ~table["g"].duplicated()], **INTERCEPT)
    (note,) = [note for note in single.notes if note.code == "single-member-clusters"]
    assert "3 of 20 clusters" in note.text


def test_normal_tests_of_few_clusters_are_told(fitted, clustered):
    """Unless degrees of freedom are asked for."""
    assert "normal-tests" in codes(fitted(clustered(), **INTERCEPT))
    assert "normal-tests" not in codes(fitted(clustered(), **INTERCEPT, df="satterthwaite"))


def test_an_optimum_of_statsmodels_that_is_none_is_not_shown(fitted, wave):
    """Of a slope alone in 2011–2012 it stops lower by maximum likelihood, and says it converged."""
    options = {
        "formula": "BPXSY1 ~ age_cen + RIAGENDRx + BMXBMI + C(RIDRETH1)", "groups": "group",
        "vc_formula": {"age_cen": "0 + age_cen"}, "reml": False,
    }  # fmt: skip
    table = wave("2011_2012")
    auto, fast = fitted(table, **options), fitted(table, **options, engine="fast")
    assert "better-optimum" in codes(auto)
    assert auto.method.engine == "fast"
    assert auto.stats["llf"] == fast.stats["llf"]
    assert "library" not in codes(auto)
