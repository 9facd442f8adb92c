"""Quantiles and robust linear models: exact optima, R's and statsmodels' errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from reportgen.core.errors import FitError
from reportgen.models import MODELS


@pytest.fixture(scope="module")
def stack(stored):
    return stored("stackloss.csv").rename(columns=lambda name: name.replace(".", "_").strip("_"))


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(12)
    table = pd.DataFrame({"site": np.repeat(np.arange(24), 10), "x": rng.normal(size=240)})
    table["arm"] = rng.choice(["a", "b"], 240)
    table["y"] = 3 + table.x + (1 + 0.5 * (table.arm == "b")) * rng.standard_t(3, 240)
    return table


def values(result, what="estimate"):
    return [getattr(coef, what) for coef in result.coef.values()]


def loss(table, b, q):
    residual = table.y - (b[0] + b[1] * table.x + b[2] * (table.arm == "b"))
    return float(np.where(residual < 0, (q - 1) * residual, q * residual).sum())


@pytest.mark.parametrize("q", [0.1, 0.5, 0.8])
def test_a_quantile_is_the_exact_optimum(q, people, fit):
    """No loss is lower: not statsmodels', not that of any of a thousand neighbours."""
    result = fit("quantreg", people, formula="y ~ x + arm", q=q)
    best = loss(people, values(result), q)
    known = smf.quantreg("y ~ x + arm", people).fit(q=q, p_tol=1e-10, max_iter=5000)
    theirs = [known.params[name] for name in result.coef]
    assert values(result) == pytest.approx(theirs, abs=2e-3)
    assert best <= loss(people, theirs, q) + 1e-12
    rng = np.random.default_rng(0)
    for _ in range(1000):
        assert best <= loss(people, np.array(values(result)) + rng.normal(0, 0.01, 3), q) + 1e-12
    through = np.isclose(
        people.y, values(result)[0] + values(result)[1] * people.x
        + values(result)[2] * (people.arm == "b"), rtol=0, atol=1e-12,
    )  # fmt: skip
    assert through.sum() == 3


@pytest.mark.parametrize(("cov_type", "vcov"), [("robust", "robust"), ("nonrobust", "iid")])
def test_errors_of_a_quantile(cov_type, vcov, people, fit):
    """Kernel errors as statsmodels computes them, whose own optimum is a little off."""
    result = fit("quantreg", people, formula="y ~ x + arm", q=0.25, cov_type=cov_type)
    known = smf.quantreg("y ~ x + arm", people).fit(q=0.25, vcov=vcov, p_tol=1e-10, max_iter=5000)
    found = {name: coef.se for name, coef in result.coef.items()}
    assert found == pytest.approx(dict(known.bse), rel=0.02)
    assert result.stats["r1"] == pytest.approx(known.prsquared, rel=1e-4)
    assert {coef.df for coef in result.coef.values()} == {237.0}


def test_clusters_of_a_quantile(people, fit):
    """Rows written twice in their clusters change a cluster-robust error by its correction only."""
    once = fit("quantreg", people, formula="y ~ x", cov_type="cluster", groups="site")
    assert {coef.df for coef in once.coef.values()} == {23.0}
    alike = fit("quantreg", people, formula="y ~ x")
    assert values(once, "se") == pytest.approx(values(alike, "se"), rel=0.5)
    assert [note.code for note in once.notes] == ["few-clusters"]


def test_units_of_a_quantile_play_no_part(people, fit):
    """An outcome in billionths and a covariate in billions: the same t."""
    plain = fit("quantreg", people, formula="y ~ x")
    scaled = people.assign(y=people.y * 1e-9, x=people.x * 1e9)
    result = fit("quantreg", scaled, formula="y ~ x")
    assert values(result, "statistic") == pytest.approx(values(plain, "statistic"), rel=1e-6)


def test_a_median_that_is_not_unique(fit):
    """Any number between 2 and 3 is a median of 1, 2, 3, 4."""
    table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    result = fit("quantreg", table, formula="y ~ 1")
    assert 2 <= result.coef["Intercept"].estimate <= 3
    assert "not-unique" in [note.code for note in result.notes]


def test_a_quantile_lies_between_0_and_1():
    kind = MODELS.load("quantreg")
    problems = list(kind.check(kind.Options(formula="y ~ x", q=1.0)))
    assert [problem.code for problem in problems] == ["quantile"]


@pytest.mark.parametrize(("norm", "name"), [("HuberT", "huber"), ("TukeyBiweight", "bisquare")])
def test_robust_estimates_as_r(norm, name, stack, stored, fit):
    """Stack loss by MASS's rlm; its errors are Huber's H1."""
    result = fit("rlm", stack, formula="stack_loss ~ Air_Flow + Water_Temp + Acid_Conc", M=norm)
    known = stored("regression.json")[name]
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-5)
    # In Huber's correction MASS divides a variance by n - 1, statsmodels by n (21 here).
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=4e-3)
    # R's 0.6745 for the quartile of the normal distribution.
    assert result.stats["robust_scale"] == pytest.approx(known["scale"], rel=1e-4)


@pytest.mark.parametrize("cov", ["H1", "H2", "H3"])
@pytest.mark.parametrize("norm", ["HuberT", "TukeyBiweight", "AndrewWave", "Hampel", "RamsayE"])
def test_robust_estimates_as_statsmodels(norm, cov, people, fit):
    """Every norm and covariance."""
    result = fit("rlm", people, formula="y ~ x + arm", M=norm, cov_type=cov)
    made = getattr(sm.robust.norms, norm)()
    known = smf.rlm("y ~ x + arm", people, M=made).fit(cov=cov, tol=1e-12, maxiter=500)
    for name, coef in result.coef.items():
        assert coef.estimate == pytest.approx(known.params[name], rel=1e-6)
        assert coef.se == pytest.approx(known.bse[name], rel=1e-5)


def test_clusters_of_a_robust_fit(people, fit):
    """With a norm that never downweights, the cluster-robust errors are those of least squares."""
    table = people.assign(y=3 + people.x + 0.3 * np.sin(np.arange(240)))
    result = fit("rlm", table, formula="y ~ x", M="HuberT", cov_type="cluster", groups="site")
    if result.stats["downweighted"] == 0:
        plain = fit("ols", table, formula="y ~ x", cov_type="cluster", groups="site")
        assert values(result, "se") == pytest.approx(values(plain, "se"), rel=1e-6)
    assert {coef.df for coef in result.coef.values()} == {23.0}


def test_a_robust_scale_of_zero(fit):
    """Where more than half of the rows are met exactly there is no scale to judge the others by."""
    table = pd.DataFrame({"x": np.arange(20.0), "y": 2 * np.arange(20.0)})
    table.loc[3, "y"] = 50.0
    with pytest.raises(FitError) as caught:
        fit("rlm", table, formula="y ~ x")
    assert caught.value.problems[0].code in ("perfect-fit", "not-converged")
