"""A mixed model's likelihood and its derivatives, held to dense matrices and to differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack

from reportgen.models.engines.effects import gather, levels
from reportgen.models.engines.effects.climb import highest, left
from reportgen.models.engines.effects.columns import Columns
from reportgen.models.engines.effects.lmm import Likelihood
from reportgen.models.engines.effects.precision import precision

RNG = np.random.default_rng(17)
N = 240
CLUSTER = np.repeat(np.arange(8), 30)
ROOM = CLUSTER * 10 + RNG.integers(0, 10, N)
ITEM = RNG.integers(0, 12, N)
PUPIL = RNG.integers(0, 40, N)
X = np.column_stack([np.ones(N), RNG.normal(size=N), RNG.normal(size=N)])
Y = X @ [1.0, 0.5, -0.2] + RNG.normal(size=8)[CLUSTER]
Y = Y + RNG.normal(size=8)[CLUSTER] * X[:, 1]
Y = Y + RNG.normal(0, 0.8, 80)[ROOM] + RNG.normal(0, 0.6, 12)[ITEM] + RNG.normal(size=N)
Y = Y + RNG.normal(0, 0.9, 40)[PUPIL]


def indicators(codes, values=None):
    labels, places = np.unique(codes, return_inverse=True)
    data = np.ones(N) if values is None else values
    return csr_matrix((data, (np.arange(N), places)), shape=(N, len(labels)))


def columns(parts, correlated, homes=None):
    kind = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    home = None if homes is None else np.concatenate(homes)
    return Columns(hstack(parts).tocsr(), kind, correlated, len(parts) - correlated, home)


def slopes_and_rooms():
    """Correlated intercepts and slopes of clusters, and rooms within them."""
    rooms = np.unique(ROOM)
    parts = [indicators(CLUSTER), indicators(CLUSTER, X[:, 1]), indicators(ROOM)]
    return columns(parts, 2, [np.arange(8), np.arange(8), rooms // 10])


DESIGNS = {
    "slopes and rooms": slopes_and_rooms,
    "crossed": lambda: columns([indicators(PUPIL), indicators(ITEM)], 0),
    "nested and crossed": lambda: columns(
        [indicators(CLUSTER), indicators(ROOM), indicators(ITEM)], 0
    ),
}
PSI = {
    "slopes and rooms": np.array([0.8, 0.2, 0.5, 0.4]),
    "crossed": np.array([0.3, 0.6]),
    "nested and crossed": np.array([0.7, 0.4, 0.2]),
}
REML = pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
EACH = pytest.mark.parametrize("design", DESIGNS)


@pytest.fixture(params=["apart", "apart, each level by itself", "together"])
def made(request, monkeypatch):
    """A likelihood by design; components of many levels kept apart, or in one dense matrix."""
    monkeypatch.setattr(gather, "WIDE", 10**6 if request.param == "together" else 3)
    if request.param != "apart":
        monkeypatch.setattr(levels, "MOST", 0)
    return lambda design, reml: Likelihood(Y, X, DESIGNS[design](), reml=reml)


def dense(likelihood, psi):
    """log-likelihood, β, and predicted effects with their variances, from whole matrices."""
    held = likelihood.columns
    layout = likelihood.layout
    turned = likelihood.turn @ layout.matrix(psi) @ likelihood.turn.T
    Z = held.Z.toarray()
    G = np.zeros((Z.shape[1], Z.shape[1]))
    for row in range(layout.size):
        for column in range(layout.size):
            one, other = np.flatnonzero(held.kind == row), np.flatnonzero(held.kind == column)
            if row == column:
                G[one, one] = turned[row, row]
            elif max(row, column) < held.correlated:
                G[one, other] = turned[row, column]
    V = np.eye(N) + Z @ G @ Z.T
    W = np.linalg.inv(V)
    XWX = X.T @ W @ X
    beta = np.linalg.solve(XWX, X.T @ W @ Y)
    r = Y - X @ beta
    count = likelihood.count
    scale = r @ W @ r / count
    llf = count * (np.log(2 * np.pi * scale) + 1) + np.linalg.slogdet(V)[1]
    if likelihood.reml:
        llf += np.linalg.slogdet(XWX)[1]
    known = scale * np.diag(G - G @ Z.T @ W @ Z @ G)
    return -llf / 2, beta, G @ Z.T @ W @ r, known


@REML
@EACH
def test_the_likelihood_is_the_dense_one(made, design, reml):
    """Likelihood, coefficients, predictions and their variances, from n by n matrices."""
    likelihood = made(design, reml)
    point = likelihood.at(PSI[design])
    llf, beta, effects, variances = dense(likelihood, PSI[design])
    assert point.llf == pytest.approx(llf, abs=1e-9)
    assert point.beta == pytest.approx(beta, abs=1e-9)
    assert point.effects()[0] == pytest.approx(effects, abs=1e-9)
    assert point.effects()[1] == pytest.approx(variances, abs=1e-9)


def differences(function, at, size=1e-5):
    steps = np.eye(len(at)) * size
    return np.array([(function(at + step) - function(at - step)) / (2 * size) for step in steps])


@REML
@EACH
def test_derivatives_are_exact(made, design, reml):
    """First and second derivatives away from the optimum, against central differences."""
    likelihood, psi = made(design, reml), PSI[design]
    point = likelihood.at(psi)
    assert point.slope == pytest.approx(
        differences(lambda at: likelihood.at(at).llf, psi), rel=1e-6, abs=1e-6
    )
    assert point.curvature == pytest.approx(
        differences(lambda at: likelihood.at(at).slope, psi), rel=1e-5, abs=1e-4
    )


@EACH
def test_the_information_is_that_of_the_likelihood(made, design):
    """Of (ψ, σ²) at the optimum: second differences of the log-likelihood itself."""
    likelihood = made(design, True)
    point = highest(likelihood)
    assert left(point) < 1e-6
    assert not point.singular

    def llf(both):
        return likelihood.at(both[:-1]).llf_at(both[-1])

    at = np.append(point.psi, point.scale)
    size = 1e-4
    hessian = differences(lambda x: differences(llf, x, size), at, size)
    assert point.information == pytest.approx(-hessian, rel=1e-3, abs=1e-2)
    assert precision(point).ratio == pytest.approx(np.linalg.inv(point.information), rel=1e-6)


@REML
def test_components_apart_give_what_they_give_together(monkeypatch, reml):
    """Every sum, at a point where none is zero."""
    found = []
    for wide in (3, 10**6):
        monkeypatch.setattr(gather, "WIDE", wide)
        likelihood = Likelihood(Y, X, slopes_and_rooms(), reml=reml)
        point = likelihood.at(PSI["slopes and rooms"])
        found.append([point.llf, *point.slope, *point.curvature.ravel(),
                      *point.information.ravel(), *point.fixed.ravel()])  # fmt: skip
    assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-9)
