"""The likelihood of multilevel models: exact gradients, and integrals against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import norm

from reportgen.models.engines.effects.glmm import Data, Likelihood
from reportgen.models.engines.effects.glmm_curvature import curvature
from reportgen.models.engines.effects.responses import response
from reportgen.models.engines.effects.structure import Structure

KINDS = [
    ("binomial", "logit"),
    ("binomial", "probit"),
    ("binomial", "cloglog"),
    ("poisson", "log"),
    ("negative_binomial", "log"),
]
INTERCEPT, SLOPE, COMPONENTS = Structure(1, ()), Structure(2, ()), Structure(1, ((1, 2),))


def data(family: str, link: str, structure: Structure) -> Data:
    """Forty clusters of five rows, with trials or counts, an offset and repeated rows."""
    rng = np.random.default_rng(3)
    codes = rng.permutation(np.repeat(np.arange(40), 5))
    x = rng.normal(size=200)
    X = np.column_stack([np.ones(200), x])
    eta = 0.2 + 0.5 * x + rng.normal(size=40)[codes]
    trials = rng.integers(1, 6, 200).astype(float) if family == "binomial" else None
    if trials is None:
        y = rng.poisson(np.exp(eta)).astype(float)
    else:
        y = rng.binomial(trials.astype(int), 1 / (1 + np.exp(-eta))) / trials
    Z = np.column_stack([np.ones(200), x, x**2])[:, : structure.size]
    copies = rng.integers(1, 3, 200).astype(float)
    return Data(y, X, Z, codes, family, link, 0.1 * x, trials, copies)


def change(function, phi, unit, step=1e-4):
    """The derivative of a function along a unit, by differences to the fourth order."""
    near = function(phi + step * unit) - function(phi - step * unit)
    far = function(phi + 2 * step * unit) - function(phi - 2 * step * unit)
    return (8 * near - far) / (12 * step)


@pytest.mark.parametrize("nodes", [1, 2, 5])
@pytest.mark.parametrize("structure", [INTERCEPT, SLOPE, COMPONENTS], ids=str)
@pytest.mark.parametrize(("family", "link"), KINDS)
def test_the_gradient_is_exact(family, link, structure, nodes):
    """Laplace or quadrature, however coarse: the gradient is that of the value computed."""
    likelihood = Likelihood(data(family, link, structure), structure, nodes)
    theta = np.array([0.7, -0.2, 0.4])[: len(structure.elements)]
    phi = np.concatenate([[0.1, 0.4], theta, [0.5] if likelihood.dispersed else []])
    slope, step = likelihood(phi)[1], 1e-5
    for place, unit in enumerate(np.eye(len(phi))):
        rise = likelihood(phi + step * unit)[0] - likelihood(phi - step * unit)[0]
        assert slope[place] == pytest.approx(rise / (2 * step), rel=1e-5, abs=5e-5)


@pytest.mark.parametrize("size", [1.0, 1e-4, 0.0])
@pytest.mark.parametrize("structure", [INTERCEPT, SLOPE, COMPONENTS], ids=str)
@pytest.mark.parametrize(("family", "link"), KINDS)
def test_the_information_is_exact(family, link, structure, size):
    """By Laplace's method: minus the differences of the gradient, down to effects of no size."""
    likelihood = Likelihood(data(family, link, structure), structure)
    theta = size * np.array([0.7, -0.2, 0.4])[: len(structure.elements)]
    phi = np.concatenate([[0.1, 0.4], theta, [0.5] if likelihood.dispersed else []])
    information = curvature(likelihood, phi).information
    assert information == pytest.approx(information.T, rel=1e-12, abs=1e-12)
    for row, unit in zip(information, np.eye(len(phi)), strict=True):
        assert -row == pytest.approx(change(likelihood.slope, phi, unit), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("size", [1.0, 1e-4, 0.0])
@pytest.mark.parametrize("nodes", [2, 3, 8])
@pytest.mark.parametrize(("family", "link"), KINDS[:4])
def test_the_information_by_quadrature_is_exact(family, link, nodes, size):
    """Of one random effect, however coarse the quadrature: nodes and their shares move too."""
    likelihood = Likelihood(data(family, link, INTERCEPT), INTERCEPT, nodes)
    phi = np.array([0.1, 0.4, 0.7 * size])
    information = curvature(likelihood, phi).information
    for row, unit in zip(information, np.eye(3), strict=True):
        assert -row == pytest.approx(change(likelihood.slope, phi, unit), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("structure", [INTERCEPT, SLOPE, COMPONENTS], ids=str)
def test_modes_move_as_they_are_said_to(structure):
    """By the implicit function theorem: the differences of the modes."""
    likelihood = Likelihood(data("binomial", "logit", structure), structure)
    phi = np.array([0.1, 0.4, 0.7, -0.2, 0.4])[: 2 + len(structure.elements)]
    moved = curvature(likelihood, phi).modes
    for place, unit in enumerate(np.eye(len(phi))):
        expected = change(lambda at: likelihood.at(at).u, phi, unit)
        assert moved[:, place] == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(("family", "link"), KINDS)
def test_quadrature_is_the_integral(family, link):
    """Twenty-five nodes give the log-likelihood of a cluster as scipy integrates it."""
    one = Data(
        y=np.array([1.0, 0.0, 1.0]), X=np.ones((3, 1)), Z=np.ones((3, 1)),
        codes=np.zeros(3, dtype=int), family=family, link=link,
    )  # fmt: skip
    phi = np.array([0.3, 1.2] + ([0.6] if family == "negative_binomial" else []))
    likelihood = Likelihood(one, INTERCEPT, 25)
    own = response(family, link, one.y, 0.36)

    def height(u):
        eta = np.full(3, 0.3 + 1.2 * u)
        return np.exp(np.sum(own.value(eta)[0] + own.constant(1.0))) * norm.pdf(u)

    assert likelihood(phi)[0] == pytest.approx(np.log(quad(height, -12, 12)[0]), abs=1e-6)


def test_quadrature_in_two_dimensions():
    """A correlated intercept and slope, held against scipy's double integral."""
    x = np.array([-1.0, 0.5, 2.0, 1.0])
    X = np.column_stack([np.ones(4), x])
    one = Data(np.array([0.0, 1.0, 1.0, 0.0]), X, X, np.zeros(4, int), "binomial", "logit")
    factor = np.array([[0.9, 0], [0.3, 0.5]])
    likelihood = Likelihood(one, SLOPE, 15)
    own = response("binomial", "logit", one.y)

    def height(v, u):
        eta = X @ np.array([0.2, -0.4]) + X @ (factor @ np.array([u, v]))
        return np.exp(np.sum(own.value(eta)[0])) * norm.pdf(u) * norm.pdf(v)

    expected = np.log(dblquad(height, -7, 7, -7, 7, epsabs=1e-8)[0])
    assert likelihood(np.array([0.2, -0.4, 0.9, 0.3, 0.5]))[0] == pytest.approx(expected, abs=1e-6)


def test_no_variance_is_the_model_without_effects():
    """At Λ = 0 the likelihood is that of independent rows, whatever the nodes."""
    made = data("poisson", "log", INTERCEPT)
    eta = made.X @ np.array([0.1, 0.4]) + made.offset
    own = response("poisson", "log", made.y)
    expected = np.sum(made.copies * (own.value(eta)[0] + own.constant(1.0)))
    for nodes in (1, 7):
        value = Likelihood(made, INTERCEPT, nodes)(np.array([0.1, 0.4, 0.0]))[0]
        assert value == pytest.approx(expected, rel=1e-12)
