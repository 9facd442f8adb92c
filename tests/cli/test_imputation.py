"""Imputation from the spec to the record: defaults, checks, prose, the last page."""

import json

import pytest

HOLES = 20


@pytest.fixture
def holes(project):
    """Every fifth dose is missing."""
    head, *lines = project.data.read_text(encoding="utf-8").splitlines()
    cut = [
        line if place % 5 else ",".join([line.split(",")[0], "", line.split(",")[2]])
        for place, line in enumerate(lines)
    ]
    project.data.write_text("\n".join([head, *cut]) + "\n", encoding="utf-8")
    project.replace("models:\n", "defaults: {impute: {copies: 3, seed: 11}}\nmodels:\n")
    return project


def models(project):
    return json.loads((project.out / "trial" / "results.json").read_text())["models"]


def test_every_model_is_imputed_by_the_defaults(holes):
    """No row is lost; each coefficient has its fraction of missing information."""
    assert holes.build() == 0
    for model in models(holes).values():
        assert model["n"] == 96
        assert 0 < model["coef"]["x"]["fmi"] < 1
    html = (holes.out / "trial" / "report.html").read_text(encoding="utf-8")
    assert "imputed 3 times by chained equations" in html


def test_null_takes_the_default_away(holes):
    """A model may be fitted to its complete rows beside imputed ones."""
    holes.replace("kind: ols\n", "kind: ols\n    impute: null\n")
    holes.replace("table: compare\n", "table: compare\n    columns: [estimate, fmi]\n")
    assert holes.build() == 0
    found = models(holes)
    assert found["ols"]["n"] == 96 - HOLES
    assert "fmi" not in found["ols"]["coef"]["x"]
    assert found["gee"]["n"] == 96


def test_the_seed_is_on_the_last_page(holes):
    """Chance that was used is named where the report tells how it was made."""
    assert holes.build() == 0
    html = (holes.out / "trial" / "report.html").read_text(encoding="utf-8")
    assert "ols = 11" in html


def test_the_same_spec_gives_the_same_bytes(holes, monkeypatch):
    """Imputation changes nothing of that."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert holes.build("--no-cache") == 0
    first = holes.files()
    assert holes.build("--no-cache") == 0
    assert holes.files() == first


def test_fmi_in_prose(holes):
    """What imputation adds to a coefficient is a value of it."""
    holes.replace("people.", "people, {{ models.ols.coef.x.fmi | num(2) }}.")
    assert holes.build() == 0


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{copies: 3}", "needs the key `seed`"),
        ("{copies: 1, seed: 1}", "`copies` must be at least 2"),
        ("{copies: 3, seed: 1, columns: [dose]}", "`dose`"),
        ("{sets: 3, seed: 1}", "`sets`"),
        ("true", "must be a mapping"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(holes, capsys, written, told):
    """Before any data are read, with the line of the defaults."""
    holes.replace("{copies: 3, seed: 11}", written)
    assert holes.build() == 2
    error = capsys.readouterr().err
    assert told in error
    assert "defaults: {impute:" in error


def test_the_table_of_an_imputation(holes):
    """Within, between, and what they add up to, a row a coefficient."""
    holes.replace("table: compare\n    models: [ols, gee]", "table: imputation\n    models: ols")
    assert holes.build() == 0
    rows = (holes.out / "trial" / "tables" / "01-imputation.csv").read_text(encoding="utf-8")
    assert "SE within" in rows
    assert "RIV" in rows


def test_a_table_of_an_imputation_that_was_not(holes):
    """Said where the table would stand; the rest of the report is built."""
    holes.replace("kind: ols\n", "kind: ols\n    impute: null\n")
    holes.replace("table: compare\n    models: [ols, gee]", "table: imputation\n    models: ols")
    assert holes.build() == 0
    html = (holes.out / "trial" / "report.html").read_text(encoding="utf-8")
    assert "was imputed" in html
