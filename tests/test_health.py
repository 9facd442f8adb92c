"""The health of a fit, kind by kind: what is wrong is found, has its code, and names its cause."""

from __future__ import annotations

import html
import importlib
import json
import re
import warnings
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from reportgen.cli import main
from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Facts, Frame, Note, Variable, failed
from reportgen.models import MODELS
from reportgen.models.health.codes import FINDINGS

CLUSTER = {"cov_type": "cluster", "groups": "site"}
SITES = {"groups": "site"}
SURVEY = {"weights": "w", "psu": "site"}
KINDS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "ols": ("ols", "y", {}),
    "ols by cluster": ("ols", "y", CLUSTER),
    "wls": ("wls", "y", {"weights": "w"}),
    "glm binomial": ("glm", "event", {"family": "binomial"}),
    "glm binomial by cluster": ("glm", "event", {"family": "binomial", **CLUSTER}),
    "glm poisson": ("glm", "alone", {"family": "poisson"}),
    "glm gamma": ("glm", "size", {"family": "gamma", "link": "log"}),
    "logit": ("logit", "event", {}),
    "logit by cluster": ("logit", "event", CLUSTER),
    "probit": ("probit", "event", {}),
    "mnlogit": ("mnlogit", "party", {}),
    "mnlogit by cluster": ("mnlogit", "party", CLUSTER),
    "ordered": ("ordered", "grade", {}),
    "ordered by cluster": ("ordered", "grade", CLUSTER),
    "poisson": ("poisson", "alone", {}),
    "poisson by cluster": ("poisson", "count", CLUSTER),
    "negativebinomial": ("negativebinomial", "calls", {}),
    "negativebinomial by cluster": ("negativebinomial", "calls", CLUSTER),
    "zeroinflatedpoisson": ("zeroinflatedpoisson", "visits", {}),
    "zeroinflatedpoisson by cluster": ("zeroinflatedpoisson", "visits", CLUSTER),
    "zeroinflatednegativebinomial": ("zeroinflatednegativebinomial", "trips", {}),
    "quantreg": ("quantreg", "y", {}),
    "rlm": ("rlm", "y", {}),
    "rlm by cluster": ("rlm", "y", CLUSTER),
    "phreg": ("phreg", "time", {"status": "died"}),
    "phreg by cluster": ("phreg", "time", {"status": "died", **CLUSTER}),
    "gee": ("gee", "y", SITES),
    "gee binomial": ("gee", "event", {"family": "binomial", **SITES}),
    "gee poisson": ("gee", "count", {"family": "poisson", **SITES}),
    "ordinal_gee": ("ordinal_gee", "grade", SITES),
    "nominal_gee": ("nominal_gee", "party", SITES),
    "mixedlm": ("mixedlm", "y", {"engine": "fast", **SITES}),
    "glmm binomial": ("glmm", "event", {"family": "binomial", **SITES}),
    "glmm poisson": ("glmm", "count", {"family": "poisson", **SITES}),
    "survey": ("survey", "y", SURVEY),
    "survey binomial": ("survey", "event", {"family": "binomial", **SURVEY}),
}  # fmt: skip
ROBUST = [name for name in KINDS if "by cluster" in name or "gee" in name]
MULTILEVEL = ["mixedlm", "glmm binomial", "glmm poisson"]
CLUSTERED = [*ROBUST, *MULTILEVEL]
PLAIN = [name for name in KINDS if "by cluster" not in name]
"""The covariance plays no part in what is asked of these."""
N, G = 400, 50


