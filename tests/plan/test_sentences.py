"""Sentences asked for in prose: what can be known to be wrong before anything is fitted."""

from __future__ import annotations

import pytest

ASKED = '"{{ models.gee.coef.Dose.estimate }} from {{ data.trial.n }} rows"'
FORMULA = "kind: gee\n    formula: y ~ Dose\n"

MISTAKES = {
    "a model that there is not": ('sentence("gea.Dose")', "there is no model `gea`", "gee"),
    "a coefficient that there is not": ('sentence("gee.Dos")', "has no covariate `Dos`", "Dose"),
    "a test that there is not": ('sentence("gee.wald.Dos")', "has no term `Dos`", "Dose"),
    "a model alone": ('sentence("gee")', "a sentence is about a number of a model", ""),
    "the intercept": ('sentence("gee.Intercept")', "`Intercept` compares nothing", ""),
    "an argument": ('sentence("gee.Dose", pre=1)', "has no argument `pre`", "per"),
    "a value of an argument": ('sentence("gee.Dose", per=0)', "`per` is a number above 0", ""),
    "decimals": ('sentence("gee.Dose", decimals=1.5)', "`decimals` is a whole number", ""),
    "a flag": ('sentence("gee.Dose", p=1)', "`p` is true or false", ""),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_told_at_its_place(what: str, told) -> None:
    """The problem stands at the name within the text, with what was meant."""
    call, message, meant = MISTAKES[what]
    (problem,) = told((ASKED, f"'So: {{{{ {call} }}}}.'"))
    assert message in problem.message
    assert problem.hint == (f"did you mean `{meant}`?" if meant else "")
    assert problem.place is not None
    assert problem.place.line == 16
    assert problem.place.column == 12 + len('So: {{ sentence("')


RIGHT = ("gee.Dose", "gee.icc", "gee.variance.site", "gee.wald.Dose", "ols.C(Dose)[T.2]")


@pytest.mark.parametrize("name", RIGHT)
def test_what_may_be_asked_for(name: str, told) -> None:
    """A coefficient, an intraclass correlation, a variance, a test."""
    changes = [("formula: y ~ Dose}", "formula: y ~ C(Dose)}")] if "ols" in name else []
    assert told((ASKED, f"'{{{{ sentence(\"{name}\", per=2, adjusted=true) }}}}'"), *changes) == []


CURVES = ("Dose * site", "Dose + I(Dose ** 2)", "bs(Dose, df=4)")


@pytest.mark.parametrize("terms", CURVES)
def test_no_single_reading(terms: str, told) -> None:
    """Interactions and curves are refused, and contrasts proposed."""
    changes = ((FORMULA, FORMULA.replace("Dose", terms)), (ASKED, "'{{ sentence(\"gee.Dose\") }}'"))
    (problem,) = told(*changes)
    assert problem.code == "sentence"
    assert "table: contrasts" in problem.help
