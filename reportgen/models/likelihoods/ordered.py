"""`ordered`: regression of an outcome whose levels have an order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem
from reportgen.core.options import option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Equation, Frame, Note, Result, Term
from reportgen.models.likelihoods.likelihood import (
    Fit,
    LikelihoodKind,
    LikelihoodOptions,
    Parameter,
    Setup,
)

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design


class Ordered(LikelihoodKind):
    """Cumulative logistic (proportional odds) or probit regression, with its thresholds."""

    kind: ClassVar[str] = "ordered"
    family: ClassVar[str] = "ordered"
    categories: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(LikelihoodOptions):
        """Keys of `ordered`."""

        distr: Literal["logit", "probit"] = option(
            "logit", doc="The distribution behind the levels: logistic or normal."
        )

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters; a formula without an intercept."""
        yield from super().check(options)
        yield from intercept_problems(options, self.kind)

    def method(self, options: Any) -> dict[str, Any]:
        """Odds ratios of the logistic model; a probit has no ratios."""
        scale = "odds_ratio" if options.distr == "logit" else None
        return {"family": self.family, "link": options.distr, "scale": scale}

    def setup(self, options: Any, design: Design, frame: Frame) -> Setup:
        """One linear predictor, without intercept, and a threshold between each two levels."""
        if len(design.levels) < 3:
            raise two_levels(design, "use `logit` or `probit`")
        return cumulative(design, options.distr, frame)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data; a threshold of 0 is no hypothesis, so thresholds have no test."""
        return without_threshold_tests(super().tidy(fit))


def intercept_problems(options: Any, kind: str) -> Iterable[Problem]:
    """A formula without the intercept that thresholds stand for."""
    from reportgen.models.formulas.formula import parse

    if not parse(options.formula).intercept:
        yield Problem(
            "no-intercept", f"the thresholds of `{kind}` stand for the intercept; the formula "
            "must not take it away", ("formula",), help="leave `0 +` or `- 1` out",
        )  # fmt: skip


def two_levels(design: Design, help: str) -> FitError:
    """The error for an outcome without a level between."""
    said = say("outcome-levels", outcome=named_column(design.outcome))
    return unfit(said, ("formula",), help=help)


def without_threshold_tests(result: Result) -> Result:
    """A threshold of 0 is no hypothesis, so thresholds have no test."""
    cuts = {name for term in result.terms if term.kind == "threshold" for name in term.coefs}
    coef = {
        name: replace(each, statistic=None, df=None, p=None) if name in cuts else each
        for name, each in result.coef.items()
    }
    return replace(result, coef=coef)


def sloped(design: Design) -> tuple[list[str], np.ndarray]:
    """The columns of a design but the intercept: their names, and X (n, p)."""
    places = [place for place, name in enumerate(design.names) if name != "Intercept"]
    return [design.names[place] for place in places], design.X[:, places]


def cumulative(design: Design, link: str, frame: Frame) -> Setup:
    """The likelihood of an ordered outcome: parameters are slopes, then thresholds."""
    import numpy as np
    from scipy.special import logit, ndtri

    from reportgen.models.engines.regressions import categories
    from reportgen.models.engines.regressions.predictors import Likelihood
    from reportgen.models.likelihoods import countdata

    codes, levels = design.y.astype(int), design.levels
    (names, X), cuts = sloped(design), len(levels) - 1
    between = [f"{low}/{high}" for low, high in pairwise(levels)]
    shares = np.cumsum(np.bincount(codes))[:-1] / design.n
    level = (logit if link == "logit" else ndtri)(shares)
    rows = categories.ordered(codes, len(levels), categories.LATENT[link])
    effects = [term for term in design.terms if term.kind != "intercept"]
    thresholds = Term(
        "thresholds", (design.outcome,), tuple(between), "threshold",
        dict(zip(levels[:-1], between, strict=True)), levels[-1], "threshold",
    )  # fmt: skip
    none = np.zeros((design.n, 0))
    sizes = np.bincount(codes)
    return Setup(
        Likelihood(rows, _designs(X, codes, cuts)),
        np.concatenate([np.zeros(len(names)), level]),
        (*countdata.parameters(names, X, link), *map(Parameter, between)),
        (*effects, thresholds),
        {"threshold": Equation("threshold")},
        null=(Likelihood(rows, _designs(none, codes, cuts)), level),
        bounds=_bounds(X, codes, cuts),
        # Harrell 2015, Regression Modeling Strategies, §4.4: n - Σ nⱼ³ / n².
        events=float(design.n - (sizes.astype(float) ** 3).sum() / design.n**2),
        notes=_order(design, frame),
    )


def _order(design: Design, frame: Frame) -> tuple[Note, ...]:
    """Levels that are words, put in the order of the alphabet for want of another."""
    from reportgen.models.base import is_text
    from reportgen.models.health.codes import finding

    variable = frame.facts.variables.get(design.outcome)
    if (variable and variable.levels) or not is_text(design.rows[design.outcome]):
        return ()
    return (finding(say("order-guessed", outcome=named_column(design.outcome))),)


def _designs(X: np.ndarray, codes: np.ndarray, cuts: int) -> list[np.ndarray]:
    """The threshold above each row less its predictor, and the one below."""
    import numpy as np

    above = (codes[:, None] == np.arange(cuts)).astype(float)
    below = (codes[:, None] == np.arange(1, cuts + 1)).astype(float)
    return [np.column_stack([-X, above]), np.column_stack([-X, below])]


def _bounds(X: np.ndarray, codes: np.ndarray, cuts: int) -> np.ndarray:
    """What must not fall: the threshold above, and the predictor less the one below."""
    import numpy as np

    above, below = _designs(X, codes, cuts)
    return np.vstack([above[codes < cuts], -below[codes > 0]])
