"""`bayes_glmm`: statsmodels' posteriors as they are, and what must not be shown of them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

from reportgen.core.errors import DataError, FitError
from reportgen.models import MODELS
from reportgen.models.formulas.design import build
from reportgen.models.formulas.formula import parse
from reportgen.models.multilevel.bayes_effects import effects_in
from reportgen.models.multilevel.bayes_findings import _conditional, verdict
from tests.models.conftest import fitted, framed

SMOKING = {
    "formula": "smq ~ RIDAGEYR + RIAGENDRx + C(DMDEDUC2x)",
    "groups": "group",
    "family": "binomial",
}
KIND = MODELS.load("bayes_glmm")


def live(frame, **options):
    return KIND.fit(KIND.Options(**options), frame)


def findings(result):
    return {note.code: note for note in result.notes}


def test_spreads_too_small_are_withheld(smokers, golden):
    """NHANES: the posterior SD of the intercept is a quarter of glmer's standard error. It is
    withheld with its interval, and the reason stands at the coefficient.
    """
    fit = live(smokers, **SMOKING)
    result = KIND.tidy(fit)
    expected = golden("nhanes_multilevel_R")["2015_2016"]["glmer_nAGQ25"]
    shrunk = float(fit.results.fe_sd[0]) / expected["se"]["Intercept"]
    assert shrunk < 0.3
    intercept = result.coef["Intercept"]
    assert (intercept.se, intercept.low, intercept.high, intercept.p) == (None,) * 4
    note = findings(result)["narrow-posterior"]
    assert set(note.coefs) >= {"Intercept", "RIDAGEYR"}
    assert "approximate-posterior" in findings(result)
    assert result.status == "warning"
    for name, coef in result.coef.items():
        assert coef.estimate == pytest.approx(
            expected["coef"][name], abs=0.1 * expected["se"][name]
        )


@pytest.mark.parametrize("success", [True, False])
def test_an_optimiser_that_reports_no_convergence(simulated, success):
    """What statsmodels' optimiser says of itself is passed on, with the gradient it left."""
    fit = live(simulated, formula="event ~ x", groups="site", family="binomial")
    fit.results.optim_retvals.success = success
    notes = {note.code: note for note in verdict("vb", fit.results, fit.design.names)}
    assert ("not-confirmed" in notes) is not success
    if not success:
        slope = np.linalg.norm(fit.results.optim_retvals.jac)
        assert f"not converged. It stopped with a gradient of {slope:.6f}" in (
            notes["not-confirmed"].text
        )


