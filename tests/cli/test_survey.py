"""A survey from the spec to the record: domains, subgroups, estimates by level."""

import json

import pytest

SURVEY = """kind: survey
    psu: site
    estimate: mean
    of: y
    by: high
  over:
    kind: survey
    psu: site
    estimate: mean
    of: y
    over: high
  high:
    kind: survey
    psu: site
    formula: y ~ x
    domain: x > 0"""


@pytest.fixture
def survey(project):
    project.replace("      site: Site\n", "      site: Site\n    recodes:\n      high: x > 0\n")
    project.replace("kind: gee\n    formula: y ~ x\n    groups: site", SURVEY)
    project.replace("[ols, gee]", "[ols, high]")
    return project


def models(project):
    return json.loads((project.out / "trial" / "results.json").read_text())["models"]


def test_by_keeps_the_design(survey):
    """`by` is the domain of each level: what `over` gives, and no row is dropped."""
    assert survey.build() == 0
    found = models(survey)
    over = found["over"]["coef"]
    for level in "01":
        coef = found[f"gee[{level}]"]["coef"]["y"]
        wanted = over[f"y|high[{level}]"]
        for name in ("estimate", "se", "df", "low", "high", "deff", "n"):
            assert coef[name] == pytest.approx(wanted[name])
        assert coef["p"] is None
    assert found["gee[0]"]["n"] + found["gee[1]"]["n"] == 96
    assert found["high"]["n"] == found["gee[1]"]["n"]


def test_estimates_in_prose(survey):
    """What only an estimate of a survey has is a value of its coefficient."""
    survey.replace(
        "{{ data.trial.n | count }} people.",
        "Effect {{ models.over.coef['y|high[1]'].deff | num(1) }} of {{ models.over.n | count }}.",
    )
    assert survey.build() == 0
    deff = models(survey)["over"]["coef"]["y|high[1]"]["deff"]
    html = (survey.out / "trial" / "report.html").read_text(encoding="utf-8")
    assert f"Effect {deff:.1f} of 96." in html


def test_a_condition_is_checked_like_a_step(survey, capsys):
    """A column that a domain names is looked up before any data are read."""
    survey.replace("domain: x > 0", "domain: dose > 0")
    assert survey.build() == 2
    assert "`dose`" in capsys.readouterr().err
