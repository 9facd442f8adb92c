"""The coefficients of a multilevel model given its variances: where their posterior is highest, and
how wide it is there.

The log-posterior of coefficients and random effects, variances taken as known, has the curvature
[[X'WX + P, X'WZ], [Z'WX, Z'WZ + D⁻¹]]; the coefficients' own is the Schur complement. It holds for
crossed and nested effects alike (Breslow and Clayton 1993, JASA 88, 9–25, eq. 13).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Conditional:
    """Standard deviations (p,) of the coefficients, and the step (p,) from where they are to the
    highest point.
    """

    sd: np.ndarray
    step: np.ndarray


def conditional(
    X: np.ndarray,
    Z: sparse.sparray,
    weight: np.ndarray,
    precisions: tuple[float, np.ndarray],
    slopes: tuple[np.ndarray, np.ndarray],
) -> Conditional:
    """From X (n, p), Z (n, k), the weights W (n,), the prior precisions of the coefficients (one)
    and of the random effects (k,), and the slopes of the log-posterior in both, (p,) and (k,).
    """
    XW = X * weight[:, None]
    cross = (Z.T @ XW).T
    inner = (Z.T @ sparse.diags_array(weight) @ Z + sparse.diags_array(precisions[1])).tocsc()
    solved = splu(inner).solve(np.ascontiguousarray(cross.T))
    curvature = XW.T @ X + precisions[0] * np.eye(X.shape[1]) - cross @ solved
    covariance = np.linalg.inv(curvature)
    step = covariance @ (slopes[0] - solved.T @ slopes[1])
    return Conditional(np.sqrt(np.diag(covariance)), step)