def test_estimates_are_those_of_statsmodels(simulated):
    """Means, variance and predicted effects of a direct call with the same start."""
    table = simulated.table
    result = fitted("bayes_glmm", simulated, formula="event ~ x", groups="site", family="binomial")
    model = BinomialBayesMixedGLM.from_formula("event ~ x", {"site": "0 + C(site)"}, table)
    direct = model.fit_vb(rng=1)
    assert result.coef["x"].estimate == pytest.approx(float(direct.fe_mean[1]), rel=1e-4)
    assert result.coef["x"].se == pytest.approx(float(direct.fe_sd[1]), rel=1e-4)
    assert result.coef["x"].p is None
    assert result.variance["site"].sd == pytest.approx(np.exp(direct.vcp_mean[0]), rel=1e-3)
    effects = [effect["site"].estimate for effect in result.random_effects.values()]
    assert effects == pytest.approx(direct.vc_mean, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_a_mode_without_variance_is_never_shown(smokers, seed):
    """`fit_map` on NHANES stops at a variance of zero and a gradient of a million, or at a mode
    that is not the highest, as the start has it: either way no variance is shown.
    """
    try:
        result = fitted("bayes_glmm", smokers, method="map", seed=seed, **SMOKING)
    except FitError as error:
        problem = error.problems[0]
        assert problem.code in ("not-converged", "vanished-variance")
        assert "a variance of zero" in problem.message
        return
    assert result.variance == {}
    assert result.icc is None
    assert result.random_effects == {}
    assert "local-mode" in findings(result)


def test_ordinary_data_by_the_mode():
    """On 200 ordinary rows the mode has a variance of zero, which statsmodels' own warning does
    not say; the fit has failed.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    event = (rng.random(200) < 1 / (1 + np.exp(-0.9 * x))).astype(float)
    frame = framed(pd.DataFrame({"y": event, "x": x, "g": np.repeat(np.arange(20), 10)}))
    with pytest.raises(FitError) as caught:
        live(frame, formula="y ~ x", groups="g", family="binomial", method="map")
    assert caught.value.problems[0].code in ("not-converged", "vanished-variance")


def test_separation_is_held_by_the_prior_alone(simulated):
    """Separated data give a finite estimate that only its prior made; statsmodels is silent. Every
    line between events and others separates them, so the intercept is as loose as the slope.
    """
    table = simulated.table.assign(event=(simulated.table["x"] > 0.1).astype(float))
    result = fitted("bayes_glmm", framed(table), formula="event ~ x", groups="site",
                    family="binomial")  # fmt: skip
    found = findings(result)
    assert set(found["separation-prior"].coefs) == {"Intercept", "x"}
    assert "x" in found["prior"].coefs


def test_crossed_effects(simulated):
    """Without `groups` the components cross over all rows, as `from_formula` makes them."""
    table = simulated.table.assign(week=np.arange(450) % 9)
    formulas = {"site": "0 + C(site)", "week": "0 + C(week)"}
    fit = live(framed(table), formula="count ~ x", vc_formula=formulas, family="poisson")
    model = BinomialBayesMixedGLM.from_formula("event ~ x", formulas, table)
    assert abs(fit.effects.Z - model.exog_vc).max() == 0
    assert (fit.effects.ident == model.ident).all()
    result = KIND.tidy(fit)
    assert set(result.variance) == {"site", "week"}
    assert result.random_effects["C(week)[3]"]["week"].estimate is not None
    assert result.n_groups is None


def test_components_within_clusters(simulated):
    """With `groups` a component has a column in each cluster: a random slope."""
    options = KIND.Options(
        formula="event ~ x",
        groups="site",
        family="binomial",
        vc_formula={"site": "1", "x": "0 + x"},
    )
    effects = effects_in(options, build(parse("event ~ x"), simulated, ("site",)), simulated)
    dense = effects.Z.toarray()
    codes, x = simulated.table["site"].to_numpy(), simulated.table["x"].to_numpy()
    assert (dense[:, :30] == np.eye(30)[codes]).all()
    assert (dense[:, 30:] == np.eye(30)[codes] * x[:, None]).all()
    assert effects.components == ("site", "x")
    assert [effects.places[0], effects.places[30]] == [("0", "site"), ("0", "x")]


def test_the_curvature_is_that_of_the_posterior(simulated):
    """SDs given the variances: from differences of statsmodels' own gradient."""
    fit = live(simulated, formula="event ~ x", groups="site", family="binomial")
    model, params = fit.results.model, fit.results.params
    inside = np.r_[0:2, 3 : len(params)]
    rows = []
    for unit in np.eye(len(params))[inside]:
        up, down = (model.logposterior_grad(params + sign * 1e-5 * unit) for sign in (1, -1))
        rows.append((down - up)[inside] / 2e-5)
    expected = np.sqrt(np.diag(np.linalg.inv(np.array(rows)))[:2])
    assert _conditional(fit.results).sd == pytest.approx(expected, rel=1e-6)


def test_warnings_become_findings(simulated):
    """What statsmodels warns of is judged by the solution and never reaches the console."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(3):
            fitted("bayes_glmm", simulated, formula="count ~ x", groups="site", family="poisson",
                   seed=seed)  # fmt: skip


def test_shares_are_refused(cbpp):
    """statsmodels takes 0 and 1 alone."""
    with pytest.raises(DataError) as caught:
        live(cbpp, formula="share ~ C(period)", groups="herd", family="binomial")
    assert caught.value.problems[0].code == "shares"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "no-effects"),
        ({"groups": "g", "fe_p": 0.0}, "fe_p"),
        ({"groups": "g", "vcp_p": -1.0}, "vcp_p"),
    ],
)
def test_options_that_cannot_be(options, code):
    """Known before any data are read."""
    given = KIND.Options(formula="y ~ x", family="binomial", **options)
    assert [problem.code for problem in KIND.check(given)] == [code]
