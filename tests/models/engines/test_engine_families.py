"""The engines' families and laws, held to statsmodels' and scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reportgen.models.engines import laws
from reportgen.models.engines.regressions.families import LINKS, family
from reportgen.models.regression import families

PARAMETERS = {"negative_binomial": {"alpha": 0.7}, "tweedie": {"var_power": 1.4}}
ZEROS = ("binomial", "poisson", "negative_binomial", "tweedie")
MEANS = np.concatenate([[1e-12, 1e-6], np.linspace(0.01, 0.99, 23), [1 - 1e-9]])


@pytest.mark.parametrize(
    ("name", "link"),
    [(name, link) for name, each in families.FAMILIES.items() for link in each.links],
)
def test_a_family_is_that_of_statsmodels(name, link):
    """Link, inverse, slope, variance and starting means."""
    own = family(name, link, **PARAMETERS.get(name, {}))
    other = families.made(name, link, **PARAMETERS.get(name, {}))
    eta = other.link(MEANS)
    assert own.link(MEANS)[2:-1] == pytest.approx(eta[2:-1], rel=1e-12)
    assert own.link.inverse(eta) == pytest.approx(other.link.inverse(eta), rel=1e-9)
    inner = slice(1, -1)
    assert own.link.inverse_deriv(eta)[inner] == pytest.approx(
        other.link.inverse_deriv(eta)[inner], rel=1e-9
    )
    assert own.variance(MEANS) == pytest.approx(other.variance(MEANS), rel=1e-12)
    assert own.starting_mu(MEANS) == pytest.approx(other.starting_mu(MEANS), rel=1e-12)
    y = np.where(np.arange(len(MEANS)) % 2, 1.0, 0.0 if name in ZEROS else 2.0)
    y = np.minimum(y, 1.0) if name == "binomial" else y
    assert own.resid_dev(y, MEANS)[1:] == pytest.approx(
        other.resid_dev(y, MEANS)[1:], rel=1e-6, abs=1e-6
    )


def test_every_link_of_the_language_is_known():
    """No link that a family takes is missing."""
    assert set(LINKS) == set(families.LINKS)


@pytest.mark.parametrize("df", [0.5, 3.7, 30, np.inf])
def test_laws_have_the_digits_of_scipy(df):
    """Tails and quantiles of t; with no end of degrees of freedom the normal's."""
    x, q = np.linspace(0, 9, 31), np.array([0.6, 0.975, 0.9999])
    assert laws.t.sf(x, df) == pytest.approx(stats.t.sf(x, df), rel=1e-13)
    assert laws.t.ppf(q, df) == pytest.approx(stats.t.ppf(q, df), rel=1e-13)


def test_other_laws_have_the_digits_of_scipy():
    """Normal, χ² and F."""
    x, q = np.linspace(0, 9, 31), np.array([0.6, 0.975, 0.9999])
    assert laws.norm.pdf(x) == pytest.approx(stats.norm.pdf(x), rel=1e-13)
    for k in (1, 3, 20):
        assert laws.chi2.sf(x, k) == pytest.approx(stats.chi2.sf(x, k), rel=1e-13)
        assert laws.chi2.ppf(q, k) == pytest.approx(stats.chi2.ppf(q, k), rel=1e-13)
        assert laws.f.sf(x, k, 12.5) == pytest.approx(stats.f.sf(x, k, 12.5), rel=1e-13)
        assert laws.f.ppf(q, k, 12.5) == pytest.approx(stats.f.ppf(q, k, 12.5), rel=1e-13)
