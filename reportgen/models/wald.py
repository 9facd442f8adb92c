"""Wald tests of whole terms, from coefficients and their covariance: the same for every kind."""

from __future__ import annotations

from dataclasses import replace

from reportgen.core.types import Result, Term, Wald

SINGULAR = 1e-10
"""The least eigenvalue of the correlation matrix of a term's coefficients that allows a test: a
cluster-robust covariance has no more dimensions than there are clusters."""


def with_wald(result: Result) -> Result:
    """The same Result with a test for each of its terms; a test its kind gave itself is kept.

    The hypothesis is that all coefficients of the term are zero. W = bᵀ V⁻¹ b is χ² with q degrees
    of freedom; where coefficients have degrees of freedom d (the smallest, if they differ) W / q is
    F with q and d. A term whose covariance is singular, or not known, has no test, and neither has
    an estimate that stands for itself, such as a mean.
    (Wald 1943, Trans Am Math Soc 54, 426–482.)
    """
    if not result.vcov or (result.method and result.method.descriptive):
        return result
    found = {term.name: test for term in result.terms if (test := wald(result, term)) is not None}
    return replace(result, wald={**found, **result.wald})


def wald(result: Result, term: Term) -> Wald | None:
    """The test that all coefficients of a term are zero; None where there is none."""
    import numpy as np

    from reportgen.models.engines.laws import chi2, f

    names = list(result.coef)
    places = [names.index(name) for name in term.coefs]
    b = np.array([result.coef[name].estimate for name in term.coefs], dtype=float)
    V = np.array(result.vcov)[np.ix_(places, places)]
    if not np.isfinite(b).all() or (np.diag(V) <= 0).any():
        return None
    spread = np.sqrt(np.diag(V))
    correlation = V / np.outer(spread, spread)
    if np.linalg.eigvalsh(correlation).min() < SINGULAR:
        return None
    scaled = b / spread
    statistic, q = float(scaled @ np.linalg.solve(correlation, scaled)), len(places)
    known = [result.coef[name].df for name in term.coefs]
    df = min((each for each in known if each is not None), default=None)
    if df is None:
        return Wald(statistic, q, None, float(chi2.sf(statistic, q)))
    return Wald(statistic / q, q, df, float(f.sf(statistic / q, q, df)))