@cache
def ordinary(seed: int = 3) -> pd.DataFrame:
    """400 rows in 50 sites that every kind can be fitted to; no finding is due."""
    rng = np.random.default_rng([seed, 21])
    site, x, z = np.arange(N) % G, rng.normal(size=N), rng.normal(size=N)
    arm = rng.choice(["a", "b", "c"], N)
    eta = 0.3 + 0.4 * x + 0.3 * (arm == "b") + rng.normal(0, 0.8, G)[site]
    mean, never = np.exp(eta), rng.random(N) < 0.3
    heights = np.column_stack([np.zeros(N), eta, -0.5 * eta]) + rng.gumbel(size=(N, 3))
    return pd.DataFrame({
        "site": site, "x": x, "z": z, "arm": arm, "w": 1 + rng.random(N),
        "y": eta + rng.normal(size=N),
        "event": (rng.random(N) < 1 / (1 + np.exp(-eta))).astype(int),
        "count": rng.poisson(mean),
        "calls": rng.negative_binomial(2, 2 / (2 + mean)),
        "visits": np.where(never, 0, rng.poisson(1.5 * mean)),
        "trips": np.where(never, 0, rng.negative_binomial(2, 2 / (2 + 2 * mean))),
        "size": rng.gamma(2, np.exp(0.3 * eta) / 2),
        "party": np.array(["p", "q", "r"])[heights.argmax(axis=1)],
        "grade": np.array(["1", "2", "3"])[np.digitize(eta + rng.logistic(size=N), [-0.5, 1])],
        "time": rng.exponential(1 / mean), "died": (rng.random(N) < 0.7).astype(int),
        "alone": rng.poisson(np.exp(0.3 + 0.4 * x + 0.3 * (arm == "b"))),
    })  # fmt: skip


def fitted(name: str, table: pd.DataFrame, right: str = "x + arm"):
    kind, outcome, options = KINDS[name]
    model = MODELS.load(kind)
    variables = {column: Variable(column, column) for column in table}
    variables["grade"] = Variable("grade", "Grade", levels={each: each for each in "123"})
    frame = Frame(table, Facts("data", len(table), len(table), "0" * 64, variables=variables))
    return model.tidy(model.fit(model.Options(formula=f"{outcome} ~ {right}", **options), frame))


def notes(name: str, table: pd.DataFrame, right: str = "x + arm") -> tuple[Note, ...]:
    """What a reader is told: the findings, or why there is no fit."""
    try:
        return fitted(name, table, right).notes
    except (DataError, FitError) as error:
        return failed("", error.problems[0].code, error.problems[0].message).notes


def about(found: tuple[Note, ...], *codes: str) -> str:
    """The text of the finding with one of the codes; the codes found where there is none."""
    texts = [note.text for note in found if note.code in codes]
    assert texts, f"{[note.code for note in found]} has none of {codes}"
    return texts[0]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", KINDS)
