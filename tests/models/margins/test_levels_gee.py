"""Marginal models of levels predict as the likelihood kinds do whose coefficients they share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

SIBLINGS = [("ordinal_gee", "ordered"), ("nominal_gee", "mnlogit")]


@pytest.fixture(scope="module")
def frame(framed):
    rng = np.random.default_rng(15)
    site, x = np.repeat(np.arange(60), 5), rng.normal(size=300)
    latent = x + rng.normal(0, 1, 60)[site] + rng.logistic(size=300)
    pain = np.array(["none", "some", "much"])[np.digitize(latent, [-0.5, 1])]
    table = pd.DataFrame({"site": site, "x": x, "pain": pain, "arm": rng.choice(["a", "b"], 300)})
    return framed(table, pain=["none", "some", "much"])


def numbers(result, *names):
    return np.array([[getattr(each.value, name) for name in names] for each in result.margins])


@pytest.mark.parametrize(("kind", "sibling"), SIBLINGS)
@pytest.mark.parametrize("asked", ["predictions", "average_effects"])
def test_independent_rows_are_predicted_alike(kind, sibling, asked, frame, run):
    """The same probabilities; with the covariance of one the same errors and limits."""
    marginal = run(kind, frame, formula="pain ~ x + arm", groups="site")
    likely = run(sibling, frame, formula="pain ~ x + arm")
    options = {"of": ("arm",)} if asked == "predictions" else {}
    found = run(asked, frame, marginal, **options)
    expected = run(asked, frame, replace(likely, vcov=marginal.vcov), **options)
    assert [each.outcome for each in found.margins] == [each.outcome for each in expected.margins]
    own = numbers(found, "estimate", "se", "low", "high")
    assert own == pytest.approx(numbers(expected, "estimate", "se", "low", "high"), rel=1e-6)
    assert not np.allclose(own[:, 1], numbers(run(asked, frame, likely, **options), "se")[:, 0])
