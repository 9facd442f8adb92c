"""An outcome of a linear model with so few values that they may be levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

LINEAR = {
    "ols": {},
    "rlm": {},
    "quantreg": {},
    "glm": {},
    "gee": {"groups": "site"},
    "mixedlm": {"groups": "site"},
}


@pytest.fixture(scope="module")
def people():
    """Answers from 1 to 5, a yes or no, and a measurement, of 300 people in 50 sites."""
    rng = np.random.default_rng(2)
    site = np.repeat(np.arange(50), 6)
    amount = rng.normal(size=300) + rng.normal(0, 0.7, 50)[site]
    table = pd.DataFrame({"site": site, "x": rng.normal(size=300), "amount": amount})
    table["answer"] = 1.0 + np.digitize(amount, [-1, -0.3, 0.3, 1])
    return table.assign(yes=(amount > 0.2).astype(int))


def told(result):
    return [note.text for note in result.notes if note.code == "few-values"]


@pytest.mark.parametrize("kind", LINEAR)
def test_answers_in_five_levels_are_told(kind, people, fit):
    """Once, without a warning, with the kinds that take them as levels."""
    (text,) = told(fit(kind, people, formula="answer ~ x", **LINEAR[kind]))
    assert "`answer` has 5 different values" in text
    assert "`ordinal_gee`" in text


def test_a_yes_and_a_no_are_told(people, fit):
    """With the kind that takes them so; a model of a probability has nothing to tell."""
    result = fit("ols", people, formula="yes ~ x")
    assert "`logit`" in told(result)[0]
    assert result.status == "ok"
    assert not told(fit("glm", people, formula="yes ~ x", family="binomial"))
    assert not told(fit("gee", people, formula="yes ~ x", family="binomial", groups="site"))


def test_a_measurement_is_not(people, fit):
    """Neither are few rows, which have few values of anything."""
    assert not told(fit("ols", people, formula="amount ~ x"))
    assert not told(fit("ols", people.iloc[:5], formula="amount ~ x"))
    assert not told(fit("ols", people.iloc[:20], formula="answer ~ x"))
