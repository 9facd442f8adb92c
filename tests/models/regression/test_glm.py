"""Generalised linear models against R and statsmodels, and what separation does to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from reportgen.core.errors import DataError, FitError

CASES = {
    "logit": ("vs ~ mpg + am", {"family": "binomial"}),
    "cloglog": ("vs ~ mpg + am", {"family": "binomial", "link": "cloglog"}),
    "poisson": ("carb ~ wt + C(gear)", {"family": "poisson"}),
    "gamma": ("hp ~ wt + qsec", {"family": "gamma", "link": "log"}),
}


@pytest.fixture(scope="module")
def r(stored):
    return stored("regression.json")


@pytest.fixture(scope="module")
def cars(stored):
    return stored("mtcars.csv")


def values(result, what):
    return [getattr(coef, what) for coef in result.coef.values()]


@pytest.mark.parametrize("case", CASES)
def test_estimates_and_model_based_errors(case, r, cars, fit):
    """Coefficients, standard errors and likelihood of R's glm."""
    formula, options = CASES[case]
    result = fit("glm", cars, formula=formula, **options)
    assert values(result, "estimate") == pytest.approx(list(r[case]["coef"].values()), rel=1e-8)
    assert values(result, "se") == pytest.approx(list(r[case]["se"].values()), rel=1e-6)
    if case != "gamma":
        assert result.stats["llf"] == pytest.approx(r[case]["loglik"], rel=1e-9)
        assert result.stats["aic"] == pytest.approx(r[case]["aic"], rel=1e-9)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("case", CASES)
def test_heteroscedasticity_consistent_errors(case, kind, r, cars, fit):
    """HC0 to HC3 differ, as they do in R (and do not in statsmodels)."""
    formula, options = CASES[case]
    result = fit("glm", cars, formula=formula, cov_type=kind, **options)
    assert values(result, "se") == pytest.approx(list(r[case][kind].values()), rel=1e-6)


def test_public_logit_and_probit(golden, shared, fit):
    """R's logit and probit of transmission in mtcars."""
    table = pd.read_csv(shared / "golden" / "data" / "mtcars.csv")
    for name, link in (("logit_am", "logit"), ("probit_am", "probit")):
        known = golden("public_R")["mtcars"][name]
        formula = "am ~ " + " + ".join(each for each in known["coef"] if each != "Intercept")
        result = fit("glm", table, formula=formula, family="binomial", link=link)
        assert values(result, "estimate") == pytest.approx(list(known["coef"].values()), rel=1e-7)
        assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-5)


@pytest.fixture(scope="module")
def people():
    """Counts and yes/no in 25 sites of 12."""
    rng = np.random.default_rng(5)
    site = np.repeat(np.arange(25), 12)
    x = rng.normal(size=site.size)
    arm = rng.choice(["a", "b", "c"], site.size)
    shift = rng.normal(0, 0.4, 25)[site]
    table = pd.DataFrame({"site": site, "x": x, "arm": arm, "days": 1 + rng.random(site.size)})
    table["count"] = rng.poisson(table.days * np.exp(0.2 + 0.3 * x + shift))
    table["event"] = (rng.random(site.size) < 1 / (1 + np.exp(-0.6 * x - shift))).astype(int)
    table["times"] = rng.integers(1, 4, site.size)
    return table


def test_clusters(people, fit):
    """Cluster-robust errors are statsmodels', with t of G - 1 degrees of freedom for its z."""
    result = fit(
        "glm", people, formula="event ~ x + arm", family="binomial", cov_type="cluster",
        groups="site",
    )  # fmt: skip
    model = smf.glm("event ~ x + arm", people, family=sm.families.Binomial())
    known = model.fit(cov_type="cluster", cov_kwds={"groups": people.site}, tol=1e-14)
    assert {name: coef.se for name, coef in result.coef.items()} == pytest.approx(
        dict(known.bse), rel=1e-8
    )
    assert set(values(result, "df")) == {24.0}


def test_exposure_is_an_offset_of_its_logarithm(people, fit):
    """Rates by time at risk, as statsmodels and as an offset made by hand."""
    result = fit("glm", people, formula="count ~ x", family="poisson", exposure="days")
    known = smf.glm("count ~ x", people, family=sm.families.Poisson(), exposure=people.days).fit(
        tol=1e-14
    )
    assert values(result, "estimate") == pytest.approx(list(known.params), rel=1e-8)
    table = people.assign(logged=np.log(people.days))
    offset = fit("glm", table, formula="count ~ x", family="poisson", offset="logged")
    assert values(offset, "estimate") == pytest.approx(values(result, "estimate"), rel=1e-10)


@pytest.mark.parametrize("kind", ["nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster"])
def test_a_row_that_counts_as_many_is_many_rows(kind, people, fit):
    """`freq_weights` give what the rows written out give, in every covariance."""
    options = {"family": "binomial", "cov_type": kind}
    if kind == "cluster":
        options["groups"] = "site"
    weighted = fit("glm", people, formula="event ~ x", freq_weights="times", **options)
    written = people.loc[people.index.repeat(people.times)].reset_index(drop=True)
    result = fit("glm", written, formula="event ~ x", **options)
    assert values(weighted, "estimate") == pytest.approx(values(result, "estimate"), rel=1e-8)
    assert values(weighted, "se") == pytest.approx(values(result, "se"), rel=1e-8)


