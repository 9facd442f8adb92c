"""Whose engine fits a model: the rule of `engine: auto`, and what is said when it is another's.

`auto` asks statsmodels, the reference, wherever its fit is estimated to take less than the seconds
it is given; where it would take longer our own engine stands alone. A fit of a small spec is given
a second, one of many a share of it, in steps: by what the spec declares, so that a model has the
same engine whatever else is kept, chosen or at work. The estimates were fitted to measured times
(one thread of a common machine, statsmodels 0.15), and within a factor of two or so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from reportgen.core.sentences import say
from reportgen.core.types import Result
from reportgen.models.health.codes import finding

PATIENCE = 1.0
"""The seconds that `auto` gives statsmodels for one fit of a spec of a few models."""
STEPS = {50: 0.1, 500: 0.01}
"""The seconds from so many models on."""
SECONDS = {
    "ols": 0.01, "wls": 0.01, "glm": 0.03, "gee": 0.05, "mixedlm": 0.3, "glmm": 0.3,
    "bayes_glmm": 1.0,
}  # fmt: skip
"""What a fit to 5,000 rows takes, libraries loaded."""


_given: ContextVar[float] = ContextVar("patience", default=PATIENCE)


def patience(models: int) -> float:
    """The seconds that `auto` gives statsmodels for a fit of a spec that declares so many."""
    return next((STEPS[step] for step in sorted(STEPS, reverse=True) if models >= step), PATIENCE)


def heeded(kind: Any, options: Any, seconds: float) -> float | None:
    """The patience as what the Result of a model depends on; None where it does not."""
    asked = getattr(options, "engine", None)
    return seconds if asked == "auto" and getattr(kind, "weighs", False) else None


@contextmanager
def giving(seconds: float) -> Iterator[None]:
    """What `auto` gives statsmodels for a fit during a `with` block."""
    token = _given.set(seconds)
    try:
        yield
    finally:
        _given.reset(token)


def asks_statsmodels(asked: str, seconds: float) -> bool:
    """Whether statsmodels fits a model, by `engine` as asked and the seconds it would take."""
    return asked == "statsmodels" or (asked == "auto" and seconds < _given.get())


def gee_seconds(n: int, clusters: int, *, serial: bool) -> float:
    """What statsmodels' GEE takes; `serial`: a correlation that differs from pair to pair."""
    return (3e-4 if serial else 1.5e-4) * clusters + 4e-6 * n


def mixed_seconds(n: int, clusters: int, effects: int, parameters: int, *, dense: bool) -> float:
    """What statsmodels' MixedLM takes: `effects` is the most columns that a cluster has, and
    `parameters` the number of variances and covariances; `dense`: variance components, which it
    holds as a matrix for each cluster.
    """
    each = 7e-4 * parameters * (1 + 2 * effects if dense else 1)
    return each * clusters + (2e-8 * effects**2 + 3e-6) * parameters * n


def job_seconds(kind: str, options: Any, n: int) -> float:
    """What a fit to n rows may take, all told: enough to decide whether to share the work."""
    copies = options.impute.copies if getattr(options, "impute", None) else 1
    return SECONDS.get(kind, 0.1) * max(n / 5_000, 0.2) * copies


def with_engine(result: Result, options: Any) -> Result:
    """The Result, with a word where its engine is not the one that was asked for."""
    asked, used = getattr(options, "engine", "auto"), result.method
    if asked == "auto" or used is None or used.engine == asked or result.status == "failed":
        return result
    said = say("engine_statsmodels") if asked == "fast" else say("engine_fast")
    return replace(result, notes=(*result.notes, finding(said)))
