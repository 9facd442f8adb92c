"""Multilevel generalised linear models by maximum likelihood: Laplace and adaptive quadrature.

    η_i = X_i β + Z_i Λ u_i,   u_i ~ N(0, I),   y | η of an exponential family, canonical link

The integral over u of each cluster is approximated at its mode û: by Laplace's method, with exact
derivatives, or for one random effect by adaptive Gauss–Hermite quadrature (Pinheiro and Bates
1995, JCGS 4, 12–35), with Fisher's identity for the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from reportgen.models.engines.structure import Structure

NEWTON, HALVINGS, PRECISE = 100, 30, 1e-11
STARTS = (0.5, 0.1)


@dataclass(frozen=True)
class Family:
    """The mean and its first derivatives in η, and the log-likelihood of each observation."""

    mean: Callable[[np.ndarray], np.ndarray]
    weight: Callable[[np.ndarray], np.ndarray]
    bend: Callable[[np.ndarray], np.ndarray]
    logp: Callable[[np.ndarray, np.ndarray], np.ndarray]


BINOMIAL = Family(
    mean=expit,
    weight=lambda mean: mean * (1 - mean),
    bend=lambda mean: mean * (1 - mean) * (1 - 2 * mean),
    logp=lambda y, eta: y * eta - np.logaddexp(0, eta),
)
POISSON = Family(
    mean=np.exp,
    weight=lambda mean: mean,
    bend=lambda mean: mean,
    logp=lambda y, eta: y * eta - np.exp(eta) - gammaln(y + 1),
)
FAMILIES = {"binomial": BINOMIAL, "poisson": POISSON}


class Likelihood:
    """The log-likelihood of one design in φ = (β, θ). Rows are sorted by cluster once.

    `nodes` 1 is Laplace's method; more is quadrature, for one random effect (q = 1) only.
    """

    def __init__(
        self, y: np.ndarray, X: np.ndarray, Z: np.ndarray, codes: np.ndarray,
        structure: Structure, *, family: str, nodes: int = 1, offset: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        order = np.argsort(codes, kind="stable")
        self.y, self.X, self.Z, self.codes = y[order], X[order], Z[order], codes[order]
        self.offset = np.zeros(len(y)) if offset is None else offset[order]
        self.first = np.flatnonzero(np.diff(self.codes, prepend=-1))
        self.structure, self.family, self.nodes = structure, FAMILIES[family], nodes
        self.p, self.G = X.shape[1], len(self.first)
        self.modes = np.zeros((self.G, structure.size))
        points, weights = np.polynomial.hermite.hermgauss(nodes)
        self.points = np.sqrt(2) * points
        self.logs = np.log(weights) + points**2

    # ── the modes ────────────────────────────────────────────────────────────────────────────

    def _sum(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self.first, axis=0)

    def _joint(self, fixed: np.ndarray, ZL: np.ndarray, u: np.ndarray) -> np.ndarray:
        eta = fixed + np.einsum("nq,nq->n", ZL, u[self.codes])
        joint: np.ndarray = self._sum(self.family.logp(self.y, eta)) - 0.5 * np.sum(u**2, axis=1)
        return joint

    def _modes(self, fixed: np.ndarray, ZL: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The modes û (G, q) and the curvatures H (G, q, q) there, by Newton's method with halved
        steps where one overshoots; begun at the modes found last.
        """
        u, unit = self.modes, np.eye(ZL.shape[1])
        value = self._joint(fixed, ZL, u)
        for _ in range(NEWTON):
            mean = self.family.mean(fixed + np.einsum("nq,nq->n", ZL, u[self.codes]))
            weight = self.family.weight(mean)
            H = unit + self._sum(weight[:, None, None] * ZL[:, :, None] * ZL[:, None, :])
            slope = self._sum(ZL * (self.y - mean)[:, None]) - u
            if np.abs(slope).max() < PRECISE * max(1.0, float(np.abs(u).max())) * 10:
                break
            step = np.linalg.solve(H, slope[..., None])[..., 0]
            for _ in range(HALVINGS):
                after = self._joint(fixed, ZL, u + step)
                worse = after < value - 1e-9 * (1 + np.abs(value))
                if not worse.any():
                    break
                step[worse] /= 2
            u, value = u + step, after
        self.modes = u
        return u, H

    # ── the likelihood and its gradient ──────────────────────────────────────────────────────

    def __call__(self, phi: np.ndarray) -> tuple[float, np.ndarray]:
        """ℓ(φ) and its gradient, shape (p + m,)."""
        beta, factor = phi[: self.p], self.structure.factor(phi[self.p :])
        fixed, ZL = self.X @ beta + self.offset, self.Z @ factor
        u, H = self._modes(fixed, ZL)
        made = self._laplace if self.nodes == 1 else self._quadrature
        value, slope_beta, slope_factor = made(fixed, ZL, u, H)
        return value, np.concatenate([slope_beta, self.structure.pull(slope_factor)])

    def _laplace(
        self, fixed: np.ndarray, ZL: np.ndarray, u: np.ndarray, H: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        eta = fixed + np.einsum("nq,nq->n", ZL, u[self.codes])
        mean = self.family.mean(eta)
        weight, residual = self.family.weight(mean), self.y - mean
        value = float(np.sum(self.family.logp(self.y, eta)) - 0.5 * np.sum(u**2))
        value -= 0.5 * float(np.sum(np.linalg.slogdet(H)[1]))
        inverse = np.linalg.inv(H)
        spread = np.einsum("nq,nqs->ns", ZL, inverse[self.codes])
        # How ½ log|H| moves with η, directly, and through the modes it moves.
        bend = 0.5 * self.family.bend(mean) * np.einsum("nq,nq->n", spread, ZL)
        pulled = self._sum(ZL * bend[:, None])
        carried = np.einsum("gqs,gs->gq", inverse, pulled)
        back = bend - weight * np.einsum("nq,nq->n", ZL, carried[self.codes])
        slope_beta = self.X.T @ (residual - back)
        uc = u[self.codes]
        direct = self.Z.T @ ((residual - back)[:, None] * uc)
        modes = self.Z.T @ (residual[:, None] * carried[self.codes])
        trace = self.Z.T @ (weight[:, None] * spread)
        return value, slope_beta, direct - modes - trace

    def _quadrature(
        self, fixed: np.ndarray, ZL: np.ndarray, u: np.ndarray, H: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        width = 1 / np.sqrt(H[:, 0, 0])
        at = u[:, :1] + width[:, None] * self.points
        logs = np.stack([self._joint(fixed, ZL, at[:, k : k + 1]) for k in range(self.nodes)], 1)
        logs = logs + self.logs
        top = logs.max(axis=1)
        shares = np.exp(logs - top[:, None])
        total = shares.sum(axis=1)
        value = float(np.sum(top + np.log(total) + np.log(width) - 0.5 * np.log(np.pi)))
        shares /= total[:, None]
        slope_beta, slope_factor = np.zeros(self.p), 0.0
        for k in range(self.nodes):
            node = at[self.codes, k]
            residual = shares[self.codes, k] * (self.y - self.family.mean(fixed + ZL[:, 0] * node))
            slope_beta += self.X.T @ residual
            slope_factor += float(np.sum(self.Z[:, 0] * node * residual))
        return value, slope_beta, np.array([[slope_factor]])

    # ── the optimum ──────────────────────────────────────────────────────────────────────────

    def best(self) -> Optimum:
        """The highest point found from several sizes of the random effects."""
        beta, information = self._without_effects()
        root = np.linalg.inv(np.linalg.cholesky(information)).T
        size = 1 / np.sqrt(np.clip(np.mean(self.Z**2, axis=0), 1e-300, None))
        found = [self._climb(beta, root, np.diag((start * size) ** 2)) for start in STARTS]
        return max(found, key=lambda each: each.llf)

    def _climb(self, beta: np.ndarray, root: np.ndarray, psi: np.ndarray) -> Optimum:
        theta = self.structure.theta(psi)
        unit = self.structure.units(theta)
        whole = np.zeros((self.p + len(unit),) * 2)
        whole[: self.p, : self.p], whole[self.p :, self.p :] = root, np.diag(unit)
        start = np.concatenate([beta, theta])
        self.modes = np.zeros_like(self.modes)

        def cost(step: np.ndarray) -> tuple[float, np.ndarray]:
            with np.errstate(all="ignore"):
                value, slope = self(start + whole @ step)
            return (-value, -whole.T @ slope) if np.isfinite(value) else (np.inf, 0 * step)

        done = minimize(cost, np.zeros(len(start)), jac=True, method="BFGS",
                        options={"gtol": 1e-6, "maxiter": 500})  # fmt: skip
        phi = start + whole @ done.x
        llf, slope = self(phi)
        rest = float(np.abs(whole.T @ slope).max())
        return Optimum(self, phi, llf, rest, self._information(phi, whole))

    def _without_effects(self) -> tuple[np.ndarray, np.ndarray]:
        """β without random effects and its information, by iteratively reweighted least squares."""
        mean = (self.y + self.y.mean()) / 2
        eta = np.log(mean / (1 - mean)) if self.family is BINOMIAL else np.log(mean)
        beta = np.zeros(self.p)
        for _ in range(50):
            mean = self.family.mean(eta)
            weight = np.clip(self.family.weight(mean), 1e-10, None)
            information = (self.X * weight[:, None]).T @ self.X
            target = eta - self.offset + (self.y - mean) / weight
            before, beta = beta, np.linalg.solve(information, self.X.T @ (weight * target))
            eta = self.X @ beta + self.offset
            if np.abs(beta - before).max() < 1e-8 * (1 + np.abs(beta).max()):
                break
        return beta, information

    def _information(self, phi: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """The observed information in φ: central differences of the gradient, scaled steps."""
        size = 1e-4
        rows = []
        for direction in whole.T:
            up, down = self(phi + size * direction)[1], self(phi - size * direction)[1]
            rows.append((down - up) / (2 * size))
        scaled = np.linalg.solve(whole.T, np.array(rows))
        self(phi)
        return (scaled + scaled.T) / 2


@dataclass(frozen=True)
class Optimum:
    """The highest point: φ = (β, θ), the log-likelihood, the largest scaled slope left, and the
    observed information in φ.
    """

    likelihood: Likelihood
    phi: np.ndarray
    llf: float
    slope: float
    information: np.ndarray

    @property
    def beta(self) -> np.ndarray:
        """Fixed effects, shape (p,)."""
        return self.phi[: self.likelihood.p]

    @property
    def psi(self) -> np.ndarray:
        """The covariance of the random effects, shape (q, q)."""
        return self.likelihood.structure.psi(self.phi[self.likelihood.p :])

    def covariance(self) -> np.ndarray | None:
        """The covariance of φ; None where the information is not positive definite."""
        if np.linalg.eigvalsh(self.information).min() <= 0:
            return None
        return np.linalg.inv(self.information)

    def variance_errors(self, covariance: np.ndarray) -> np.ndarray:
        """Standard errors of the free elements of Ψ by the delta method: Ψ = Λ Λᵀ."""
        own, structure = self.likelihood, self.likelihood.structure
        theta = self.phi[own.p :]
        units = np.eye(len(theta))
        rows = []
        for unit in units:
            moved, factor = structure.factor(unit), structure.factor(theta)
            change = moved @ factor.T + factor @ moved.T
            rows.append(structure.free(change))
        jacobian = np.array(rows).T
        return np.sqrt(np.diag(jacobian @ covariance[own.p :, own.p :] @ jacobian.T))

    def effects(self) -> tuple[np.ndarray, np.ndarray]:
        """Predicted effects Λû (G, q) and their conditional covariances Λ H⁻¹ Λᵀ (G, q, q)."""
        own = self.likelihood
        factor = own.structure.factor(self.phi[own.p :])
        u, H = own._modes(own.X @ self.beta + own.offset, own.Z @ factor)
        return u @ factor.T, factor @ np.linalg.inv(H) @ factor.T
