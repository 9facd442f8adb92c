"""Proportional hazards against R's survival and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from reportgen.core.errors import DataError, FitError
from reportgen.models.engines.regressions.cox import PartialLikelihood, Survival


@pytest.fixture(scope="module")
def lung(stored):
    table = stored("lung.csv")
    table["dead"] = (table.status == 2).astype(int)
    table["entered"] = np.minimum(table.time - 1, 30 * (table.inst % 3))
    return table.rename(columns={"ph.ecog": "ecog"})


def values(result, what="estimate"):
    return [getattr(coef, what) for coef in result.coef.values()]


FULL = "time ~ age + sex + ecog"


@pytest.mark.parametrize(
    ("name", "formula", "options"),
    [
        ("cox_efron", FULL, {"ties": "efron"}),
        ("cox_breslow", FULL, {"ties": "breslow"}),
        ("cox_strata_sex", "time ~ age + ecog", {"ties": "efron", "strata": "sex"}),
    ],
)
def test_lung_cancer_as_r(name, formula, options, lung, golden, fit):
    """Estimates, errors, tests, partial likelihood, events and concordance of coxph."""
    known = golden("public_R")["lung"][name]
    result = fit("phreg", lung, formula=formula, status="dead", **options)
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-7)
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-7)
    assert values(result, "p") == pytest.approx(list(known["p"].values()), rel=1e-5)
    assert [result.stats["llnull"], result.stats["llf"]] == pytest.approx(known["loglik"], rel=1e-9)
    assert (result.n, result.events) == (known["n"], known["nevent"])
    if "strata" not in options:
        assert result.stats["concordance"] == pytest.approx(known["concordance"], rel=1e-3)


def test_clusters_as_r(lung, golden, fit):
    """Score residuals of tied times by Efron, summed by institution; R corrects for nothing."""
    known = golden("public_R")["lung"]["cox_cluster_inst"]
    table = lung.dropna(subset=["inst"])
    result = fit(
        "phreg", table, formula=FULL, status="dead", ties="efron", cov_type="cluster",
        groups="inst",
    )  # fmt: skip
    clusters, n = result.n_groups, result.n
    factor = np.sqrt(clusters / (clusters - 1) * (n - 1) / (n - 3))
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-7)
    expected = [factor * se for se in known["se_used"].values()]
    assert values(result, "se") == pytest.approx(expected, rel=1e-6)
    assert {coef.df for coef in result.coef.values()} == {clusters - 1.0}


@pytest.mark.parametrize("name", ["cox_robust", "cox_cluster"])
def test_robust_errors_as_r(name, lung, stored, fit):
    """The same with Breslow's ties, by rows and by institution."""
    known = stored("regression.json")[name]
    table = lung.dropna(subset=["inst", "ecog"])
    options = {"cov_type": "HC0"}
    factor = 1.0
    if name == "cox_cluster":
        options = {"cov_type": "cluster", "groups": "inst"}
        clusters, n = table.inst.nunique(), len(table)
        factor = np.sqrt(clusters / (clusters - 1) * (n - 1) / (n - 3))
    result = fit("phreg", table, formula=FULL, status="dead", **options)
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-7)
    expected = [factor * se for se in known["se"].values()]
    assert values(result, "se") == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_late_entry_as_r(ties, lung, stored, fit):
    """Who came under observation later is at risk from then on."""
    known = stored("regression.json")["cox_entry" if ties == "efron" else "cox_entry_breslow"]
    table = lung.dropna(subset=["inst"])
    result = fit(
        "phreg", table, formula="time ~ age + sex", status="dead", entry="entered", ties=ties
    )
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-7)
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-7)
    assert result.stats["llf"] == pytest.approx(known["loglik"], rel=1e-9)


def test_as_statsmodels(lung, fit):
    """PHReg's estimates and errors, with Breslow's ties."""
    table = lung.dropna(subset=["ecog"])
    result = fit("phreg", table, formula="time ~ age + C(sex) + ecog", status="dead")
    known = smf.phreg("time ~ age + C(sex) + ecog", table, status=table.dead).fit()
    found = dict(zip(known.model.exog_names, known.params, strict=True))
    errors = dict(zip(known.model.exog_names, known.bse, strict=True))
    for name, coef in result.coef.items():
        assert coef.estimate == pytest.approx(found[name], rel=1e-6)
        assert coef.se == pytest.approx(errors[name], rel=1e-6)


def test_derivatives_are_exact():
    """Scores and Hessian agree with differences, with ties, entries and strata at once."""
    rng = np.random.default_rng(3)
    time = rng.integers(1, 12, 60).astype(float)
    entry = np.where(rng.random(60) < 0.4, time - 1 - rng.integers(0, 3, 60), -np.inf)
    survival = Survival(time, rng.random(60) < 0.7, entry, rng.integers(0, 2, 60))
    X = rng.normal(size=(60, 3))
    for efron in (True, False):
        target = PartialLikelihood(survival, X, efron)
        theta = np.array([0.3, -0.2, 0.5])
        score, hessian = target.scores(theta).sum(axis=0), target.hessian(theta)
        for place in range(3):
            step = np.eye(3)[place] * 1e-5
            rise = (target.value(theta + step) - target.value(theta - step)) / 2e-5
            above, below = (target.scores(theta + s * step).sum(axis=0) for s in (1, -1))
            assert score[place] == pytest.approx(rise, rel=1e-6, abs=1e-6)
            assert hessian[place] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-6)


def test_a_status_in_words(lung, fit):
    """Alive and dead: the later level is the event, and printed as such."""
    table = lung.assign(state=np.where(lung.dead == 1, "dead", "alive"))
    result = fit("phreg", table, formula="time ~ age", status="state")
    plain = fit("phreg", table, formula="time ~ age", status="dead")
    assert values(result) == values(plain)
    assert result.method.event == "dead"


def test_a_status_of_other_codes(lung, fit):
    """1 and 2 are not 0 and 1: nobody guesses which is death."""
    with pytest.raises(DataError, match="must be 0 and 1"):
        fit("phreg", lung, formula="time ~ age", status="status")


def test_times_that_cannot_be(lung, fit):
    """Entering after leaving, and negative times."""
    late = lung.assign(entered=np.where(lung.index < 2, lung.time, 0))
    with pytest.raises(DataError, match="must be before the time, and 2 rows are not"):
        fit("phreg", late, formula="time ~ age", status="dead", entry="entered")
    with pytest.raises(DataError, match="must be 0 or more"):
        fit("phreg", lung.assign(time=lung.time - 100), formula="time ~ age", status="dead")


def test_no_events(lung, fit):
    """Nobody died: nothing can be said of hazards."""
    with pytest.raises(FitError, match="no row has the event"):
        fit("phreg", lung.assign(dead=0), formula="time ~ age", status="dead")


def test_a_term_that_orders_the_events(fit):
    """The highest at risk always goes first: no finite hazard ratio, and the term is named."""
    table = pd.DataFrame({"time": np.arange(1.0, 31), "x": -np.arange(1.0, 31)})
    table["z"] = np.cos(table.time)
    with pytest.raises(FitError, match="`x` orders the events") as caught:
        fit("phreg", table, formula="time ~ x + z")
    assert caught.value.problems[0].code == "separation"


def test_a_term_that_only_strata_differ_in(lung, fit):
    """The baseline hazards of strata take up what does not vary within them."""
    result = fit("phreg", lung, formula="time ~ age + sex", status="dead", strata="sex")
    assert result.coef["sex"].estimate is None
    assert [note.code for note in result.notes] == ["empty-column"]