def test_ordinary_data_raise_no_alarm(name, seed):
    """72 draws of clean data: no finding that warns, no failure, no warning of a library."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = fitted(name, ordinary(seed))
    assert result.status == "ok", result.notes
    assert all(coef.se is not None for coef in result.coef.values())


@pytest.mark.parametrize("name", PLAIN)
def test_the_columns_that_depend_on_each_other_are_named(name):
    """Rank deficiency: the aliased column by its name, whether the fit goes on or not."""
    text = about(notes(name, ordinary().assign(twice=2 * ordinary().x), "x + twice + arm"),
                 "rank-deficient")  # fmt: skip
    assert "`twice`" in text


@pytest.mark.parametrize("name", PLAIN)
def test_columns_that_nearly_depend_on_each_other_are_named(name):
    """Condition: the pair by name, in a finding or in the reason why the fit did not converge."""
    near = ordinary().x + 1e-9 * ordinary().z
    text = about(notes(name, ordinary().assign(near=near), "x + near + arm"),
                 "ill-conditioned", "not-converged")  # fmt: skip
    assert "`x` and `near`" in text


@pytest.mark.parametrize("name", PLAIN)
def test_an_outcome_without_variation(name):
    """One value in all rows is no outcome."""
    outcome = KINDS[name][1]
    about(notes(name, ordinary().assign(**{outcome: ordinary()[outcome].iloc[0]})),
          "constant-outcome")  # fmt: skip


NONE_OF = {"party": "p", "grade": "1", "died": 0}
"""The one level, or the absence of an event, that an arm is left with."""


@pytest.mark.parametrize(
    "name", [name for name in PLAIN if KINDS[name][1] not in ("y", "size")]
)  # fmt: skip
def test_a_level_without_events(name):
    """Separation by a level of a term: told, with the level, and no number stands there."""
    outcome = "died" if KINDS[name][1] == "time" else KINDS[name][1]
    table = ordinary()
    spoiled = table[outcome].where(table.arm != "c", NONE_OF.get(outcome, 0))
    found = notes(name, table.assign(**{outcome: spoiled}))
    assert "c" in about(found, "separation").replace("`", " ").replace("[T.c]", " c ").split()
    if all(note.level != "error" for note in found):
        assert fitted(name, table.assign(**{outcome: spoiled})).coef["arm[T.c]"].estimate is None


@pytest.mark.parametrize(
    "name", ["glm binomial", "logit", "probit", "gee binomial", "glmm binomial", "survey binomial"]
)
def test_an_outcome_that_a_number_predicts(name):
    """Perfect separation by a covariate leaves nothing to show."""
    event = (ordinary().x > 0).astype(int)
    assert notes(name, ordinary().assign(event=event))[-1].level == "error"
    about(notes(name, ordinary().assign(event=event)), "separation", "fitted-extremes")


# ── clusters ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [*CLUSTERED, "survey"])
def test_one_cluster(name):
    """Nothing can be said between clusters where there is one."""
    about(notes(name, ordinary().assign(site=0)), "one-cluster", "lonely-unit")


@pytest.mark.parametrize("name", ["glm poisson", "poisson"])
def test_counts_that_vary_more_than_the_model_says(name):
    """Overdispersion, here of clusters: how much, and how far errors are too small."""
    table = ordinary().assign(alone=ordinary()["count"])
    said = about(notes(name, table), "overdispersion")
    X = sm.add_constant(pd.get_dummies(table[["x", "arm"]], drop_first=True).astype(float))
    theirs = sm.GLM(table["count"], X, family=sm.families.Poisson()).fit()
    ratio = theirs.pearson_chi2 / theirs.df_resid
    assert f"{ratio:.2f} times" in said
    assert f"factor of about {ratio**0.5:.2f}" in said


def test_counts_that_vary_more_than_random_effects_explain():
    """Overdispersion within clusters, which a random intercept leaves."""
    calls = ordinary().assign(count=ordinary().calls)
    assert "`family: negative_binomial`" in about(notes("glmm poisson", calls), "overdispersion")


def test_errors_that_allow_for_overdispersion_need_no_word():
    """Robust errors are right whatever the counts vary."""
    assert "overdispersion" not in {note.code for note in notes("poisson by cluster", ordinary())}


@pytest.mark.parametrize("name", ROBUST)
def test_few_clusters(name):
    """Robust errors of ten clusters are marked."""
    about(notes(name, ordinary().assign(site=np.arange(N) % 10)), "few-clusters")


@pytest.mark.parametrize("name", MULTILEVEL)
def test_few_levels_of_a_random_effect(name):
    """A variance between five clusters is marked."""
    found = notes(name, ordinary().assign(site=np.arange(N) % 5))
    about(found, "few-levels", "few-clusters")


@pytest.mark.parametrize("name", [*ROBUST, "survey", "survey binomial"])
def test_a_level_of_one_cluster_has_no_robust_error(name):
    """What one cluster alone determines has no spread between clusters to be seen in."""
    site = np.arange(N) % 20
    result = fitted(
        name, ordinary().assign(site=site, arm=np.where(site == 7, "solo", ordinary().arm))
    )
    assert "solo" in about(result.notes, "one-cluster-level")
    alone = [coef for key, coef in result.coef.items() if key.endswith("arm[T.solo]")]
    assert alone
    assert all(coef.se is None and coef.p is None for coef in alone)


@pytest.mark.parametrize("name", ["gee", "gee binomial", "mixedlm", "glmm binomial"])
def test_clusters_of_one_row_are_counted(name):
    """They tell nothing of how alike members are."""
    rows = np.arange(N)
    table = ordinary().assign(site=np.where(rows < 390, ordinary().site, 1000 + rows))
    assert "10 of" in about(notes(name, table), "single-member-clusters")


@pytest.mark.parametrize(
    "name", [name for name in (*CLUSTERED, "survey") if not name.startswith("rlm")]
)
def test_the_cluster_that_moves_an_estimate_is_named(name):
    """A site of its own, far out and against the trend of all others: told by its id. (A robust
    regression is made not to be moved.)
    """
    outcome, table = KINDS[name][1], ordinary()
    far = table.site == 3
    low = {"party": "r", "grade": "1", "time": 50.0, "y": -4.0, "visits": 90}.get(outcome, 0)
    spoiled = table[outcome].where(~far, low)
    found = notes(name, table.assign(x=np.where(far, 10.0, table.x), **{outcome: spoiled}))
    assert "`3`" in about(found, "influential-clusters")
    assert "x`" in about(found, "influential-clusters")


@pytest.mark.parametrize(
    ("name", "options"),
    [("mixedlm", {}), ("glmm poisson", {})],
)
def test_a_shift_without_a_cluster_is_that_of_a_fit_without_it(name, options, monkeypatch):
    """Influence in a multilevel model, held against the fit of the other clusters."""
    from reportgen.models.multilevel import glmm_findings, mixedlm_findings

    seen: dict[str, Any] = {}

    def spy(shift, se, names, labels):
        seen.update(shift=dict(zip(labels, shift, strict=True)), names=list(names), se=se)
        return ()

    monkeypatch.setattr(glmm_findings, "influential", spy)
    monkeypatch.setattr(mixedlm_findings, "influential", spy)
    table = ordinary()
    whole = fitted(name, table)
    predicted = {label: shift.copy() for label, shift in seen["shift"].items()}
    names, se = seen["names"], seen["se"]
    for site in (0, 3, 11):
        rest = fitted(name, table[table.site != site])
        for place, coef in enumerate(names):
            moved = whole.coef[coef].estimate - rest.coef[coef].estimate
            # Variances move too, a little: what is left is of a second order.
            assert predicted[str(site)][place] == pytest.approx(moved, abs=0.06 * se[place])


@pytest.mark.parametrize("name", MULTILEVEL)
def test_a_variance_of_zero_is_said(name):
    """The boundary: sites that all have the same eight outcomes."""
    same = np.array([0, 1, 0, 1, 1, 0, 0, 1])[np.arange(N) // G]
    about(notes(name, ordinary().assign(**{KINDS[name][1]: same}), "1"), "boundary")


# ── not reached ──────────────────────────────────────────────────────────────────────────────


def stopped(*modules: str):
    return tuple(f"reportgen.models.{module}" for module in modules)


STOPPED = {
    "glm binomial": stopped("engines.regressions.irls"),
    "logit": stopped("engines.regressions.irls"),
    "poisson": stopped("engines.regressions.irls"),
    "survey binomial": stopped("engines.regressions.irls"),
    "mnlogit": stopped("engines.regressions.predictors"),
    "ordered": stopped("engines.regressions.predictors"),
    "negativebinomial": stopped("engines.regressions.predictors"),
    "phreg": stopped("engines.regressions.predictors"),
    "rlm": stopped("regression.rlm"),
    "gee binomial": stopped("engines.equations.estimating"),
    "mixedlm": stopped("engines.effects.climb"),
}


@pytest.mark.parametrize("name", STOPPED)
def test_a_fit_that_stops_before_its_end_shows_nothing(name, monkeypatch):
    """17, 18, 76, 85: an iteration or none is no fit, and is never taken for one."""
    for path in STOPPED[name]:
        module = importlib.import_module(path)
        for count, least in (("ITERATIONS", 1), ("NEWTON_STEPS", 0)):
            if hasattr(module, count):
                monkeypatch.setattr(module, count, least)
        if hasattr(module, "minimize"):
            short = partial(module.minimize)
            monkeypatch.setattr(
                module, "minimize",
                lambda *given, short=short, **more: short(
                    *given, **{**more, "options": {"maxiter": 1}}
                ),
            )  # fmt: skip
    (note,) = notes(name, ordinary())
    assert (note.level, note.code) == ("error", "not-converged")


# ── where it is read ─────────────────────────────────────────────────────────────────────────

SPEC = """\
reportgen: 1
title: Health
datasets: {d: {source: d.csv}}
models:
  sound: {kind: ols, formula: y ~ x}
  tied: {kind: ols, formula: y ~ x + twice}
  few: {kind: gee, formula: y ~ x, groups: ten}
  zero: {kind: mixedlm, formula: same ~ 1, groups: site}
  without: {kind: logit, formula: none ~ x + arm}
  gone: {kind: logit, formula: split ~ x}
