"""`ordinal_gee`: marginal models of an outcome whose levels have an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import option
from reportgen.core.types import Frame, Result
from reportgen.models.likelihoods.ordered import (
    cumulative,
    intercept_problems,
    sloped,
    two_levels,
    without_threshold_tests,
)
from reportgen.models.marginal.estimating import EstimatingOptions
from reportgen.models.marginal.levels_gee import Fit, LevelsGee, Outcome

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design


class OrdinalGee(LevelsGee):
    """P(y ≤ j) = F(θⱼ - xᵀb): above 1, an odds ratio speaks for higher levels (Heagerty and Zeger
    1996). statsmodels' OrdinalGEE calls -θⱼ an intercept of P(y > j).
    """

    kind: ClassVar[str] = "ordinal_gee"
    family: ClassVar[str] = "ordered"

    @dataclass(frozen=True, kw_only=True)
    class Options(EstimatingOptions):
        """Keys of `ordinal_gee`."""

        cov_struct: Literal["independence", "exchangeable", "global_odds_ratio"] = option(
            "independence",
            doc="How members of a cluster are taken to go together: not at all, by one "
            "correlation, or by one odds ratio of lying above any two thresholds.",
        )
        link: Literal["logit", "probit"] = option(
            "logit", doc="The distribution behind the levels: logistic or normal."
        )

    def check(self, options: Any) -> Iterable[Problem]:
        """A formula without an intercept."""
        yield from intercept_problems(options, self.kind)

    def link(self, options: Any) -> str:
        """Logit or probit."""
        return str(options.link)

    def outcome(self, options: Any, design: Design, frame: Frame) -> Outcome:
        """Slopes that all thresholds have in common."""
        import numpy as np

        from reportgen.models.engines.regressions import categories

        if len(design.levels) < 3:
            raise two_levels(design, "use `gee` with `family: binomial`")
        _, X = sloped(design)
        at = np.eye(len(design.levels) - 1)
        return Outcome(
            cumulative(design, options.link, frame),
            design.y.astype(int),
            [np.column_stack([-X, np.tile(cut, (design.n, 1))]) for cut in at],
            categories.cumulative_shares(categories.LATENT[options.link]),
        )

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data; thresholds have no test."""
        return without_threshold_tests(super().tidy(fit))
