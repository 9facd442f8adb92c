"""When a few nodes tell that more would move nothing, and when they do not."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.models.engines.effects.glmm import Data, Likelihood
from reportgen.models.engines.effects.glmm_optimum import climb
from reportgen.models.engines.effects.structure import Structure
from reportgen.models.multilevel import glmm_findings


def fitted(size, sd, seed):
    """A logistic random intercept of 60 clusters by Laplace's method."""
    rng = np.random.default_rng(seed)
    codes, x = np.repeat(np.arange(60), size), rng.normal(size=60 * size)
    eta = x + rng.normal(0, sd, 60)[codes]
    y = (rng.random(len(x)) < 1 / (1 + np.exp(-eta))).astype(float)
    X = np.column_stack([np.ones(len(x)), x])
    return climb(Likelihood(Data(y, X, X[:, :1], codes, "binomial", "logit"), Structure(1, ())))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("size", "sd"), [(2, 1.5), (8, 0.8), (60, 0.8)])
def test_a_few_nodes_never_hide_a_shift(size, sd, seed):
    """Where they call the shift clearly small, the finest quadrature finds none worth saying."""
    optimum = fitted(size, sd, seed)
    fine = glmm_findings._shifts(optimum, glmm_findings.FINER[1]).max()
    assert not (glmm_findings._clearly_small(optimum) and fine > glmm_findings.SHIFT)


def test_a_few_nodes_suffice_for_large_clusters_alone():
    """Sixty rows tell where a cluster is; two, far apart, do not."""
    assert glmm_findings._clearly_small(fitted(60, 0.8, 0))
    assert not glmm_findings._clearly_small(fitted(2, 1.5, 0))
