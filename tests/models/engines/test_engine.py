"""Which engine fits a model, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.models import MODELS, engine
from reportgen.run.queues import worker


def fit(kind, frame, **options):
    return worker.fit(kind, MODELS.load(kind).Options(**options), frame, None)


@pytest.mark.parametrize("kind", ["gee", "mixedlm"])
def test_auto_asks_statsmodels_where_that_is_cheap(simulated, kind):
    """The reference fits what it fits in less than a second."""
    assert fit(kind, simulated, formula="x ~ arm", groups="site").method.engine == "statsmodels"


@pytest.mark.parametrize("kind", ["gee", "mixedlm"])
def test_auto_does_not_wait_for_statsmodels(simulated, kind):
    """Where its estimated time is above what it is given, our engine stands alone."""
    with engine.giving(1e-6):
        result = fit(kind, simulated, formula="x ~ arm", groups="site")
    assert result.method.engine == "fast"
    assert not [note for note in result.notes if note.code == "engine"]


def test_the_kinds_that_ask_say_so():
    """Their results depend on the patience with them; those of others, or of one engine, do not."""
    asking = {"gee", "mixedlm"}
    for name in ("gee", "mixedlm", "glm", "ols"):
        kind = MODELS.load(name)
        options = kind.Options(formula="y ~ x", **({"groups": "g"} if name in asking else {}))
        assert engine.heeded(kind, options, 0.1) == (0.1 if name in asking else None)
        assert engine.heeded(kind, replace(options, engine="fast"), 0.1) is None


def test_a_fit_among_many_is_given_less():
    """In few steps: one model more or less hardly ever changes what the others are given."""
    given = [engine.patience(models) for models in range(1, 5_001)]
    assert given == sorted(given, reverse=True)
    assert len(set(given)) == 3
    assert given[24] == engine.PATIENCE
    assert engine.gee_seconds(5_000, 100, serial=False) > engine.patience(1_000)


def test_time_grows_with_rows_clusters_and_effects():
    """The estimates of time are larger for what takes longer."""
    assert engine.gee_seconds(5000, 30, serial=False) < engine.gee_seconds(5000, 1000, serial=False)
    assert engine.gee_seconds(500_000, 50_000, serial=False) > engine.PATIENCE
    mixed = engine.mixed_seconds
    assert mixed(5000, 30, 1, 1, dense=False) < engine.PATIENCE
    assert mixed(50_000, 5000, 1, 1, dense=False) > engine.PATIENCE
    assert mixed(5000, 300, 6, 2, dense=True) > 10 * mixed(5000, 300, 2, 2, dense=False)


def test_an_engine_that_does_not_fit_a_model_is_named(simulated):
    """What was asked for and what was done are both said; gamma outcomes are not ours."""
    table = simulated.table.assign(positive=simulated.table.x.abs() + 0.1)
    frame = type(simulated)(table, simulated.facts)
    result = fit("glm", frame, formula="positive ~ arm", family="gamma", link="log", engine="fast")
    assert result.method.engine == "statsmodels"
    note = next(note for note in result.notes if note.code == "engine")
    assert "fitted by statsmodels" in note.text
    assert note.level == "info"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("ols", {}),
        ("glm", {"family": "binomial", "formula": "event ~ x"}),
        ("mixedlm", {"groups": "site", "formula": "count ~ x"}),
    ],
)
def test_an_audit_finds_our_likelihood_in_statsmodels(simulated, kind, options):
    """statsmodels' own functions at our numbers: the same height, and no slope."""
    asked = MODELS.load(kind).Options(**{"formula": "x ~ arm", "engine": "fast", **options})
    stats = worker.fit(kind, asked, simulated, None, audit=True).stats
    assert stats["audit_llf"] == pytest.approx(stats["llf"], rel=1e-10)
    assert stats["audit_score"] < 1e-5


def test_an_audit_of_estimating_equations_finds_them_solved(simulated):
    """The next step of statsmodels, in standard errors."""
    asked = MODELS.load("gee").Options(formula="event ~ x", family="binomial", groups="site",
                                       engine="fast")  # fmt: skip
    assert worker.fit("gee", asked, simulated, None, audit=True).stats["audit_score"] < 1e-8