report:
  - {table: compare, models: [sound, tied, few]}
  - {table: compare, models: [without, gone]}
  - {table: variance, models: [zero]}
  - {table: notes}
output: {formats: [html]}
"""
SAID = {"tied": "rank-deficient", "few": "few-clusters", "zero": "boundary",
        "without": "separation", "gone": "separation"}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A report of models that are ill in different ways: exit code, page, results."""
    folder, table, rows = tmp_path_factory.mktemp("health"), ordinary(), np.arange(N)
    table.assign(
        twice=2 * table.x, ten=rows % 10, same=np.array([0, 1, 0, 1, 1, 0, 0, 1])[rows // G],
        none=table.event.where(table.arm != "c", 0), split=(table.x > 0).astype(int),
    ).to_csv(folder / "d.csv", index=False)  # fmt: skip
    spec = folder / "s.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    code = main(["build", str(spec), "--out", str(folder / "o"), "--no-cache"])
    page = (folder / "o" / "s" / "report.html").read_text(encoding="utf-8")
    results = json.loads((folder / "o" / "s" / "results.json").read_text(encoding="utf-8"))
    return code, page, results["models"]


def test_findings_are_in_the_results_by_code_and_in_the_report_by_sentence(built):
    """Every finding of every model, and a sound model has none. Coefficients and variances are
    called there as the tables call them.
    """
    shown = {"variance of `site`": "variance of “site (intercept)”", "`arm[T.c]`": "“arm: c”"}
    _, page, models = built
    assert (models["sound"]["status"], models["sound"]["notes"]) == ("ok", [])
    text = re.sub(r"<[^>]+>", "", html.unescape(page))
    for name, code in SAID.items():
        (note,) = [note for note in models[name]["notes"] if note["code"] == code]
        told = note["text"]
        for written, called in shown.items():
            told = told.replace(written, called)
        told = told.replace("`", "")
        assert told[1:] in text, name


def test_a_failed_fit_is_shown_where_its_numbers_would_be(built):
    """It is marked in its column, the build says so by its exit code, and the rest stands."""
    code, page, models = built
    assert code == 4
    assert models["gone"]["status"] == "failed"
    assert models["gone"]["coef"] == {}
    assert models["without"]["coef"]["arm[T.c]"]["estimate"] is None
    assert models["without"]["coef"]["x"]["estimate"] is not None
    second = page.split("<table")[2]
    assert "gone could not be fitted" in re.sub(r"<[^>]+>", "", second)
    assert "Table 4." in page


def test_every_finding_says_what_it_does():
    """A code stands for one effect and one sentence."""
    assert all(each.meaning and not each.meaning.endswith(".") for each in FINDINGS.values())