@pytest.mark.parametrize(
    ("key", "code"),
    [("exposure", "not-positive"), ("freq_weights", "not-positive"), ("offset", "not-finite")],
)
def test_weights_and_offsets_that_cannot_be(key, code, people, fit):
    """Zero exposures, negative weights and infinite offsets are the data's fault, and said."""
    broken = people.assign(v=np.where(people.index < 3, -np.inf if key == "offset" else -1.0, 1.0))
    family = "poisson" if key == "exposure" else "binomial"
    outcome = "count" if key == "exposure" else "event"
    with pytest.raises(DataError, match="3 rows") as caught:
        fit("glm", broken, formula=f"{outcome} ~ x", family=family, **{key: "v"})
    assert caught.value.problems[0].code == code


# ── separation ───────────────────────────────────────────────────────────────────────────────


def test_a_level_without_events(people, fit):
    """Its coefficient is withheld and named; the others are the limits that all rows give."""
    table = people.assign(event=people.event.where(people.arm != "c", 0))
    result = fit("glm", table, formula="event ~ x + arm", family="binomial")
    (note,) = result.notes
    assert (note.code, note.coefs) == ("separation", ("arm[T.c]",))
    assert "with `arm` = `c` has the event" in note.text
    assert result.coef["arm[T.c]"].estimate is None
    rest = fit("glm", table[table.arm != "c"], formula="event ~ x + arm", family="binomial")
    for name in ("Intercept", "x", "arm[T.b]"):
        assert result.coef[name].estimate == pytest.approx(rest.coef[name].estimate, rel=1e-8)
        assert result.coef[name].se == pytest.approx(rest.coef[name].se, rel=1e-7)
    raw = smf.glm("event ~ x + arm", table, family=sm.families.Binomial()).fit(maxiter=60, tol=0)
    assert result.coef["x"].estimate == pytest.approx(raw.params["x"], rel=1e-6)
    assert result.n == len(table)


def test_the_reference_level_without_events(people, fit):
    """Every level is compared with an infinite one: all are withheld, the slope is not."""
    table = people.assign(event=people.event.where(people.arm != "a", 0))
    result = fit("glm", table, formula="event ~ x + arm", family="binomial")
    (note,) = result.notes
    assert set(note.coefs) == {"Intercept", "arm[T.b]", "arm[T.c]"}
    assert result.coef["x"].estimate is not None


def test_counts_of_zero_in_a_level(people, fit):
    """The Poisson form: a level of zeros alone has a rate of 0."""
    table = people.assign(count=people["count"].where(people.arm != "c", 0))
    result = fit("glm", table, formula="count ~ x + arm", family="poisson")
    assert [note.code for note in result.notes] == ["separation"]
    assert result.coef["arm[T.c]"].estimate is None
    rest = fit("glm", table[table.arm != "c"], formula="count ~ x + arm", family="poisson")
    assert result.coef["x"].estimate == pytest.approx(rest.coef["x"].estimate, rel=1e-8)


def test_perfect_separation_is_a_failed_fit(people, fit):
    """A threshold of the covariate that tells every event leaves nothing to show."""
    table = people.assign(event=(people.x > 0.1).astype(int))
    with pytest.raises(FitError, match=r"`x` predicts .* without error in 300 of 300") as caught:
        fit("glm", table, formula="event ~ x", family="binomial")
    assert caught.value.problems[0].code == "separation"


def test_separation_by_a_combination(people, fit):
    """Two columns that only together predict: a linear programme finds what no level shows."""
    z = np.random.default_rng(1).normal(size=len(people))
    event = (people.x + z > 0).astype(int)
    half = people.assign(z=z, event=event, w=np.cos(np.arange(len(people))))
    with pytest.raises(FitError, match="a combination of"):
        fit("glm", half, formula="event ~ x + z + w", family="binomial")


def test_shares_within_their_bounds_are_not_separated(people, fit):
    """Outcomes strictly between 0 and 1 have finite estimates, however well they are fitted."""
    share = 1 / (1 + np.exp(-2 * people.x))
    result = fit("glm", people.assign(share=share), formula="share ~ x", family="binomial")
    assert result.coef["x"].estimate == pytest.approx(2, rel=1e-6)


def test_few_events(people, fit):
    """Fewer than 5 events for each coefficient is marked; 5 are enough."""
    event = np.zeros(300, dtype=int)
    event[::34] = 1
    table = people.assign(event=event)
    assert event.sum() == 9
    result = fit("glm", table, formula="event ~ x + days", family="binomial")
    assert [note.code for note in result.notes] == ["few-events"]
    event[1] = 1
    result = fit("glm", people.assign(event=event), formula="event ~ x + days", family="binomial")
    assert result.notes == ()
