"""What must be the same wherever a fit is made, so that its numbers are the same in every digit."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points, version

from reportgen.run.facts import versions
from reportgen.run.kept.keys import SHOWING, computing

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
PLUGINS = ("reportgen.models", "reportgen.recodes", "reportgen.sources")


@cache
def likeness() -> Mapping[str, str]:
    """What the numbers of this process depend on: versions, code, plugins, linear algebra."""
    found = {name: each for name, each in versions().items() if name not in SHOWING}
    found["distributed"] = version("distributed")
    found["reportgen's code"] = computing()[:12]
    for group in PLUGINS:
        for point in entry_points(group=group):
            made = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
            found[f"plugin `{point.name}`"] = f"{point.value}{made}"
    found |= {name: os.environ.get(name, "unset") for name in THREADS}
    return {**found, "arithmetic": _arithmetic()}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> tuple[str, ...]:
    """What is not the same, in words: "statsmodels 0.14.4, here 0.15.0"."""
    names = dict.fromkeys((*here, *there))
    return tuple(
        f"{name} {there.get(name, 'missing')}, here {here.get(name, 'missing')}"
        for name in names
        if here.get(name) != there.get(name)
    )


def _arithmetic() -> str:
    """A digest of sums, factors and functions to the last digit: processors of other kinds, and
    other libraries of linear algebra, add in another order.
    """
    import numpy as np
    from scipy.linalg import cho_factor, cho_solve

    x = np.sin(np.outer(np.arange(1.0, 402.0), np.arange(1.0, 38.0)))
    y = np.exp(np.cos(np.arange(1.0, 402.0))) + np.log1p(np.arange(401.0))
    cross, to = x.T @ x, x.T @ y
    parts = [cross, to, y, y.sum(keepdims=True), np.linalg.svd(x)[1], np.linalg.inv(cross)]
    parts += [np.linalg.solve(cross, to), cho_solve(cho_factor(cross), to)]
    whole = b"".join(np.ascontiguousarray(part).tobytes() for part in parts)
    return hashlib.sha256(whole).hexdigest()[:12]
