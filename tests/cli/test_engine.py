"""Who fits a model of `engine: auto`: decided by what a spec declares, and by nothing else."""

from __future__ import annotations

import json

import pytest

from reportgen.cli import main
from reportgen.models import engine
from reportgen.run import fits, requests
from reportgen.run.queues import crew

MORE = "  more:\n    kind: ols\n    formula: y ~ x\n    each: {of: [%s]}\nreport:\n"


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch, tmp_path):
    """From six models on, statsmodels is given no time to speak of."""
    monkeypatch.setattr(engine, "STEPS", {6: 1e-9})
    monkeypatch.setenv("REPORTGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def engines(monkeypatch):
    """The engines of models by their ids, as their Results come back from where they were made."""
    found = {}
    real = fits._result

    def watched(plan, job, value):
        result = real(plan, job, value)
        found[job.id] = result.method.engine
        return result

    monkeypatch.setattr(fits, "_result", watched)
    return found


@pytest.fixture
def many(project):
    """A project of seven models, one of them estimating equations."""
    project.replace("report:\n", MORE % "a, b, c, d, e")
    return project


def test_many_models_are_fitted_by_our_own(project, engines):
    """statsmodels fits those of a small spec; a sixth model of another kind is one too many."""
    project.replace("report:\n", MORE % "a, b, c")
    assert project.build() == 0
    assert engines["gee"] == "statsmodels"
    project.replace("[a, b, c]", "[a, b, c, d]")
    assert project.build() == 0
    assert engines["gee"] == "fast"


def test_reports_of_a_matrix_count_whichever_are_made(project, engines):
    """Two models in three reports are six, though only one report is asked for."""
    project.replace("title: A small trial\n", "title: At $place\nmatrix: {place: [1, 2, 3]}\n")
    assert project.build("--matrix", "place=2") == 0
    assert engines["gee"] == "fast"
    project.replace("[1, 2, 3]", "[1, 2]")
    assert project.build("--matrix", "place=2") == 0
    assert engines["gee"] == "statsmodels"


def test_one_model_shown_alone_has_the_same_engine(many, engines):
    """`show` fits only what is asked for, as a build of the whole spec does."""
    assert main(["show", str(many.spec), "gee"]) == 0
    assert engines == {"gee": "fast"}


@pytest.mark.skipif(not crew.can_fork(), reason="processes are forked on Linux only")
def test_it_is_the_same_in_another_process(many, engines, monkeypatch):
    """What a spec declares goes with the task."""
    monkeypatch.setattr(crew, "WORTH", 1e-6)
    many.replace("report:\n", "  other: {like: gee, formula: y ~ x + I(x**2)}\nreport:\n")
    assert many.build("--no-cache", "--jobs", "2") == 0
    assert (engines["gee"], engines["other"]) == ("fast", "fast")


def test_a_block_asks_for_fits_of_the_same_engine(many):
    """Further fits of `table: clustering` are weighed as the models of the spec are."""
    table = "  - table: clustering\n    models: [ols]\n    groups: site\n"
    many.replace("output:\n", f"{table}output:\n")
    seen = []
    asked = engine.asks_statsmodels

    def asks(name, seconds):
        seen.append(asked(name, seconds))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reportgen.models.marginal.gee_solution.asks_statsmodels", asks)
        assert many.build() == 0
    assert len(seen) > 1
    assert not any(seen)


@pytest.mark.parametrize("name", ["fast", "statsmodels"])
def test_a_block_asks_for_fits_of_the_engine_that_is_forced(project, name, monkeypatch):
    """`--engine` is about all fits of a build, those that a table asks for among them."""
    table = "  - table: clustering\n    models: [ols]\n    groups: site\n"
    project.replace("output:\n", f"{table}output:\n")
    found = {}
    real = requests._result

    def watched(plan, asked, value):
        found[asked.name] = real(plan, asked, value).method.engine
        return real(plan, asked, value)

    monkeypatch.setattr(requests, "_result", watched)
    assert project.build("--engine", name) == 0
    assert {found["clustering: gee"], found["clustering: intercept"]} == {name}


def test_a_plan_says_that_there_are_more_models_now(project, capsys):
    """Only the models that weigh are fitted anew, and it is said why."""
    assert project.build() == 0
    project.replace("report:\n", MORE % "a, b, c, d, e")
    capsys.readouterr()
    assert main(["plan", str(project.spec), "--json"]) == 0
    steps = {step["name"]: step for step in json.loads(capsys.readouterr().out)}
    assert steps["gee"]["why"] == ("changed: the number of models, by which `engine: auto` decides")
    assert not steps["ols"]["runs"]
