"""The laws of test statistics, under scipy.stats' names and with its digits. Heavy.

scipy.stats takes longer to load than most models to fit; these are the special functions that it
calls itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special


class _Normal:
    """The standard normal distribution."""

    def sf(self, x: Any) -> Any:
        """P(Z > x)."""
        return special.ndtr(-np.asarray(x))

    def ppf(self, q: Any) -> Any:
        """The quantile of q."""
        return special.ndtri(q)

    def pdf(self, x: Any) -> Any:
        """The density at x."""
        return np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


class _Student:
    """Student's t; with infinitely many degrees of freedom the normal distribution."""

    def sf(self, x: Any, df: Any) -> Any:
        """P(T > x)."""
        x, df = np.asarray(x), np.asarray(df, dtype=float)
        return np.where(np.isinf(df), norm.sf(x), special.stdtr(df, -x))[()]

    def ppf(self, q: Any, df: Any) -> Any:
        """The quantile of q."""
        df = np.asarray(df, dtype=float)
        finite = np.where(np.isinf(df), 1.0, df)
        return np.where(np.isinf(df), norm.ppf(q), special.stdtrit(finite, q))[()]


class _ChiSquare:
    """χ²."""

    def sf(self, x: Any, df: Any) -> Any:
        """P(X > x)."""
        return special.chdtrc(df, x)

    def ppf(self, q: Any, df: Any) -> Any:
        """The quantile of q."""
        return 2 * special.gammaincinv(np.asarray(df) / 2, q)


class _Fisher:
    """F with two numbers of degrees of freedom."""

    def sf(self, x: Any, dfn: Any, dfd: Any) -> Any:
        """P(F > x)."""
        return special.fdtrc(dfn, dfd, x)

    def ppf(self, q: Any, dfn: Any, dfd: Any) -> Any:
        """The quantile of q."""
        return special.fdtri(dfn, dfd, q)


norm, t, chi2, f = _Normal(), _Student(), _ChiSquare(), _Fisher()
