"""Families and links: what a spec may ask for, and that statsmodels gets just that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError
from reportgen.core.types import Facts, Frame
from reportgen.models.regression.families import (
    FAMILIES,
    check_family,
    check_outcome,
    statsmodels_of,
)
from reportgen.models.regression.glm import Glm

OPTIONS = Glm.Options(formula="y ~ x")


def codes(**keys):
    return [problem.code for problem in check_family(replace(OPTIONS, **keys))]


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_link_of_every_family_is_statsmodels_own(family):
    """Each family can be made with each of its links, without a word from the library."""
    known = {"negative_binomial": {"alpha": 0.7}, "tweedie": {"var_power": 1.4}}.get(family, {})
    for link in FAMILIES[family].links:
        made = statsmodels_of(replace(OPTIONS, family=family, link=link, **known))
        assert type(made).__name__ == FAMILIES[family].target


def test_variance_functions_have_the_parameter_that_was_written():
    """μ + alpha·μ² for the negative binomial, μ^var_power for Tweedie's."""
    mean = np.array([0.5, 2.0])
    negative = statsmodels_of(replace(OPTIONS, family="negative_binomial", alpha=0.7))
    tweedie = statsmodels_of(replace(OPTIONS, family="tweedie", var_power=1.4))
    assert negative.variance(mean) == pytest.approx(mean + 0.7 * mean**2)
    assert tweedie.variance(mean) == pytest.approx(mean**1.4)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"family": "negative_binomial"}, "missing-alpha"),
        ({"family": "negative_binomial", "alpha": 0.0}, "alpha"),
        ({"family": "tweedie"}, "missing-var_power"),
        ({"family": "tweedie", "var_power": 2.5}, "var_power"),
        ({"family": "poisson", "alpha": 1.0}, "alpha"),
        ({"family": "gaussian", "link": "logit"}, "link"),
    ],
)
def test_what_a_family_cannot_do_without_or_with_is_a_problem(keys, code):
    """No parameter of a variance function is ever chosen in silence."""
    assert codes(**keys) == [code]


@pytest.mark.parametrize("family", ["poisson", "negative_binomial", "tweedie"])
def test_negative_counts_are_wrong_data(family):
    """Raw statsmodels gives numbers for a negative count; here the data are wrong."""
    with pytest.raises(DataError, match="must be"):
        check_outcome(family, np.array([0.0, 2.0, -1.0]), "y")


def test_a_negative_binomial_glm_is_statsmodels(recwarn):
    """Estimates and standard errors of `glm` with `alpha` are those of statsmodels' GLM."""
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.normal(size=200)})
    table["y"] = rng.poisson(np.exp(0.3 + 0.4 * table["x"])).astype(float)
    options = replace(OPTIONS, family="negative_binomial", alpha=0.5)
    result = Glm().tidy(Glm().fit(options, Frame(table, Facts("d", 200, 200, "0" * 64))))
    family = sm.families.NegativeBinomial(alpha=0.5)
    expected = sm.GLM(table["y"], sm.add_constant(table["x"]), family=family).fit(tol=1e-12)
    assert [c.estimate for c in result.coef.values()] == pytest.approx(list(expected.params))
    assert [c.se for c in result.coef.values()] == pytest.approx(list(expected.bse), rel=1e-6)
    assert result.method.scale == "rate_ratio"
    assert result.method.details == {"alpha": 0.5}
