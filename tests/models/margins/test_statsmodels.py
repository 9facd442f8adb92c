"""Effects and predictions are those of statsmodels, or of its formulas evaluated by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 400
    x, z = rng.normal(40, 12, n), rng.gamma(4.0, 2.0, n)
    sex = rng.choice(["f", "m"], n)
    arm = rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    eta = -2 + 0.04 * x + 0.5 * (sex == "m") - 0.1 * z + 0.02 * (x - 40) * (sex == "m")
    event = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    y = 3 + 0.1 * x + np.log(z) + (arm == "c") + rng.normal(size=n)
    count = rng.poisson(np.exp(0.02 * x) * 2.0)
    years = rng.uniform(0.5, 3, n)
    return pd.DataFrame({
        "x": x, "z": z, "sex": sex, "arm": arm, "event": event, "y": y, "count": count,
        "years": years, "male": (sex == "m").astype(int), "site": np.repeat(np.arange(40), 10),
        "w": rng.integers(1, 4, n).astype(float),
    })  # fmt: skip


@pytest.fixture(scope="module")
def frame(table, framed):
    return framed(table)


def test_average_derivatives_of_a_logistic_model(table, frame, run):
    """`Logit.get_margeff` for numbers that enter by themselves: effect, SE and p."""
    fit = run("glm", frame, formula="event ~ x + z", family="binomial")
    expected = smf.logit("event ~ x + z", table).fit(disp=0).get_margeff()
    found = run("average_effects", frame, fit).margins
    assert [each.compared[0].first for each in found] == [{"x": 1.0}, {"z": 1.0}]
    values = [each.value for each in found]
    assert [each.estimate for each in values] == pytest.approx(expected.margeff, rel=1e-7)
    assert [each.se for each in values] == pytest.approx(expected.margeff_se, rel=1e-6)
    assert [each.p for each in values] == pytest.approx(expected.pvalues, rel=1e-5)


def test_average_changes_of_a_yes_or_no(table, frame, run):
    """A number that is 0 or 1 changes from 0 to 1, as with `get_margeff(dummy=True)`."""
    fit = run("glm", frame, formula="event ~ x + male", family="binomial")
    expected = smf.logit("event ~ x + male", table).fit(disp=0).get_margeff(dummy=True)
    found = run("average_effects", frame, fit, of=("male",)).margins
    assert found[0].compared[0].first == {"male": 1.0}
    assert found[0].compared[0].second == {"male": 0.0}
    assert found[0].value.estimate == pytest.approx(expected.margeff[1], rel=1e-8)
    assert found[0].value.se == pytest.approx(expected.margeff_se[1], rel=1e-6)


def test_levels_and_interactions_are_followed_through_the_formula(table, frame, run):
    """An effect is that of the column wherever it stands: checked by predicting twice."""
    formula = "event ~ x * sex + np.log(z) + I(x**2)"
    fit = run("glm", frame, formula=formula, family="binomial")
    model = smf.glm(formula, table, family=sm.families.Binomial()).fit(
        tol=1e-12, tol_criterion="params"
    )
    found = {each.compared[0].name + "".join(each.compared[0].first): each.value
             for each in run("average_effects", frame, fit).margins}  # fmt: skip
    women, men = (model.predict(table.assign(sex=sex)) for sex in ("f", "m"))
    assert found["sex"].estimate == pytest.approx((men - women).mean(), rel=1e-6)
    up, down = (model.predict(table.assign(x=table.x + step)) for step in (1e-3, -1e-3))
    assert found["slopex"].estimate == pytest.approx(((up - down) / 2e-3).mean(), rel=1e-5)


def test_effects_within_levels_average_their_own_rows(table, frame, run):
    """`by` averages over the rows of each level, not over all rows with the level put in."""
    fit = run("glm", frame, formula="event ~ x * sex", family="binomial")
    model = smf.glm("event ~ x * sex", table, family=sm.families.Binomial()).fit(
        tol=1e-12, tol_criterion="params"
    )
    found = run("average_effects", frame, fit, of=("x",), by=("sex",)).margins
    for margin in found:
        rows = table[table.sex == margin.at["sex"]]
        up, down = (model.predict(rows.assign(x=rows.x + step)) for step in (1e-3, -1e-3))
        assert margin.value.estimate == pytest.approx(((up - down) / 2e-3).mean(), rel=1e-5)


@pytest.mark.parametrize("cov_type", ["nonrobust", "HC1", "cluster"])
def test_predictions_of_least_squares(table, frame, run, cov_type):
    """`get_prediction` at given rows: mean, SE and limits with each kind of standard error."""
    formula = "y ~ center(x) * arm + bs(z, df=4)"
    options = {"cov_type": cov_type} | ({"groups": "site"} if cov_type == "cluster" else {})
    fit = run("ols", frame, formula=formula, **options)
    keywords = {"groups": table.site} if cov_type == "cluster" else {}
    model = smf.ols(formula, table).fit(cov_type=cov_type, cov_kwds=keywords, use_t=True)
    at = {"x": (30, 55), "z": (5.0,), "arm": ("c", "a")}
    found = run("predictions", frame, fit, of=("x", "arm"), at=at).margins
    rows = pd.DataFrame([{"z": 5.0, **margin.at} for margin in found])
    expected = model.get_prediction(rows).summary_frame(alpha=0.05)
    values = [margin.value for margin in found]
    assert [each.estimate for each in values] == pytest.approx(expected["mean"].to_numpy())
    assert [each.se for each in values] == pytest.approx(expected["mean_se"].to_numpy())
    # statsmodels' prediction takes n - p for clusters too; ours their number less one.
    if cov_type != "cluster":
        assert [each.low for each in values] == pytest.approx(expected["mean_ci_lower"].to_numpy())
        assert [each.high for each in values] == pytest.approx(expected["mean_ci_upper"].to_numpy())


def test_predictions_of_a_logistic_model(table, frame, run):
    """`get_prediction` of GLM: limits on the scale of the linear predictor, taken back."""
    fit = run("glm", frame, formula="event ~ x + sex", family="binomial")
    model = smf.glm("event ~ x + sex", table, family=sm.families.Binomial()).fit(
        tol=1e-12, tol_criterion="params"
    )
    at = {"x": (20, 40, 60)}
    found = run("predictions", frame, fit, of=("x", "sex"), at=at).margins
    expected = model.get_prediction(pd.DataFrame([margin.at for margin in found])).summary_frame(
        alpha=0.05
    )
    for margin, row in zip(found, expected.itertuples(), strict=True):
        value = margin.value
        assert (value.estimate, value.se) == pytest.approx((row.mean, row.mean_se), rel=1e-6)
        assert (value.low, value.high) == pytest.approx(
            (row.mean_ci_lower, row.mean_ci_upper), rel=1e-6
        )


def test_observed_means_are_averages_of_predictions(table, frame, run):
    """Every row keeps its own other values and its own exposure; frequency weights count."""
    formula = "count ~ x + sex"
    fit = run("glm", frame, formula=formula, family="poisson", exposure="years", freq_weights="w")
    model = smf.glm(
        formula, table, family=sm.families.Poisson(), exposure=table.years, freq_weights=table.w
    ).fit(tol=1e-12, tol_criterion="params")
    found = run("predictions", frame, fit, of=("sex",), average="observed").margins
    for margin in found:
        each = model.predict(table.assign(sex=margin.at["sex"]), exposure=table.years)
        assert margin.value.estimate == pytest.approx(np.average(each, weights=table.w), rel=1e-7)
    # A jackknife of the gradient: the delta method's SE against that of small changes of b.
    step = 1e-5 * np.sqrt(np.diag(model.cov_params()))
    gradient = []
    for column, size in enumerate(step):
        ends = []
        for side in (size, -size):
            b = model.params.to_numpy().copy()
            b[column] += side
            X = np.column_stack([np.ones(len(table)), np.ones(len(table)), table.x])
            ends.append(np.average(np.exp(X @ b) * table.years, weights=table.w))
        gradient.append((ends[0] - ends[1]) / (2 * size))
    expected = np.sqrt(gradient @ model.cov_params().to_numpy() @ gradient)
    assert found[1].at == {"sex": "m"}
    assert found[1].value.se == pytest.approx(expected, rel=1e-5)


def test_contrasts_are_those_of_t_test(table, frame, run):
    """A difference of two means is `t_test` of the coefficient that makes it."""
    fit = run("ols", frame, formula="y ~ x + arm")
    model = smf.ols("y ~ x + arm", table).fit()
    expected = model.t_test("arm[T.c] - arm[T.b] = 0")
    found = run("contrasts", frame, fit, of=("arm",), method="consecutive").margins[1]
    assert found.compared[0].first == {"arm": "c"}
    value = found.value
    assert value.estimate == pytest.approx(float(expected.effect[0]))
    assert value.p == pytest.approx(float(expected.pvalue))
    assert (value.low, value.high) == pytest.approx(tuple(expected.conf_int()[0]))


def test_a_survey_averages_over_its_population(table, framed, run):
    """Rows of the subpopulation count by their weights; others, and those without one, not."""
    older = (table.x > 35).to_numpy()
    weights = table.w.where(table.index % 7 > 0, 0.0)
    frame = framed(table.assign(w=weights, older=older))
    fit = run(
        "survey", frame, formula="event ~ x + sex", family="binomial", weights="w", psu="site",
        domain="older",
    )  # fmt: skip
    rows = table[older & (weights > 0)]
    b = {name: coef.estimate for name, coef in fit.coef.items()}

    def risk(sex):
        eta = b["Intercept"] + b["x"] * rows.x + b["sex[T.m]"] * (sex == "m")
        return np.average(1 / (1 + np.exp(-eta)), weights=rows.w)

    found = run("average_effects", frame, fit, of=("sex",)).margins[0].value
    assert fit.n == len(rows)
    assert found.estimate == pytest.approx(risk("m") - risk("f"), rel=1e-10)
    assert found.df == fit.coef["x"].df


@pytest.mark.parametrize("scale", ["response", "log_response"])
def test_differences_and_ratios_of_risks(table, frame, run, scale):
    """Averaged risks under each level, subtracted or divided: standardisation (g-computation)."""
    fit = run("glm", frame, formula="event ~ x * sex", family="binomial")
    model = smf.glm("event ~ x * sex", table, family=sm.families.Binomial()).fit(
        tol=1e-12, tol_criterion="params"
    )
    women, men = (model.predict(table.assign(sex=sex)).mean() for sex in ("f", "m"))
    expected = men - women if scale == "response" else np.log(men / women)
    (found,) = run(
        "contrasts", frame, fit, of=("sex",), method="reference", average="observed", scale=scale
    ).margins
    assert found.value.estimate == pytest.approx(expected, rel=1e-6)
    assert found.value.p is not None
