"""The likelihood of multilevel generalised linear models: Laplace and adaptive quadrature.

    η_i = X_i β + Z_i Λ u_i + offset,   u_i ~ N(0, I),   Λ Λᵀ = Ψ

The integral over the random effects u (q) of a cluster is taken about its mode û, in the metric
of the curvature there, H = LLᵀ: ∫ exp f(u) du = |L|⁻¹ ∫ exp f(û + L⁻ᵀz) dz, by Gauss–Hermite nodes
z (Liu and Pierce 1994, Biometrika 81, 624–629; Pinheiro and Bates 1995, JCGS 4, 12–35). One node
is Laplace's method. The gradient is exact for any number of nodes: nodes move with û and L, and
these with the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import product

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.models.engines.clusters import Clusters, inverse, root, solve
from reportgen.models.engines.effects.responses import NegativeBinomial, Response, response
from reportgen.models.engines.effects.structure import Structure

NEWTON, HALVINGS, AT_MODE, NEAR_MODE, OVERSHOT = 100, 40, 1e-20, 1e-10, 0.9
AT_ONCE = 1 << 15
"""The rows, each at one node, that are computed together."""


@dataclass(frozen=True)
class Data:
    """One design: outcomes y (n,), X (n, p), Z (n, q), the cluster of each row as a code from 0,
    and what may be absent: the offset, the trials behind each share, the rows each row stands for.
    """

    y: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    codes: np.ndarray
    family: str
    link: str
    offset: np.ndarray | None = None
    trials: np.ndarray | None = None
    copies: np.ndarray | None = None


@dataclass(frozen=True)
class Point:
    """Everything at one φ: the fixed part of η (n,), Λ, the outcomes, and at the modes û (G, q)
    of the clusters η, the slope and weight of log p by row, the curvatures H (G, q, q) and their
    inverse roots L⁻¹.
    """

    fixed: np.ndarray
    factor: np.ndarray
    own: Response
    u: np.ndarray
    eta: np.ndarray
    slope: np.ndarray
    weight: np.ndarray
    H: np.ndarray
    lower: np.ndarray


@dataclass(frozen=True)
class Integral:
    """Sums over nodes by the share of each in its cluster's integral:
    `rows` (n,) of the slope of log p, `moved` (G, q, q) of Zᵀslope uᵀ, `pull` (G, q) of f′(u),
    `turn` (G, q, q) of z (L⁻¹f′)ᵀ, `alpha` of the derivative in the dispersion. `shares` are those
    of the nodes, (k, G).
    """

    rows: np.ndarray
    moved: np.ndarray
    pull: np.ndarray
    turn: np.ndarray
    alpha: float
    shares: np.ndarray


@dataclass(frozen=True)
class Carried:
    """How the log-likelihood moves with η (n,), and what of that nodes carry, which move with the
    modes and their curvatures: `K` (G, q, q) as in `_gradient`, `half` (n,) = zΛKΛᵀzᵀ, `bend` and
    `turn` (n,) minus the third and fourth derivatives of log p, `modes` (G, q) the slope in f′(û).
    """

    by_eta: np.ndarray
    K: np.ndarray
    half: np.ndarray
    bend: np.ndarray
    turn: np.ndarray
    modes: np.ndarray


@dataclass(frozen=True)
class Told:
    """The log-likelihood at φ and its gradient, and what they were made from."""

    phi: np.ndarray
    value: float
    slope: np.ndarray
    at: Point
    integral: Integral
    carried: Carried


class Sums:
    """The sums of an `Integral` while they grow, and the total of the shares."""

    def __init__(self, G: int, q: int, n: int) -> None:
        self.total, self.alpha, self.rows = np.zeros(G), np.zeros(G), np.zeros(n)
        self.moved, self.turn = np.zeros((G, q, q)), np.zeros((G, q, q))
        self.pull = np.zeros((G, q))
        self.shares: list[np.ndarray] = []

    def integral(self, clusters: Clusters) -> Integral:
        """The sums over shares that add up to 1."""
        by = 1 / self.total
        return Integral(
            self.rows * clusters.spread(by), self.moved * by[:, None, None],
            self.pull * by[:, None], self.turn * by[:, None, None], float(np.sum(self.alpha * by)),
            np.concatenate(self.shares) * by,
        )  # fmt: skip


class Likelihood:
    """The log-likelihood of one design in φ = (β, θ) or, with a dispersion α, (β, θ, √α).

    Rows are sorted by cluster once. `nodes` are for each dimension of the random effects.
    """

    def __init__(self, data: Data, structure: Structure, nodes: int = 1) -> None:
        self.data, self.structure, self.nodes = data, structure, nodes
        self.clusters = Clusters(data.codes, data.Z)
        by = self.clusters.by
        self.y, self.X = by.rows(data.y), np.asfortranarray(by.rows(data.X))
        self.offset = 0.0 if data.offset is None else by.rows(data.offset)
        copies = 1.0 if data.copies is None else by.rows(data.copies)
        trials = 1.0 if data.trials is None else by.rows(data.trials)
        self.trials, self.weights = trials, copies * trials
        self.alike = data.copies is None and data.trials is None  # every weight is 1
        self.p, self.q, self.G = self.X.shape[1], structure.size, self.clusters.G
        self.dispersed = data.family == "negative_binomial"
        self.modes = np.zeros((self.G, self.q))
        self._told: Told | None = None
        self.constant = float(np.sum(copies * self.response(0.0).constant(trials)))

    def weighed(self, rows: np.ndarray) -> np.ndarray:
        """Values (n,) times the trials and copies of their rows."""
        return rows if self.alike else self.weights * rows

    def response(self, alpha: float) -> Response:
        """The outcomes, sorted by cluster, at one dispersion."""
        return response(self.data.family, self.data.link, self.y, alpha)

    def split(self, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """β, Λ (q, q) and α of φ."""
        theta = phi[self.p : self.p + len(self.structure.elements)]
        alpha = float(phi[-1]) ** 2 if self.dispersed else 0.0
        return phi[: self.p], self.structure.factor(theta), alpha

    # ── the modes ────────────────────────────────────────────────────────────────────────────

    def at(self, phi: np.ndarray) -> Point:
        """The modes at φ by Newton's method from the modes found last. log p is concave, so a
        step that overshoots (its slope turns round) is halved until it does not.
        """
        beta, factor, alpha = self.split(phi)
        own, fixed = self.response(alpha), self.X @ beta
        if self.data.offset is not None:
            fixed += self.offset
        u, unit = self.modes, np.eye(self.q)
        eta, slope, weight, f1 = self._slopes(fixed, factor, own, u)
        for _ in range(NEWTON):
            H = unit + factor.T @ self.clusters.gather_zz(weight) @ factor
            step = solve(H, f1)
            gain = np.sum(step * f1, axis=1)
            left = float(gain.max())
            if not left > AT_MODE:
                break
            for _ in range(HALVINGS):
                eta, slope, weight, f1 = self._slopes(fixed, factor, own, u + step)
                # Of what is rounding alone the slope may turn as it likes.
                over = ~(np.sum(step * f1, axis=1) >= -OVERSHOT * np.maximum(gain, AT_MODE))
                if not over.any():
                    break
                step[over] /= 2
                gain[over] /= 2
            u = u + step
            if left < NEAR_MODE:  # the next step would be as its square
                H = unit + factor.T @ self.clusters.gather_zz(weight) @ factor
                break
        if np.isfinite(u).all():
            self.modes = u
        return Point(fixed, factor, own, u, eta, slope, weight, H, inverse(root(H)))

    def _slopes(
        self, fixed: np.ndarray, factor: np.ndarray, own: Response, u: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """η at u, the slope and weight of log p, and f′(u) of each cluster (G, q)."""
        eta = self.clusters.spread_z(u @ factor.T)
        eta += fixed
        slope, weight = map(self.weighed, own.slopes(eta))
        return eta, slope, weight, self.clusters.gather_z(slope) @ factor - u

    # ── the likelihood and its gradient ──────────────────────────────────────────────────────

    def __call__(self, phi: np.ndarray) -> tuple[float, np.ndarray]:
        """ℓ(φ) and its gradient, of the shape of φ."""
        told = self.told(phi)
        return told.value, told.slope

    def told(self, phi: np.ndarray) -> Told:
        """ℓ(φ), its gradient and what they were made from; kept for the φ asked last."""
        if self._told is None or not np.array_equal(self._told.phi, phi):
            at = self.at(phi)
            value, done = self._integrated(at)
            if self.nodes == 1:
                value = at.own.total(at.eta, self.weights) - 0.5 * float(np.sum(at.u**2))
                value += _logdet(at.lower)
            slope, carried = self._gradient(phi, at, done)
            self._told = Told(phi.copy(), value + self.constant, slope, at, done, carried)
        return self._told

    def slope(self, phi: np.ndarray) -> np.ndarray:
        """The gradient alone."""
        at = self.at(phi)
        return self._gradient(phi, at, self._integrated(at)[1])[0]

    def _integrated(self, at: Point) -> tuple[float, Integral]:
        """What quadrature makes of the log-likelihood, nan for Laplace's method; and the sums."""
        return (math.nan, self._at_mode(at)) if self.nodes == 1 else self._over_nodes(at)

    def by_cluster(self, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The scores in β (G, p), and the information about β given the variances (G, p, p), that
        of the linear mixed model at the modes: XᵀVX, V⁻¹ = 1/weight + ZΨZᵀ.
        """
        told, rows = self.told(phi), self.clusters
        at, slope = told.at, told.carried.by_eta
        crossed = rows.gather_xz(self.X, at.weight) @ at.factor
        taken = crossed @ np.linalg.solve(at.H, crossed.swapaxes(1, 2))
        weighed = self.X * at.weight[:, None]
        units = rows.by.units
        return units.sums(self.X * slope[:, None]), units.outer(self.X, weighed) - taken

    def _at_mode(self, at: Point) -> Integral:
        """Laplace's method: one node, at the mode, where f′ is zero."""
        moved = self.clusters.gather_z(at.slope)[:, :, None] * at.u[:, None, :]
        none, alpha = np.zeros_like(at.H), 0.0
        if isinstance(at.own, NegativeBinomial):
            alpha = float(np.sum(self.weighed(at.own.by_alpha(at.eta)[0])))
        return Integral(at.slope, moved, none[:, :, 0], none, alpha, np.ones((1, self.G)))

    def _over_nodes(self, at: Point) -> tuple[float, Integral]:
        """Quadrature, as many nodes at once as rows are few. Shares are relative to the height of
        the mode, which no node exceeds, so nothing overflows.
        """
        rows, sums = self.clusters, Sums(self.G, self.q, len(self.y))
        top = self._heights(self.weighed(at.own.value(at.eta)[0]), at.u)
        for z, log_weights in self.grid:
            u = at.u + np.einsum("bq,gqr->bgr", z, at.lower)
            eta = rows.spread_z(u @ at.factor.T)
            eta += at.fixed
            value, slope = map(self.weighed, at.own.value(eta))
            share = np.exp(self._heights(value, u) - top + log_weights[:, None])
            summed = rows.gather_z(slope)
            f1 = summed @ at.factor - u
            sums.total += share.sum(axis=0)
            sums.shares.append(share)
            slope *= rows.spread(share)
            sums.rows += slope.sum(axis=0)
            sums.moved += np.einsum("bg,bgq,bgr->gqr", share, summed, u)
            sums.pull += np.einsum("bg,bgq->gq", share, f1)
            turned = np.einsum("gqr,bgr->bgq", at.lower, share[:, :, None] * f1)
            sums.turn += np.einsum("bq,bgr->gqr", z, turned)
            if isinstance(at.own, NegativeBinomial):
                by_alpha = rows.gather(self.weighed(at.own.by_alpha(eta)[0]))
                sums.alpha += np.sum(share * by_alpha, axis=0)
        value = np.sum(top + np.log(sums.total)) + _logdet(at.lower)
        return float(value), sums.integral(rows)

    @cached_property
    def grid(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The nodes z (k, q) and the logarithms of their weights (k,), some at a time."""
        return list(_grid(self.nodes, self.q, max(1, AT_ONCE // len(self.y))))

    def _heights(self, values: np.ndarray, u: np.ndarray) -> np.ndarray:
        """f(u) = Σ log p - ½|u|² of each cluster."""
        return np.asarray(self.clusters.gather(values) - 0.5 * np.sum(u**2, axis=-1))

    def _gradient(self, phi: np.ndarray, at: Point, done: Integral) -> tuple[np.ndarray, Carried]:
        """By φ, and by η: with the sums over nodes held, then through û and L, which move too:

        dℓ = Σ [pull·dû - tr(dH K)],   K = L⁻ᵀ P L⁻¹,   P the symmetric half of turn + I.
        """
        rows, factor = self.clusters, at.factor
        half = np.tril(done.turn + np.eye(self.q)) / 2
        P = np.tril(half, -1).swapaxes(1, 2) + half
        K = at.lower.swapaxes(1, 2) @ P @ at.lower
        leverage = rows.spread_zz(factor @ K @ factor.T)
        bend, turn = map(self.weighed, at.own.bends(at.eta))
        bent = bend * leverage
        modes = solve(at.H, done.pull - rows.gather_z(bent) @ factor)
        along = bent + at.weight * rows.spread_z(modes @ factor.T)
        by_factor = done.moved.sum(axis=0) + rows.gather_z(at.slope).T @ modes
        by_factor -= rows.gather_z(along).T @ at.u
        by_factor -= 2 * np.sum(rows.gather_zz(at.weight) @ factor @ K, axis=0)
        by_eta, by_root = done.rows - along, []
        if isinstance(at.own, NegativeBinomial):
            _, slope, weight, _ = at.own.by_alpha(at.eta)
            by_alpha = done.alpha + np.sum(rows.gather_z(self.weighed(slope)) @ factor * modes)
            by_root = [2 * phi[-1] * (by_alpha - np.sum(self.weighed(weight) * leverage))]
        slopes = np.concatenate([self.X.T @ by_eta, self.structure.pull(by_factor), by_root])
        return slopes, Carried(by_eta, K, leverage, bend, turn, modes)


def _logdet(lower: np.ndarray) -> float:
    """Σ log |L⁻¹|."""
    return float(np.sum(np.log(np.diagonal(lower, axis1=1, axis2=2))))


def _grid(nodes: int, q: int, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The nodes z (k, q) of ∫ exp f(z) dz / (2π)^(q/2) and the logarithms of their weights (k,),
    not more than so many at once.
    """
    points, weights = np.polynomial.hermite.hermgauss(nodes)
    logs = np.log(weights) + points**2 - 0.5 * np.log(np.pi)
    places = np.array(list(product(range(nodes), repeat=q)))
    for first in range(0, len(places), most):
        some = places[first : first + most]
        yield np.sqrt(2) * points[some], logs[some].sum(axis=1)
