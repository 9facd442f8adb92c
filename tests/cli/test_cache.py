"""What is fitted again, and what is not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from reportgen.cli import main


@pytest.fixture
def fitted(project, monkeypatch, tmp_path):
    """Builds, and gives the kinds of the models that were fitted."""
    from reportgen.run.queues import worker

    monkeypatch.setenv("REPORTGEN_CACHE", str(tmp_path / "cache"))
    found = []
    real = worker.fit

    def watched(kind, *given, **more):
        found.append(kind)
        return real(kind, *given, **more)

    monkeypatch.setattr(worker, "fit", watched)

    def build(*arguments):
        found.clear()
        assert project.build(*arguments) == 0
        return list(found)

    return build


def test_nothing_changed(project, fitted):
    """The second build fits nothing and writes nothing."""
    assert fitted() == ["ols", "gee"]
    first, written = project.files(), project.written()
    assert fitted() == []
    assert (project.files(), project.written()) == (first, written)


def test_a_fit_comes_back_as_it_was(project, fitted):
    """Numbers, order and notes of a fit that was kept are those of one that was not."""
    fitted()
    first = project.models()
    project.replace("title: A small trial", "title: Another title")
    assert fitted() == []
    assert project.models() == first


def test_a_report_that_was_touched_is_written_again(project, fitted):
    """A file that is gone, or not as it was left, comes back; nothing is fitted for it."""
    fitted()
    first = project.files()
    (project.out / "trial" / "report.html").unlink()
    assert fitted() == []
    assert set(project.files()) == set(first)
    (project.out / "trial" / "report.html").write_text("mine", encoding="utf-8")
    assert fitted() == []
    assert project.files()["trial/report.html"] != b"mine"


def test_a_failed_claim_still_fails(project, fitted, capsys):
    """A report that stands with a claim that does not hold exits with 4 again, and says so."""
    project.replace("report:\n", "report:\n  - claim: It is huge\n    that: data.trial.n > 999\n")
    assert project.build() == 4
    capsys.readouterr()
    assert project.build() == 4
    assert "the claim does not hold" in capsys.readouterr().err


LIGHT = """
import sys
from reportgen.cli import main
code = main(["build", sys.argv[1], "--out", sys.argv[2]])
heavy = {"numpy", "pandas", "scipy", "statsmodels", "patsy", "matplotlib", "weasyprint"}
print(code, sorted(heavy & set(sys.modules)))
"""


def test_nothing_heavy_is_loaded_for_nothing(project, fitted):
    """A build in which nothing changed loads no library that computes or draws."""
    fitted()
    command = [sys.executable, "-c", LIGHT, str(project.spec), str(project.out)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y: Outcome (points)", "y: Score (points)"),
        ("title: A small trial", "title: Another title"),
        ("people.", "persons."),
        ("- table: compare\n", "- table: compare\n    caption: Two models\n"),
    ],
)
def test_words_fit_nothing(project, fitted, old, new):
    """A label, a title, a sentence, a caption: no model is fitted again."""
    fitted()
    project.replace(old, new)
    assert fitted() == []


def test_a_recode_refits_only_those_that_use_it(project, fitted):
    """The other models are as before."""
    project.replace("models:\n", "    recodes: {x2: x * 2, x3: x * 3}\nmodels:\n")
    project.replace("    formula: y ~ x\n    groups", "    formula: y ~ x2\n    groups")
    assert fitted() == ["ols", "gee"]
    project.replace("x3: x * 3", "x3: x * 4")
    assert fitted() == []
    project.replace("x2: x * 2", "x2: x * 5")
    assert fitted() == ["gee"]


def test_other_data_and_another_sample_refit_all(project, fitted):
    """One value of the file, or one row fewer, concerns every model."""
    fitted()
    text = project.data.read_text(encoding="utf-8")
    project.data.write_text(text.replace("\n", "\n9.5,0.5,3\n", 1), encoding="utf-8")
    assert fitted() == ["ols", "gee"]
    project.replace("models:\n", "    sample:\n      - where: x > -1\nmodels:\n")
    assert fitted() == ["ols", "gee"]


def test_without_a_cache(project, fitted):
    """`--no-cache` fits all, and remembers nothing."""
    fitted()
    assert fitted("--no-cache") == ["ols", "gee"]


def test_subgroups_are_remembered_too(project, fitted):
    """One fit a level, each known again."""
    project.replace("    formula: y ~ x\n  gee", "    formula: y ~ x\n    by: site\n  gee")
    assert len(fitted()) == 13
    assert fitted() == []


def planned(project, capsys):
    """The steps that `reportgen plan` foresees, by name: whether each runs, and why."""
    capsys.readouterr()
    assert main(["plan", str(project.spec), "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)
    return {step["name"]: (step["runs"], step["why"]) for step in steps}


def test_a_plan_says_what_will_run_and_why(project, fitted, capsys):
    """New at first; then only what a change concerns, and the column that changed."""
    project.replace("models:\n", "    recodes: {x2: x * 2}\nmodels:\n")
    project.replace("    formula: y ~ x\n    groups", "    formula: y ~ x2\n    groups")
    assert planned(project, capsys)["gee"] == (True, "new")
    fitted()
    assert not any(runs for runs, _ in planned(project, capsys).values())
    project.replace("x2: x * 2", "x2: x * 5")
    steps = planned(project, capsys)
    assert steps["ols"] == (False, "nothing it depends on has changed")
    assert steps["gee"] == (True, "changed: the column `x2`")
    assert steps["trial"][0]


def test_clean_empties_the_cache(project, fitted, capsys):
    """After it everything is fitted again."""
    fitted()
    assert main(["clean"]) == 0
    assert "entries removed" in capsys.readouterr().out
    assert fitted() == ["ols", "gee"]
