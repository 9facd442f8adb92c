"""What is fitted again, and what is not."""

from __future__ import annotations

import pytest


@pytest.fixture
def fitted(project, monkeypatch, tmp_path):
    """Builds, and gives the kinds of the models that were fitted."""
    from reportgen.run import worker

    monkeypatch.setenv("REPORTGEN_CACHE", str(tmp_path / "cache"))
    found = []
    real = worker.fit

    def watched(kind, *given):
        found.append(kind)
        return real(kind, *given)

    monkeypatch.setattr(worker, "fit", watched)

    def build(*arguments):
        found.clear()
        assert project.build(*arguments) == 0
        return list(found)

    return build


def test_nothing_changed(project, fitted):
    """The second build fits nothing, and gives the same numbers."""
    assert fitted() == ["ols", "gee"]
    first = project.files()["trial/results.json"]
    assert fitted() == []
    assert (
        project.files()["trial/results.json"].split(b'"models"')[1] == (first.split(b'"models"')[1])
    )


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
