"""The engines on random designs, held to statsmodels at the same optimum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st

from reportgen.core.errors import FitError
from reportgen.models import MODELS
from reportgen.models.audit import audit
from tests.models.conftest import framed

SAME = 1e-6
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
STRUCTURES = ["independence", "exchangeable", "autoregressive"]


@st.composite
def designs(draw, least=6):
    """Clusters of unequal sizes, some of one member; a number, a level, three outcomes."""
    sizes = draw(st.lists(st.integers(1, 14), min_size=least, max_size=20))
    sizes = [*sizes, 1, 9, 12, 10, 11, 8, 7]
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    site = np.repeat(np.arange(len(sizes)), sizes)
    n = len(site)
    x = rng.normal(size=n) * draw(st.sampled_from([1.0, 1e3]))
    shift = rng.normal(0, draw(st.sampled_from([0.4, 1.0])), len(sizes))[site]
    arm = rng.choice(["a", "b"], size=n)
    eta = 0.3 * x / np.abs(x).max() + shift + 0.4 * (arm == "b")
    return pd.DataFrame({
        "site": site, "x": x, "arm": arm, "time": np.arange(n) - np.searchsorted(site, site),
        "gaussian": eta + rng.normal(size=n),
        "binomial": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
        "poisson": rng.poisson(np.exp(0.5 + 0.4 * eta)).astype(float),
    })  # fmt: skip


def both(kind, table, **options):
    """Results of our engine and of statsmodels."""
    found = []
    model = MODELS.load(kind)
    for engine in ("fast", "statsmodels"):
        try:
            fit = model.fit(model.Options(engine=engine, **options), framed(table))
        except FitError:
            reject()  # no solution: a correlation far below zero, an outcome of one value
        result = model.tidy(fit)
        assert result.method.engine == engine
        found.append(result)
    return found


def numbers(result):
    coef = list(result.coef.values())
    estimates = [each.estimate for each in coef]
    errors = [each.se for each in coef]
    return estimates, errors


def assert_same(ours, theirs):
    """Estimates to 1e-6 of their standard errors or of themselves, errors to 1e-6."""
    (b, se), (b_, se_) = numbers(ours), numbers(theirs)
    assert se == pytest.approx(se_, rel=SAME)
    for value, other, error in zip(b, b_, se, strict=True):
        assert value == pytest.approx(other, rel=SAME, abs=SAME * error)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_estimating_equations(family, structure):
    """Nine pairs of family and structure, on clusters of any size."""

    @FEW
    @given(designs())
    def check(table):
        ours, theirs = both(
            "gee", table, formula=f"{family} ~ x + arm", family=family, groups="site",
            cov_struct=structure, time="time" if structure == "autoregressive" else None,
        )  # fmt: skip
        assert_same(ours, theirs)

    check()


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_generalised_linear_models(family):
    """Estimates, errors and every statistic of the model."""

    @FEW
    @given(designs())
    def check(table):
        ours, theirs = both("glm", table, formula=f"{family} ~ x + arm", family=family)
        assert_same(ours, theirs)
        assert dict(ours.stats) == pytest.approx(dict(theirs.stats), rel=SAME, abs=1e-9)

    check()


@pytest.mark.parametrize("effects", ["1", "1 + z"])
@pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
def test_multilevel_models_are_no_lower_than_statsmodels(effects, reml):
    """Our optimum is as high by statsmodels' own likelihood, and its score is zero there; on the
    boundary it is as high. Where statsmodels has climbed as far the numbers are the same.
    """

    @FEW
    @given(designs(least=10))
    def check(table):
        table["z"] = table.x / np.abs(table.x).max()
        model = MODELS.load("mixedlm")
        keys = {
            "formula": "gaussian ~ z + arm", "groups": "site", "re_formula": effects, "reml": reml,
        }  # fmt: skip
        fit = model.fit(model.Options(engine="fast", **keys), framed(table))
        ours, held = model.tidy(fit), audit(fit)
        assert held["audit_llf"] == pytest.approx(ours.stats["llf"], abs=1e-5)
        if "audit_score" in held:
            assert held["audit_score"] < 1e-4
        theirs = fit.point.likelihood
        assert ours.stats["llf"] >= _statsmodels(fit, reml, theirs) - 1e-6

    check()


def _statsmodels(fit, reml, likelihood):
    from reportgen.models.multilevel.mixedlm_statsmodels import optimum

    found = optimum(fit.design, fit.random, fit.clusters.codes, reml)
    return -np.inf if found.psi is None else likelihood.at(likelihood.turned(found.psi)).llf


def test_terms_that_cannot_be_told_apart():
    """A column that is twice another: both engines withhold the same coefficients."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"site": np.repeat(np.arange(12), 8), "x": rng.normal(size=96)})
    table["twice"] = 2 * table.x
    table["z"] = rng.normal(size=96)
    table["y"] = table.x + rng.normal(size=96)
    table["event"] = (table.y > 0).astype(float)
    for kind, more in (("gee", {"groups": "site"}), ("glm", {"family": "binomial"})):
        outcome = "event" if kind == "glm" else "y"
        ours, theirs = both(kind, table, formula=f"{outcome} ~ x + twice + z", **more)
        gone = [name for name, coef in ours.coef.items() if coef.estimate is None]
        assert gone
        assert gone == [name for name, coef in theirs.coef.items() if coef.estimate is None]
        assert ours.coef["z"].se == pytest.approx(theirs.coef["z"].se, rel=SAME)
