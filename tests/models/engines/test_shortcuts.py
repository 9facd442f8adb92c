"""What engines do in closed form or by few steps is what they would do the long way."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.models.engines.effects import climb, glmm_optimum
from reportgen.models.engines.effects.columns import Batch
from reportgen.models.engines.effects.glmm import Data, Likelihood
from reportgen.models.engines.effects.grouped import Grouped
from reportgen.models.engines.effects.layout import Layout
from reportgen.models.engines.effects.lmm import Likelihood as Linear
from reportgen.models.engines.effects.slim import Slim
from reportgen.models.engines.effects.structure import Structure
from reportgen.models.engines.effects.sweep import Sweep
from reportgen.models.engines.equations import working
from reportgen.models.engines.equations.gee import Equations
from reportgen.models.engines.equations.moments import ByRows
from reportgen.models.engines.equations.units import Units
from reportgen.models.engines.regressions import blocks
from reportgen.models.engines.regressions.blocks import Blocks, nearest
from reportgen.models.engines.regressions.families import family

SIZES = (1, 1, 2, 3, 5, 8, 13, 21, 1, 4)


class Design:
    """Unbalanced clusters, some of one row; a number, a yes/no, offsets and weights."""

    def __init__(self, seed: int, copies: int = 6, sd: float = 0.7) -> None:
        rng = np.random.default_rng(seed)
        sizes = rng.permutation(SIZES * copies)
        self.codes = np.repeat(np.arange(len(sizes)), sizes)
        n = self.n = len(self.codes)
        self.x = rng.normal(3, 2, n)
        self.X = np.column_stack([np.ones(n), self.x, rng.normal(size=n)])
        self.offset, self.weights = rng.normal(0, 0.3, n), rng.uniform(0.5, 2, n)
        shift = rng.normal(0, sd, len(sizes))[self.codes]
        slope = rng.normal(0, sd / 2, len(sizes))[self.codes]
        eta = self.X @ [0.2, 0.1, -0.3] + shift
        self.y = 100 + eta + slope * self.x + rng.normal(size=n)
        self.event = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
        self.time = np.concatenate([np.arange(size, dtype=float) for size in sizes])


STRUCTURES = {
    "independence": lambda d: working.Independence(Units(d.codes)),
    "exchangeable": lambda d: working.Exchangeable(Units(d.codes)),
    "autoregressive": lambda d: working.Autoregressive(Units(d.codes), d.time),
}


@pytest.mark.parametrize("known", ["plain", "offset and weights"])
@pytest.mark.parametrize(
    "law", [("gaussian", "identity"), ("binomial", "logit"), ("poisson", "log")]
)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_equations_by_sums_are_those_by_rows(structure, law, known, monkeypatch):
    """Estimates, both covariances, clusters left out, means and residuals."""
    d = Design(7)
    outcome = d.event if law[0] != "gaussian" else d.y
    given = (d.offset, d.weights / d.weights.mean()) if known != "plain" else (None, None)

    def by_rows(self, values):
        return ByRows(self, values)

    def solved():
        return Equations(outcome, d.X, family(*law), STRUCTURES[structure](d), *given).solve()

    short = solved()
    kind = type(STRUCTURES[structure](d))
    monkeypatch.setattr(kind, "moments", by_rows)
    monkeypatch.setattr(Equations, "linear", False)
    long = solved()
    for name in ("beta", "association", "naive", "robust", "left_out", "bias_reduced"):
        assert getattr(short, name) == pytest.approx(getattr(long, name), rel=1e-7, abs=1e-9), name
    assert short.point.mean == pytest.approx(long.point.mean, rel=1e-9)
    assert short.point.e == pytest.approx(long.point.e, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize(
    "layout", [Layout(1, ()), Layout(2, ()), Layout(1, (1,)), Layout(0, (1, 1))]
)
def test_small_blocks_give_the_sums_of_any(layout):
    """Every sum that the likelihood and its derivatives are made of, at a Ψ inside."""
    rng = np.random.default_rng(3)
    q, G, k = layout.size, 30, 4
    Z = rng.normal(size=(G, 6, q))
    batch = Batch(
        layout, np.arange(G * q).reshape(q, G).T, Z.swapaxes(1, 2) @ Z, rng.normal(size=(G, q, k))
    )
    psi = np.array({1: [0.7], 3: [0.7, 0.2, 0.4], 2: [0.7, 0.3]}[layout.free])
    t, turn = rng.normal(size=k), np.diag(rng.uniform(0.5, 2, q))
    R = np.cov(rng.normal(size=(k, 10)))
    one, other = Slim(batch, psi), Sweep(batch, psi)
    for name in ("explained", "logdet"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-10), name
    for sums in (one, other):
        assert sums.each().sum(axis=0) == pytest.approx(sums.explained, rel=1e-9)
    assert one.each() == pytest.approx(other.each(), rel=1e-9)
    for name, given in {"outer": (), "trace": (), "traces": (), "bent": (R,)}.items():
        ours, theirs = getattr(one, name)(*given), getattr(other, name)(*given)
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-10), name
    for name, given in {"effects": (turn, t), "absorbed": (turn,)}.items():
        ours, theirs = getattr(one, name)(*given), getattr(other, name)(*given)
        order = [np.argsort(each[0]) for each in (ours, theirs)]
        for mine, its in zip(ours, theirs, strict=True):
            assert mine[order[0]] == pytest.approx(its[order[1]], rel=1e-9), name


def by_blocks(X):
    return Blocks(*X.shape, lambda rows: X[rows])


EFFECTS = {
    "an intercept": lambda d: [np.ones(d.n)],
    "an intercept and a slope": lambda d: [np.ones(d.n), d.x],
    "a slope and an intercept": lambda d: [d.x, np.ones(d.n)],
    "a slope": lambda d: [d.x],
    "slopes that X has not": lambda d: [d.time, d.offset],
    "a column of zeros": lambda d: [np.zeros(d.n), np.ones(d.n)],
    "three": lambda d: [np.ones(d.n), d.offset, d.x],
}


@pytest.mark.parametrize("rows_of_a_block", [10_000, 7])
@pytest.mark.parametrize("order", ["sorted", "scattered"])
@pytest.mark.parametrize("effects", EFFECTS)
def test_sums_of_clusters_are_those_of_matrices(effects, order, rows_of_a_block, monkeypatch):
    """Columns of ones, and columns that X and Z share, have no sums of their own."""
    monkeypatch.setattr(blocks, "WHOLE", 1)
    monkeypatch.setattr(blocks, "ROWS", rows_of_a_block)
    d = Design(4, copies=1)
    rows = np.arange(d.n) if order == "sorted" else np.random.default_rng(3).permutation(d.n)
    Z, X, r, codes = np.column_stack(EFFECTS[effects](d))[rows], d.X[rows], d.y[rows], d.codes[rows]
    grouped, design = Grouped(codes, by_blocks(Z)), by_blocks(X)
    root = np.linalg.cholesky(grouped.squares).T
    batch = grouped.batch(root, design, r)
    turned, V = Z @ np.linalg.inv(root), np.column_stack([X, r])
    for code in range(len(grouped.sizes)):
        own = codes == code
        assert grouped.sizes[code] == own.sum()
        assert batch.A[code] == pytest.approx(turned[own].T @ turned[own], rel=1e-9, abs=1e-12)
        assert batch.B[code] == pytest.approx(turned[own].T @ V[own], rel=1e-9, abs=1e-9)
        assert grouped.crossed(design)[code] == pytest.approx(Z[own].T @ X[own], rel=1e-9)


@pytest.mark.parametrize("start", [0.001, 0.4, 3.0])
def test_scoring_of_balanced_data_takes_one_step(start):
    """From anywhere to the top of the likelihood, which has a closed form there."""
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(30), 6)
    y = rng.normal(0, 0.8, 30)[codes] + rng.normal(5, 1, 180)
    ones = Blocks.of(np.ones((180, 1)))
    point = Linear(y, ones, Grouped(codes, ones), reml=False).at(np.array([start]))
    means = y.reshape(30, 6).mean(axis=1)
    within = ((y - means[codes]) ** 2).sum() / (30 * 5)
    between = ((means - means.mean()) ** 2).mean()
    best = (between - within / 6) / within
    assert point.psi + point.scoring[0] == pytest.approx([best], rel=1e-9)


@pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("effects", [1, 2])
@pytest.mark.parametrize("sd", [0.0, 0.7])
def test_scoring_ends_where_a_search_does(sd, effects, reml, monkeypatch):
    """The same highest point, inside and on the boundary, whatever the order of the rows."""
    d = Design(11, sd=sd)
    shuffled = np.random.default_rng(1).permutation(len(d.y))

    def top(rows):
        Z = Blocks.of(d.X[rows, :effects])
        return climb.highest(Linear(d.y[rows], d.X[rows], Grouped(d.codes[rows], Z), reml=reml))

    short, scattered = top(np.arange(len(d.y))), top(shuffled)
    monkeypatch.setattr(climb, "_scored", lambda *given: None)
    long = top(np.arange(len(d.y)))
    for other in (scattered, long):
        assert short.llf == pytest.approx(other.llf, abs=1e-8)
        assert short.beta == pytest.approx(other.beta, rel=1e-6)
        assert short.scale == pytest.approx(other.scale, rel=1e-6)
        assert pytest.approx(other.C, rel=1e-5, abs=1e-9) == short.C
    assert climb.left(short) < 1e-6


def test_a_climb_ends_near_a_top_that_is_known():
    """A tenth of a standard error away at most, and never at one that is lower."""
    d = Design(11)
    likelihood = Linear(d.y, d.X, Grouped(d.codes, Blocks.of(d.X[:, :2])), reml=True)
    top = climb.highest(likelihood)
    away = np.linalg.cholesky(np.linalg.inv(-top.curvature))[:, 0]
    close, far = likelihood.at(top.psi + 0.09 * away), likelihood.at(top.psi + 0.11 * away)
    assert climb._near(close, [far, top]) is top
    assert climb._near(far, [top]) is None
    assert climb._near(top, [close]) is None


@pytest.mark.parametrize("nodes", [1, 7])
@pytest.mark.parametrize("sd", [0.0, 0.3, 1.5])
def test_whole_steps_end_where_a_search_does(sd, nodes, monkeypatch):
    """Of a logistic model: estimates and their covariance; none are taken near the boundary."""
    d = Design(5, copies=12, sd=sd)
    data = Data(d.event, d.X, d.X[:, :1], d.codes, "binomial", "logit")

    def top():
        return glmm_optimum.climb(Likelihood(data, Structure(1, ()), nodes))

    short = top()
    monkeypatch.setattr(glmm_optimum, "_direct", lambda *given: None)
    long = top()
    assert short.llf == pytest.approx(long.llf, abs=1e-9)
    assert np.abs(short.phi) == pytest.approx(np.abs(long.phi), rel=1e-5, abs=1e-6)
    assert short.free.tolist() == long.free.tolist()
    kept = np.ix_(short.free, short.free)
    sign = np.sign(short.phi * long.phi)[short.free]
    there = long.covariance[kept] * np.outer(sign, sign)
    assert short.covariance[kept] == pytest.approx(there, rel=2e-5, abs=1e-7)


def test_least_squares_by_products_are_near():
    """Of columns far apart, and of columns that depend on each other."""
    d = Design(2)
    exact = np.linalg.lstsq(d.X, d.y, rcond=None)[0]
    assert nearest(Blocks.of(d.X), d.y) == pytest.approx(exact, rel=1e-9)
    twice = np.column_stack([d.X, d.x])
    assert twice @ nearest(Blocks.of(twice), d.y) == pytest.approx(d.X @ exact, rel=1e-9)
